import type { Metrics } from "~/telemetry/metrics.server";
import type { Counts } from "./history";

/** Reads the counters behind `/metrics`, so that page and alerts always agree. */
export async function readCounts(metrics: Metrics): Promise<Counts> {
  const { reservations, reservationsEnded, latePayments, oversoldUnits } = metrics;
  const [requests, ended, late, oversold] = await Promise.all([
    reservations.get(),
    reservationsEnded.get(),
    latePayments.get(),
    oversoldUnits.get(),
  ]);
  const outcome = (name: string) => sum(requests.values.filter(({ labels }) => labels.outcome === name));
  const reason = (name: string) => sum(ended.values.filter(({ labels }) => labels.reason === name));
  return {
    granted: outcome("granted"),
    refused: outcome("refused"),
    expired: reason("expired"),
    completed: reason("completed"),
    released: reason("removed") + reason("released"),
    latePayments: sum(late.values),
    oversoldUnits: sum(oversold.values),
  };
}

function sum(samples: readonly { readonly value: number }[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}
