import type { ApiCallRecord, ApiCallRunner } from "./api-call.server";
import { rememberPrice } from "./checkout-session-object.server";
import type { Checkouts, PaymentOutcome, SettleOutcome } from "./checkouts.server";
import type { CallMatch, Fault, Faults, HeldCall } from "./faults.server";
import type { IdempotencyKeys } from "./idempotency.server";
import type { StripeCheckoutSession } from "./stripe-objects.server";
import { createStripeState, type StripeState } from "./stripe-state.server";
import type { WebhookControls, Webhooks } from "./webhooks.server";

/** A Price that the merchant's account has. */
export interface KnownPrice {
  id: string;
  currency: string;
  /** Minor units. */
  unit_amount: number;
  product_name: string;
  /** Absent: true. */
  active?: boolean | undefined;
}

/** What a test or an operator may do to the stand-in that no client of Stripe can. */
export interface StripeSandboxControls {
  /** What a shopper does on the payment page. */
  pay(checkoutId: string): PaymentOutcome;
  decline(checkoutId: string): PaymentOutcome;
  payLater(checkoutId: string): PaymentOutcome;
  /** The money of a later payment arrives or does not. */
  settle(checkoutId: string, result: "succeeded" | "failed"): SettleOutcome;
  /** Expires an open session as Stripe's own clock would. False: it was not open. */
  expire(checkoutId: string): boolean;
  /** A copy of a session as it is now; undefined when there is none. */
  session(checkoutId: string): StripeCheckoutSession | undefined;
  /** Copies, oldest first. */
  sessions(): StripeCheckoutSession[];
  /** Adds Prices that `line_items[][price]` may name. */
  setPrices(prices: readonly KnownPrice[]): void;
  failNext(fault: Fault): void;
  /** The next matching call stands still until it is released. */
  holdNext(match: CallMatch): HeldCall;
  /** The last few thousand API requests, oldest first. */
  calls(): readonly ApiCallRecord[];
  readonly webhooks: WebhookControls;
  /** Forgets everything: sessions, payments, keys, faults, rules, deliveries. */
  reset(): void;
}

export function createControls(options: {
  state: StripeState;
  checkouts: Checkouts;
  faults: Faults;
  keys: IdempotencyKeys;
  runner: ApiCallRunner;
  webhooks: Webhooks;
  nowSeconds: () => number;
}): StripeSandboxControls {
  const { state, checkouts, faults, keys, runner, webhooks } = options;
  return {
    pay: (id) => checkouts.pay(id),
    decline: (id) => checkouts.decline(id),
    payLater: (id) => checkouts.payLater(id),
    settle: (id, result) => checkouts.settle(id, result),
    expire(id) {
      if (checkouts.lookUp(id)?.session.status !== "open") return false;
      checkouts.expire(id);
      return true;
    },
    session: (id) => structuredClone(checkouts.lookUp(id)?.session),
    sessions: () => checkouts.all().map(({ session }) => structuredClone(session)),
    setPrices(prices) {
      for (const { id, currency, unit_amount: unitAmount, product_name: name, active = true } of prices) {
        rememberPrice(state, options.nowSeconds(), {
          id, currency, unitAmount, active, taxBehavior: "unspecified",
          product: { id: `prod_${id}`, active: true, name, description: null, images: [], metadata: {} },
        });
      }
    },
    failNext: (fault) => { faults.failNext(fault); },
    holdNext: (match) => faults.holdNext(match),
    calls: () => runner.calls(),
    webhooks,
    reset() {
      Object.assign(state, createStripeState());
      faults.clear();
      keys.clear();
      runner.clear();
      webhooks.reset();
    },
  };
}
