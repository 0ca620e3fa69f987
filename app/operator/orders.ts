import type { AuditProblem, ProductDrift } from "~/checkout/report/audit-report";
import type { CheckoutOrder } from "~/checkout/report/orders";

/** Recent orders are cached for ten seconds, the rest for two minutes. Every operator action discards both. */
export interface OrderBook {
  readonly at: number;
  /** Completed payment pages, newest first, at most 50. */
  readonly recent: readonly ListedOrder[];
  /** Orders of the window that need attention: `needs_review`, refunded elsewhere with units still deducted, and failed refunds of any age. Oldest first. */
  readonly queue: readonly ListedOrder[];
  /** Start of the window that `queue` covers. */
  readonly since: number;
  /** False if the window has more completed sessions than are scanned, so `queue` may lack old ones. */
  readonly isWhole: boolean;
}

export interface ListedOrder extends CheckoutOrder {
  /** The payment on Stripe's dashboard. Null in the sandbox, and when there was nothing to pay. */
  readonly dashboardUrl: string | null;
}

/** See `CheckoutService.audit`. */
export interface DriftAudit {
  readonly at: number;
  readonly durationMs: number;
  /** Start of the audited window: sessions created since then. */
  readonly since: number;
  readonly checkouts: number;
  /** Sum of the absolute drift of all faulty lines; should be 0. Opposite drifts of one product do not cancel out. */
  readonly driftUnits: number;
  /** Products with a net drift other than 0, largest first. */
  readonly products: readonly (ProductDrift & { readonly name: string | null })[];
  /** Checkouts with drift, oldest first, at most 100. */
  readonly problems: readonly AuditProblem[];
}
