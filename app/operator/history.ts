import type { Clock } from "~/reservations/clock";
import type { StoreTotals } from "~/reservations/reservation-store";
import type { MissedSalesBook } from "./missed-sales";
import type { History, HistoryStep } from "./operator-desk";

export const STEP_MS = 15_000;
const STEPS = 240;

/** Counters since this server started; they only grow. */
export type Counts = Omit<HistoryStep, "at" | "activeHolds" | "heldUnits">;

const NONE: Counts = {
  granted: 0,
  refused: 0,
  expired: 0,
  completed: 0,
  released: 0,
  latePayments: 0,
  oversoldUnits: 0,
};

/** The last hour of this server, in memory: the differences between readings of its counters. */
export interface HistoryKeeper {
  /** Ends a step. Called every `STEP_MS`; a late call still ends only one step. */
  sample(): Promise<void>;
  read(): History;
}

export function createHistory(parts: {
  readonly counts: () => Promise<Counts>;
  readonly totals: () => Promise<StoreTotals>;
  readonly missedSales: Pick<MissedSalesBook, "top">;
  readonly clock: Pick<Clock, "wall">;
}): HistoryKeeper {
  const steps: HistoryStep[] = [];
  let previous = NONE;
  return {
    async sample() {
      const [counts, totals] = await Promise.all([parts.counts(), parts.totals().catch(() => null)]);
      const activeHolds = totals === null ? null : totals.shopping + totals.checkout;
      steps.push({
        at: parts.clock.wall(),
        activeHolds,
        heldUnits: totals?.units ?? null,
        ...combined(counts, previous, (now, then) => now - then),
      });
      previous = counts;
      if (steps.length > STEPS) steps.shift();
    },
    read() {
      const totals = steps.reduce<Counts>((sum, step) => combined(sum, step, (one, other) => one + other), NONE);
      const ended = totals.expired + totals.completed + totals.released;
      return {
        stepMs: STEP_MS,
        steps: [...steps],
        totals,
        expiryRate: ended === 0 ? null : totals.expired / ended,
        purchaseRate: ended === 0 ? null : totals.completed / ended,
        missedSales: parts.missedSales.top(),
      };
    },
  };
}

function combined(one: Counts, other: Counts, combine: (one: number, other: number) => number): Counts {
  return {
    granted: combine(one.granted, other.granted),
    refused: combine(one.refused, other.refused),
    expired: combine(one.expired, other.expired),
    completed: combine(one.completed, other.completed),
    released: combine(one.released, other.released),
    latePayments: combine(one.latePayments, other.latePayments),
    oversoldUnits: combine(one.oversoldUnits, other.oversoldUnits),
  };
}
