import { randomBytes } from "node:crypto";
import type { Checkout } from "~/checkout/create-checkout.server";
import type { Environment } from "~/env.server";
import { createOperatorDesk } from "~/operator/create-operator-desk.server";
import { createDriftAudits } from "~/operator/drift-audits.server";
import { createHistory, STEP_MS } from "~/operator/history";
import type { MissedSalesBook } from "~/operator/missed-sales";
import type { OperatorDesk, Overview } from "~/operator/operator-desk";
import { readCounts } from "~/operator/read-counts.server";
import type { SellingSwitch } from "~/operator/selling-switch";
import type { ReservationStore } from "~/reservations/reservation-store";
import type { Metrics } from "~/telemetry/metrics.server";
import type { Drivers } from "./choose-drivers.server";
import type { Routine } from "./housekeeping.server";
import { identityOf, usesRealStripe } from "./shop-identity.server";

const AUDIT_EVERY_MS = 15 * 60_000;
const REFUNDS_EVERY_MS = 60 * 60_000;
/** Soon after the start, since failed refunds are remembered in memory only. */
const REFUNDS_FIRST_MS = 60_000;

interface OperatorParts extends Pick<Drivers, "clock" | "catalog" | "journal" | "log" | "backOff"> {
  readonly env: Environment;
  readonly metrics: Metrics;
  readonly store: ReservationStore;
  readonly checkout: Checkout;
  readonly selling: SellingSwitch;
  readonly missedSales: MissedSalesBook;
  readonly diagnostics: () => Pick<Overview, "dependencies" | "warnings" | "tableProblems">;
}

/** Creates the operator's desk and its background jobs. */
export function createOperator({
  env,
  clock,
  catalog,
  journal,
  log,
  backOff,
  metrics,
  store,
  checkout,
  selling,
  missedSales,
  diagnostics,
}: OperatorParts): {
  readonly desk: OperatorDesk;
  readonly routines: readonly Routine[];
} {
  const { shopTag, live } = identityOf(env);
  const counts = () => readCounts(metrics);
  const history = createHistory({ counts, totals: () => store.totals(), missedSales, clock });
  const audits = createDriftAudits({ checkout, catalog, clock, log, note: (audit) => metrics.noteAudit(audit) });
  const desk = createOperatorDesk({
    store,
    catalog,
    checkout,
    selling,
    journal,
    history,
    audits,
    counts,
    clock,
    backOff,
    diagnostics,
    log,
    shopTag,
    checkoutTtlMs: env.CHECKOUT_TTL_SECONDS * 1000,
    server: randomBytes(3).toString("hex"),
    payments: env.isSandbox ? "sandbox" : live ? "live" : "test",
    hasDashboard: usesRealStripe(env),
  });
  return {
    desk,
    routines: [
      { name: "the history of figures", everyMs: STEP_MS, run: () => history.sample() },
      {
        name: "the check of refunds",
        everyMs: REFUNDS_EVERY_MS,
        firstAfterMs: REFUNDS_FIRST_MS,
        run: async () => checkout.ready && checkout.checkRefunds(),
      },
      { name: "the stock audit", everyMs: AUDIT_EVERY_MS, run: () => audits.run() },
    ],
  };
}
