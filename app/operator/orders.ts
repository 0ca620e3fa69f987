import type { AuditFault, CheckoutOrder, ProductDrift } from "~/checkout/report/audit-report";

/** Kept for some seconds; what waits for a person is looked up anew every two minutes, and after every action of this desk. */
export interface OrderBook {
  readonly at: number;
  /** Completed payment pages, newest first, at most 50. */
  readonly recent: readonly ListedOrder[];
  /** All of the window that wait for a person: `needs_review`, or refunded elsewhere with units not given back; failed refunds of any age. Oldest first. */
  readonly queue: readonly ListedOrder[];
  /** The beginning of the window that `queue` looks at. */
  readonly since: number;
  /** False: there are more completed sessions in the window than are looked through, so old ones may be missing from `queue`. */
  readonly isWhole: boolean;
}

export interface ListedOrder extends CheckoutOrder {
  /** Where Stripe's dashboard shows the payment; null on the sandbox, and when nothing was to be paid. */
  readonly dashboardUrl: string | null;
}

/** See `CheckoutService.audit`. */
export interface DriftAudit {
  readonly at: number;
  readonly durationMs: number;
  /** Sessions created since then were looked at. */
  readonly since: number;
  readonly checkouts: number;
  /** Sum of the absolute drifts of all lines at fault: 0 is what one wants to see. Those of one product do not cancel out. */
  readonly driftUnits: number;
  /** Products whose drift over all checkouts is not 0, largest first. */
  readonly products: readonly (ProductDrift & { readonly name: string | null })[];
  /** Checkouts at fault, oldest first, at most 100. */
  readonly faults: readonly AuditFault[];
}
