import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { StoreTotals } from "~/reservations/reservation-store";

interface Sample<Label extends string> {
  readonly labels: Partial<Record<Label, string>>;
  readonly value: number;
}

interface StockAudit {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Sum of the absolute drifts. */
  readonly units: number;
  readonly products: number;
}

/** The shop's Prometheus metrics in their own registry. Their names are part of the public contract. */
export function createMetrics(storeTotals: () => Promise<StoreTotals>) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  /** Reads the store at each scrape. While the store is unavailable, samples are absent: unknown is not 0. */
  const storeGauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    samples: (totals: StoreTotals) => readonly Sample<Label>[],
  ) =>
    new Gauge<Label>({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        const totals = await storeTotals().catch(() => null);
        this.reset();
        if (totals === null) this.remove({});
        else for (const { labels, value } of samples(totals)) this.set(labels, value);
      },
    });

  storeGauge("reservations_active", "Live holds (one session, one product).", ["state"], ({ shopping, checkout }) => [
    { labels: { state: "shopping" }, value: shopping },
    { labels: { state: "checkout" }, value: checkout },
  ]);
  storeGauge("reservation_units_held", "Units in live holds.", [], ({ units }) => [{ labels: {}, value: units }]);
  storeGauge("reservation_store_bytes", "Estimated memory of the hold storage.", [], ({ bytes }) => [
    { labels: {}, value: bytes },
  ]);

  let audit: StockAudit | null = null;
  /** Absent until the first audit: unknown is not 0. */
  const auditGauge = (name: string, help: string, value: (audit: StockAudit) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        if (audit === null) this.remove({});
        else this.set(value(audit));
      },
    });
  auditGauge(
    "stock_drift_units",
    "Units sold according to Stripe but not deducted from stock according to our marks, or the other way round.",
    ({ units }) => units,
  );
  auditGauge("stock_drift_products", "Products with drift.", ({ products }) => products);
  auditGauge("stock_audit_timestamp_seconds", "Start of this server's last audit.", ({ at }) => at / 1000);

  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers });

  return {
    registry,
    noteAudit(latest: StockAudit): void {
      audit = latest;
    },
    reservations: counter("reservations_total", "Reserve calls by outcome.", ["outcome"]),
    reservationsEnded: counter("reservations_ended_total", "Holds that ended, by reason.", ["reason"]),
    reserveDuration: new Histogram({
      name: "reserve_duration_seconds",
      help: "Duration of reserve calls, including the stock read.",
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    checkouts: counter("checkout_total", "Attempts to open the payment page, by outcome.", ["outcome"]),
    webhookEvents: counter("webhook_events_total", "Webhook deliveries by event type and outcome.", [
      "type",
      "outcome",
    ]),
    fulfilments: counter("fulfilment_total", "Results of fulfil.", ["outcome"]),
    refunds: counter("refunds_total", "Refunds by Stripe's result when requested, and those that failed, even later.", [
      "outcome",
    ]),
    latePayments: counter("late_payments_total", "Payments that arrived after their hold had ended.", []),
    oversoldUnits: counter("oversold_units_total", "Units sold beyond the stock. Must stay 0.", []),
    fulfilmentQueue: (waiting: () => number) =>
      new Gauge({
        name: "fulfilment_queue",
        help: "Paid checkouts that this server has yet to settle, without an operator.",
        registers,
        collect() {
          this.set(waiting());
        },
      }),
    unavailableProducts: (count: () => number) =>
      new Gauge({
        name: "products_unavailable",
        help: "Products that cannot be sold because of their Stripe Price, as far as this server knows.",
        registers,
        collect() {
          this.set(count());
        },
      }),
    streamClients: new Gauge({ name: "stream_clients", help: "Open availability streams.", registers }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
