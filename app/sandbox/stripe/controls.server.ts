import type { ApiCallRecord, ApiCallRunner } from "./api-call.server";
import type { Checkouts, PaymentOutcome, SettleOutcome } from "./checkouts.server";
import type { CallMatch, Fault, Faults, HeldCall } from "./faults.server";
import type { IdempotencyKeys } from "./idempotency.server";
import { editPage, type PageEdit } from "./page-edits.server";
import { storePrice } from "./prices.server";
import { createRefund, refundsOf, settleRefund } from "./refunds.server";
import { StripeApiError } from "./stripe-error.server";
import type { StripeCheckoutSession, StripeObject, StripeRefund } from "./stripe-objects.server";
import { createStripeState, type StripeState } from "./stripe-state.server";
import type { Tariff } from "./totals.server";
import type { WebhookControls, Webhooks } from "./webhooks.server";

/** `requires_action`: Stripe waits for the buyer to provide an account for the refund. */
export type RefundStatus = "succeeded" | "pending" | "requires_action" | "failed" | "canceled";

/** A Price in the merchant's account. */
interface AccountPrice {
  id: string;
  currency: string;
  /** Minor units. */
  unit_amount: number;
  product_name: string;
  /** Default: true. */
  active?: boolean | undefined;
  /** Default: true. */
  product_active?: boolean | undefined;
  /** True for a monthly subscription price. Default: false. */
  recurring?: boolean | undefined;
}

/**
 * What tests and operators can do with the stand-in beyond Stripe's API.
 * @example
 * sandbox.controls.pay(checkoutId); // { kind: "paid", session }
 * sandbox.controls.failNext({ method: "POST", path: "/v1/refunds", status: 500 });
 */
export interface StripeSandboxControls {
  /** Pays as a shopper on the payment page; `decline` and `payLater` are the page's other buttons. */
  pay(checkoutId: string): PaymentOutcome;
  decline(checkoutId: string): PaymentOutcome;
  payLater(checkoutId: string): PaymentOutcome;
  /** Changes an open page before it is paid. False if it is not open or has no such line. */
  edit(checkoutId: string, edit: PageEdit): boolean;
  /** Completes a delayed payment, successfully or not. */
  settle(checkoutId: string, result: "succeeded" | "failed"): SettleOutcome;
  /** Sets the initial status of further refunds of this checkout's payment. False if there is no payment. */
  setRefundStatus(checkoutId: string, status: RefundStatus): boolean;
  /** Changes the status of an existing refund; see `settleRefund` in refunds.server.ts. */
  settleRefund(refundId: string, status: RefundStatus): boolean;
  /** Refunds as on Stripe's dashboard. Default amount: all that is left. False if less than the amount is left. */
  refund(checkoutId: string, amount?: number): boolean;
  /** Runs the refund button with this name on the page of a completed checkout. False if there is nothing to change. */
  runRefundAction(checkoutId: string, command: { action: string; refundId: string }): boolean;
  /** Copies of the refunds of a checkout's payment, oldest first. */
  refunds(checkoutId: string): StripeRefund[];
  /** Expires an open session, as its deadline would. False if it was not open. */
  expire(checkoutId: string): boolean;
  /** A copy of a session; undefined if it does not exist. */
  session(checkoutId: string): StripeCheckoutSession | undefined;
  /** Copies of all sessions, oldest first. */
  sessions(): StripeCheckoutSession[];
  /** Adds or replaces Prices for use in `line_items[][price]`. */
  setPrices(prices: readonly AccountPrice[]): void;
  /** Changes the shipping and tax rates of new pages, and of open ones when they are paid. */
  setTariff(tariff: Partial<Tariff>): void;
  failNext(fault: Fault): void;
  /** Holds the next matching call until it is released. */
  holdNext(match: CallMatch): HeldCall;
  /** The latest API requests, at most 5,000, oldest first. */
  calls(): readonly ApiCallRecord[];
  readonly webhooks: WebhookControls;
  /** Clears everything: sessions, payments, idempotency keys, faults, webhook rules and deliveries. */
  reset(): void;
}

export function createControls(options: {
  state: StripeState;
  checkouts: Checkouts;
  faults: Faults;
  keys: IdempotencyKeys;
  runner: ApiCallRunner;
  webhooks: Webhooks;
  emit: (type: string, object: StripeObject) => void;
  nowSeconds: () => number;
}): StripeSandboxControls {
  const { state, checkouts, faults, keys, runner, webhooks } = options;
  const paymentOf = (id: string) => checkouts.lookUp(id)?.session.payment_intent ?? null;

  function setRefundStatus(id: string, status: RefundStatus): boolean {
    const intent = paymentOf(id);
    if (intent !== null) state.refundStatuses.set(intent, status);
    return intent !== null;
  }

  function refund(id: string, amount?: number): boolean {
    const intent = paymentOf(id);
    if (intent === null) return false;
    try {
      createRefund(state, { payment_intent: intent, amount }, { nowSeconds: options.nowSeconds(), emit: options.emit });
      return true;
    } catch (error) {
      if (error instanceof StripeApiError) return false;
      throw error;
    }
  }

  return {
    pay: (id) => checkouts.pay(id),
    decline: (id) => checkouts.decline(id),
    payLater: (id) => checkouts.payLater(id),
    edit: (id, edit) => editPage(state, options.nowSeconds(), checkouts.lookUp(id), edit),
    settle: (id, result) => checkouts.settle(id, result),
    setRefundStatus,
    refund,
    settleRefund: (id, status) => settleRefund(state, id, status, options.emit),
    runRefundAction(id, { action, refundId }) {
      switch (action) {
        case "refund":
          return refund(id);
        case "refund_arrives":
          return settleRefund(state, refundId, "succeeded", options.emit);
        case "refund_fails":
          return settleRefund(state, refundId, "failed", options.emit);
        case "refunds_succeed":
          return setRefundStatus(id, "succeeded");
        case "refunds_stay_pending":
          return setRefundStatus(id, "pending");
        case "refunds_fail":
          return setRefundStatus(id, "failed");
        default:
          return false;
      }
    },
    refunds: (id) => refundsOf(state, paymentOf(id)).map((refund) => structuredClone(refund)),
    expire(id) {
      if (checkouts.lookUp(id)?.session.status !== "open") return false;
      checkouts.expire(id);
      return true;
    },
    session: (id) => structuredClone(checkouts.lookUp(id)?.session),
    sessions: () => checkouts.all().map(({ session }) => structuredClone(session)),
    setPrices(prices) {
      for (const {
        id,
        currency,
        unit_amount: unitAmount,
        product_name: name,
        active = true,
        product_active: isProductActive = true,
        recurring = false,
      } of prices) {
        storePrice(state, options.nowSeconds(), {
          id,
          currency,
          unitAmount,
          active,
          taxBehavior: "unspecified",
          recurring: recurring ? { interval: "month" } : null,
          product: { id: `prod_${id}`, active: isProductActive, name, description: null, images: [], metadata: {} },
        });
      }
    },
    setTariff: (tariff) => {
      Object.assign(state.tariff, tariff);
    },
    failNext: (fault) => {
      faults.failNext(fault);
    },
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
