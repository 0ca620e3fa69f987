import type { Catalog, ProductReads } from "~/catalog/catalog";
import type { Clock } from "~/reservations/clock";
import type { RebuildTurns } from "~/reservations/rebuild-turns";
import type { Line, PageTerms } from "~/reservations/reservation-store";
import type { ReserveDependencies } from "~/reservations/reserve";
import type { PaymentTurn, PaymentWait } from "./checkout";
import type { CheckoutLog } from "./checkout-events";
import type { Batches } from "./fulfil/batches";
import { subtotal, type CheckoutRecord, type MarkStore } from "./fulfil/line-marks";
import type { ResendRule } from "./fulfil/resend-rule";
import type { LeaseStore } from "./leases/lease-store";
import { additionsOf } from "./report/additions";
import type { Order } from "./report/orders";
import { refundStanding } from "./report/refund-standing";
import type { ShopTags } from "./stripe/former-tags";
import type { StripeGateway, StripeSession } from "./stripe/gateway";
import type { PageLanguage } from "./stripe/page-language";

export interface CheckoutConfig extends ShopTags {
  /** Signs a claim id for the return URL. Deterministic, so that a repeated create sends the same parameters. */
  readonly orderKey: (claimId: string) => string;
  /** Payment deadline of a page. Shorter than Stripe's minimum of 30 minutes, so enforced by expiring the session. */
  readonly checkoutTtlMs: number;
  /** Stripe's method names, or exactly `["automatic"]` for the methods enabled in its dashboard. */
  readonly paymentMethods: readonly string[];
  readonly shippingCountries: readonly string[];
  readonly shippingRates: readonly string[];
  readonly automaticTax: boolean;
  readonly promotionCodes: boolean;
  /** Of the payment page. */
  readonly language: PageLanguage;
}

/**
 * Limits how long payment pages stay open for shoppers who leave them unpaid. Neither operation throws when a store is
 * unavailable.
 */
export interface UnpaidTime {
  termsOf(request: {
    readonly sessionHash: string;
    readonly lines: readonly Line[];
  }): Promise<{ readonly outcome: "terms"; readonly terms: PageTerms | undefined } | PaymentWait>;
  ended(page: { readonly terms: PageTerms; readonly openMs: number; readonly isPaid: boolean }): Promise<void>;
}

/** Gives every page the full time, whatever was left unpaid. */
export const UNLIMITED: UnpaidTime = {
  termsOf: async () => ({ outcome: "terms", terms: undefined }),
  ended: async () => undefined,
};

/** Everything the checkout's operations work with. */
export interface CheckoutContext {
  /** Reads only rows that are for sale, like `offers`. */
  readonly reservations: ReserveDependencies;
  /** Every row, for whatever follows a payment: a product taken off sale meanwhile was sold. */
  readonly catalog: Catalog;
  /** The rows that are for sale, until the payment page is open. */
  readonly offers: Pick<ProductReads, "products" | "rereadPrices">;
  readonly gateway: StripeGateway;
  readonly marks: MarkStore<StripeSession>;
  readonly leases: LeaseStore;
  /** Sales of this server that can share one swap. */
  readonly batches: Batches;
  readonly rebuildTurns: RebuildTurns;
  readonly resend: ResendRule;
  /** `leases` for the server that is rebuilding. No other server gets a lease until announced moves are settled. */
  readonly rebuildLeases: LeaseStore;
  /** `now` for budgets, `wall` for Stripe's dates. */
  readonly clock: Clock;
  readonly newClaimId: () => string;
  /**
   * Called once per `start`, after everything is held and before Stripe is called. Resolves at this shopper's turn, or
   * early if it won't come in time.
   */
  readonly paymentTurn: () => Promise<PaymentTurn>;
  readonly unpaidTime: UnpaidTime;
  /**
   * Close times (`clock.now`) of pages with less than `checkoutTtlMs`, by claim. In memory: after a restart these pages
   * close at the usual deadline.
   */
  readonly shortPages: Map<string, number>;
  readonly log: CheckoutLog;
  readonly config: CheckoutConfig;
}

/** True if a payment method settles asynchronously, so that a session can be complete but unpaid. */
function allowsDelayedPayment(config: CheckoutConfig): boolean {
  return config.paymentMethods.some((method) => method !== "card");
}

const DAY_MS = 86_400_000;

/** Start of the window: sessions created since then may still have a payment in progress. Epoch milliseconds. */
export function windowStart({ clock, config }: Pick<CheckoutContext, "clock" | "config">): number {
  return clock.wall() - (allowsDelayedPayment(config) ? 35 : 4) * DAY_MS;
}

export function orderOf(session: StripeSession, record: CheckoutRecord): Order {
  const lines = record.lines.map((line) => ({
    productId: line.productId,
    name: line.name,
    quantity: line.quantity,
    subtotal: subtotal(line, record.currency),
  }));
  return {
    checkoutId: session.id,
    claimId: record.claimId,
    sessionHash: record.sessionHash,
    createdAt: session.createdAt,
    lines,
    additions: additionsOf(
      session,
      lines.reduce((sum, line) => sum + line.subtotal.amount, 0),
    ),
    total: session.total,
    url: session.status === "open" ? session.url : null,
    refund: refundStanding(session, record),
  };
}
