import type { ApiCallRecord, ApiCallRunner } from "./api-call.server";
import type { Checkouts, PaymentOutcome, SettleOutcome } from "./checkouts.server";
import type { CallMatch, Fault, Faults, HeldCall } from "./faults.server";
import type { IdempotencyKeys } from "./idempotency.server";
import { editPage, type PageEdit } from "./page-edits.server";
import { rememberPrice } from "./prices.server";
import { createRefund, refundsOf, settleRefund } from "./refunds.server";
import { StripeApiError } from "./stripe-error.server";
import type { StripeCheckoutSession, StripeObject, StripeRefund } from "./stripe-objects.server";
import { createStripeState, type StripeState } from "./stripe-state.server";
import type { Tariff } from "./totals.server";
import type { WebhookControls, Webhooks } from "./webhooks.server";

/** `requires_action`: Stripe waits for the buyer to say where the money is to go. */
export type RefundStatus = "succeeded" | "pending" | "requires_action" | "failed" | "canceled";

/** A Price that the merchant's account has. */
interface KnownPrice {
  id: string;
  currency: string;
  /** Minor units. */
  unit_amount: number;
  product_name: string;
  /** Absent: true. */
  active?: boolean | undefined;
  /** Absent: true. */
  product_active?: boolean | undefined;
  /** A subscription's, by the month. Absent: false. */
  recurring?: boolean | undefined;
}

/** What a test or an operator may do to the stand-in that no client of Stripe can. */
export interface StripeSandboxControls {
  /** What a shopper does on the payment page. */
  pay(checkoutId: string): PaymentOutcome;
  decline(checkoutId: string): PaymentOutcome;
  payLater(checkoutId: string): PaymentOutcome;
  /** Changes an open page before it is paid. False: it is not open, or has no such line. */
  edit(checkoutId: string, edit: PageEdit): boolean;
  /** The money of a later payment arrives or does not. */
  settle(checkoutId: string, result: "succeeded" | "failed"): SettleOutcome;
  /** From now on refunds of this checkout's payment get this status. False: there is no payment. */
  refundsBecome(checkoutId: string, status: RefundStatus): boolean;
  /** The bank takes a refund, or it fails, weeks later too; see `settleRefund`. */
  settleRefund(refundId: string, status: RefundStatus): boolean;
  /** A refund as on Stripe's dashboard, of all that is left unless there is an amount. False: nothing is left, or not that much. */
  refund(checkoutId: string, amount?: number): boolean;
  /** By the name of a button on the page of a completed checkout. False: there is nothing that it could be about. */
  moveRefunds(checkoutId: string, move: { action: string; refundId: string }): boolean;
  /** Copies of the refunds of a checkout's payment, oldest first. */
  refunds(checkoutId: string): StripeRefund[];
  /** Expires an open session as Stripe's own clock would. False: it was not open. */
  expire(checkoutId: string): boolean;
  /** A copy of a session as it is now; undefined when there is none. */
  session(checkoutId: string): StripeCheckoutSession | undefined;
  /** Copies, oldest first. */
  sessions(): StripeCheckoutSession[];
  /** Adds Prices that `line_items[][price]` may name, or replaces them. */
  setPrices(prices: readonly KnownPrice[]): void;
  /** Of pages from now on, and open ones when they are paid. */
  setTariff(tariff: Partial<Tariff>): void;
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
  emit: (type: string, object: StripeObject) => void;
  nowSeconds: () => number;
}): StripeSandboxControls {
  const { state, checkouts, faults, keys, runner, webhooks } = options;
  const paymentOf = (id: string) => checkouts.lookUp(id)?.session.payment_intent ?? null;

  function refundsBecome(id: string, status: RefundStatus): boolean {
    const intent = paymentOf(id);
    if (intent !== null) state.refundsBecome.set(intent, status);
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
    refundsBecome,
    refund,
    settleRefund: (id, status) => settleRefund(state, id, status, options.emit),
    moveRefunds(id, { action, refundId }) {
      switch (action) {
        case "refund":
          return refund(id);
        case "refund_arrives":
          return settleRefund(state, refundId, "succeeded", options.emit);
        case "refund_fails":
          return settleRefund(state, refundId, "failed", options.emit);
        case "refunds_succeed":
          return refundsBecome(id, "succeeded");
        case "refunds_stay_pending":
          return refundsBecome(id, "pending");
        case "refunds_fail":
          return refundsBecome(id, "failed");
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
        rememberPrice(state, options.nowSeconds(), {
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
