import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Catalog } from "~/catalog/catalog";
import type { Checkout } from "~/checkout/create-checkout.server";
import type { Environment } from "~/env.server";
import { createOperatorDesk } from "~/operator/create-operator-desk.server";
import { createDriftAudits } from "~/operator/drift-audits.server";
import { createHistory, STEP_MS } from "~/operator/history";
import type { JournalKeeper } from "~/operator/journal";
import type { MissedSalesBook } from "~/operator/missed-sales";
import type { OperatorDesk, Overview } from "~/operator/operator-desk";
import { readCounts } from "~/operator/read-counts.server";
import type { SellingSwitch } from "~/operator/selling-switch";
import { systemClock } from "~/reservations/clock";
import type { ReservationStore } from "~/reservations/reservation-store";
import type { Metrics } from "~/telemetry/metrics.server";
import type { Routine } from "./housekeeping.server";

const AUDIT_EVERY_MS = 15 * 60_000;
const REFUNDS_EVERY_MS = 60 * 60_000;
/** Soon: what was known of them is in memory only. */
const REFUNDS_FIRST_MS = 60_000;

interface OperatorParts {
  readonly env: Environment;
  readonly live: boolean;
  readonly shopTag: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly store: ReservationStore;
  readonly catalog: Catalog;
  readonly checkout: Checkout;
  readonly selling: SellingSwitch;
  readonly journal: JournalKeeper;
  readonly missedSales: MissedSalesBook;
  readonly diagnostics: () => Pick<Overview, "dependencies" | "warnings" | "tableFaults">;
}

/** The operator's desk, and what has to be done now and then for it. */
export function createOperator(parts: OperatorParts): {
  readonly desk: OperatorDesk;
  readonly routines: readonly Routine[];
} {
  const { env, metrics, store, missedSales } = parts;
  const counts = () => readCounts(metrics);
  const history = createHistory({ counts, totals: () => store.totals(), missedSales, clock: systemClock });
  const audits = createDriftAudits({ ...parts, clock: systemClock, note: (audit) => metrics.noteAudit(audit) });
  const desk = createOperatorDesk({
    ...parts,
    history,
    audits,
    counts,
    clock: systemClock,
    checkoutTtlMs: env.CHECKOUT_TTL_SECONDS * 1000,
    backOff: () => sleep(randomInt(20, 101)),
    server: randomBytes(3).toString("hex"),
    payments: env.isSandbox ? "sandbox" : parts.live ? "live" : "test",
    hasDashboard: !env.isSandbox && env.STRIPE_API_BASE === undefined,
  });
  return {
    desk,
    routines: [
      { name: "the history of figures", everyMs: STEP_MS, run: () => history.sample() },
      {
        name: "the check of refunds",
        everyMs: REFUNDS_EVERY_MS,
        firstAfterMs: REFUNDS_FIRST_MS,
        run: async () => parts.checkout.ready && parts.checkout.checkRefunds(),
      },
      { name: "the stock audit", everyMs: AUDIT_EVERY_MS, run: () => audits.run() },
    ],
  };
}
