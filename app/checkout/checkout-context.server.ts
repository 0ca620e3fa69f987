import type { Catalog } from "~/catalog/catalog";
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

export interface CheckoutConfig extends ShopTags {
  /** Signs a claim id for the address that the shopper returns to; the same each time, so that a repeated create has the same parameters. */
  readonly orderKey: (claimId: string) => string;
  /** How long a payment page may be paid; Stripe's own minimum of 30 minutes is cut short by expiring it. */
  readonly checkoutTtlMs: number;
  /** Stripe's names, or exactly `["automatic"]` for what its dashboard allows. */
  readonly paymentMethods: readonly string[];
  readonly shippingCountries: readonly string[];
  readonly shippingRates: readonly string[];
  readonly automaticTax: boolean;
  readonly promotionCodes: boolean;
}

/** Everything the use-cases of this room work with. */
/** How long payment pages may be open, and what they cost those who leave them unpaid. Neither operation throws for a store that is down. */
export interface UnpaidTime {
  termsOf(request: {
    readonly sessionHash: string;
    readonly lines: readonly Line[];
  }): Promise<{ readonly outcome: "terms"; readonly terms: PageTerms | undefined } | PaymentWait>;
  ended(page: { readonly terms: PageTerms; readonly openMs: number; readonly isPaid: boolean }): Promise<void>;
}

/** Every page is open for as long as any, whatever was left unpaid. */
export const UNLIMITED: UnpaidTime = {
  termsOf: async () => ({ outcome: "terms", terms: undefined }),
  ended: async () => undefined,
};

export interface CheckoutContext {
  readonly reservations: ReserveDependencies;
  readonly catalog: Catalog;
  readonly gateway: StripeGateway;
  readonly marks: MarkStore<StripeSession>;
  readonly leases: LeaseStore;
  /** Of this server. */
  readonly batches: Batches;
  readonly rebuildTurns: RebuildTurns;
  readonly resend: ResendRule;
  /** `leases` for whoever rebuilds: nobody else gets any until announced moves are settled. */
  readonly rebuildLeases: LeaseStore;
  /** `now` for budgets; `wall` for Stripe's dates. */
  readonly clock: Clock;
  readonly newClaimId: () => string;
  /** Asked once by each `start`, when all is held and before Stripe is: resolves when it is this shopper's turn, or will not be soon. */
  readonly turnToPay: () => Promise<PaymentTurn>;
  readonly unpaidTime: UnpaidTime;
  /** Pages that close before `checkoutTtlMs`, by claim, and when, by `clock.now`. A server that comes after this one closes them with all others. */
  readonly shortPages: Map<string, number>;
  readonly log: CheckoutLog;
  readonly config: CheckoutConfig;
}

/** Answered only after some time: such a session can be complete and not paid yet. */
function allowsDelayedPayment(config: CheckoutConfig): boolean {
  return config.paymentMethods.some((method) => method !== "card");
}

const DAY_MS = 86_400_000;

/** Sessions that were created since then may still have a payment under way. Epoch milliseconds. */
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
