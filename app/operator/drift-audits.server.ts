import type { Catalog, Stock } from "~/catalog/catalog";
import type { CheckoutService } from "~/checkout/checkout";
import type { Clock } from "~/reservations/clock";
import type { DriftAudit } from "./orders";

const MAX_PROBLEMS = 100;

export interface DriftAudits {
  /** Audits now; concurrent calls share one audit. Throws `UnavailableError`, and then leaves `last` unchanged. */
  run(): Promise<DriftAudit>;
  readonly last: DriftAudit | null;
}

export function createDriftAudits(parts: {
  readonly checkout: Pick<CheckoutService, "audit">;
  readonly catalog: Pick<Catalog, "readStock">;
  readonly clock: Clock;
  /** Called after each audit. */
  readonly note: (audit: { readonly at: number; readonly units: number; readonly products: number }) => void;
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void };
}): DriftAudits {
  const { checkout, catalog, clock, log } = parts;
  let last: DriftAudit | null = null;
  let running: Promise<DriftAudit> | null = null;
  /** Checkouts with drift, and foreign payments, of the last audit. They are not logged again. */
  let logged: ReadonlySet<string> = new Set();

  async function audit(): Promise<DriftAudit> {
    const [at, start] = [clock.wall(), clock.now()];
    const { since, checkouts, products, problems, foreign } = await checkout.audit();
    const drifted = products
      .filter(({ drift }) => drift !== 0)
      .sort((one, other) => Math.abs(other.drift) - Math.abs(one.drift));
    // Only for their names, which the result can lack.
    const rows = await catalog.readStock(drifted.map(({ productId }) => productId)).catch((): Stock => new Map());
    // Sums absolute drift per checkout, so that a sale not deducted and a refund not restocked do not cancel out.
    const wrong = problems.flatMap(({ lines }) => lines);
    const driftUnits = wrong.reduce((sum, { drift }) => sum + Math.abs(drift), 0);
    last = {
      at,
      durationMs: clock.now() - start,
      since,
      checkouts,
      driftUnits,
      products: drifted.map((product) => ({ ...product, name: rows.get(product.productId)?.name ?? null })),
      problems: problems.slice(0, MAX_PROBLEMS),
    };
    for (const { checkoutId, reason, lines } of problems)
      if (!logged.has(checkoutId)) log.warn({ checkoutId, reason, lines }, "stock does not match payment");
    for (const payment of foreign)
      if (!logged.has(payment.checkoutId)) log.warn(payment, "payment tagged for another shop has not been processed");
    parts.note({ at, units: driftUnits, products: new Set(wrong.map(({ productId }) => productId)).size });
    logged = new Set([...problems, ...foreign].map(({ checkoutId }) => checkoutId));
    log.info({ checkouts, driftUnits, problems: problems.length }, "stock audit");
    return last;
  }

  return {
    run() {
      running ??= audit().finally(() => {
        running = null;
      });
      return running;
    },
    get last() {
      return last;
    },
  };
}
