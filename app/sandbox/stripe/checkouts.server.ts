import { newCheckout } from "./checkout-session-object.server";
import type { CheckoutSessionParams } from "./checkout-session-params.server";
import { hasDelayedMethod } from "./payment-method-types.server";
import { DECLINED, newCharge, newPaymentIntent, SHOPPER, SHOPPER_ADDRESS } from "./payment-objects.server";
import { mergeMetadata } from "./request-params.server";
import { noSuch, refused } from "./stripe-error.server";
import type {
  CheckoutRecord,
  StripeCharge,
  StripeCheckoutSession,
  StripeObject,
  StripePaymentIntent,
} from "./stripe-objects.server";
import { finishCheckout, type StripeState } from "./stripe-state.server";
import { applyTotals } from "./totals.server";

export type PaymentOutcome =
  | { kind: "paid"; session: StripeCheckoutSession }
  /** The shopper is done, but the payment has not settled yet. */
  | { kind: "processing"; session: StripeCheckoutSession }
  | { kind: "declined"; session: StripeCheckoutSession; message: string }
  /** Paid, or being paid, before this attempt, which charged nothing. */
  | { kind: "already_complete"; session: StripeCheckoutSession }
  | { kind: "expired"; session: StripeCheckoutSession }
  /** The session does not offer this way to pay. */
  | { kind: "not_offered"; session: StripeCheckoutSession }
  | { kind: "unknown" };

export type SettleOutcome =
  { kind: "settled"; session: StripeCheckoutSession } | { kind: "not_processing" } | { kind: "unknown" };

/**
 * Checkout Sessions and their payments. Every method is atomic (synchronous), and first expires all sessions past their
 * deadline by the stand-in's clock, with the event that Stripe sends for them.
 * Status transitions: open → complete | expired, both final.
 * Source: https://docs.stripe.com/api/checkout/sessions/object
 */
export interface Checkouts {
  /** Throws Stripe's 400. */
  create(params: CheckoutSessionParams): CheckoutRecord;
  lookUp(id: string): CheckoutRecord | undefined;
  /** Like `lookUp`, but throws Stripe's 404. */
  find(id: string): CheckoutRecord;
  /** Oldest first. */
  all(): CheckoutRecord[];
  /** Updates metadata, which Stripe allows in any status. Throws Stripe's 400 and 404. */
  updateMetadata(id: string, change: Record<string, string> | null | undefined): CheckoutRecord;
  /** Expires an open session. Throws Stripe's 400 if it is not open, and its 404. */
  expire(id: string): CheckoutRecord;
  pay(id: string): PaymentOutcome;
  decline(id: string): PaymentOutcome;
  payLater(id: string): PaymentOutcome;
  settle(id: string, result: "succeeded" | "failed"): SettleOutcome;
}

export function createCheckouts(options: {
  state: StripeState;
  /** Epoch milliseconds. */
  now: () => number;
  emit: (type: string, object: StripeObject) => void;
  paymentPageBase: (successUrl: string) => string;
}): Checkouts {
  const { state, now, emit } = options;
  const nowSeconds = () => Math.floor(now() / 1000);
  let nextDeadline = Infinity;

  function expireDue(): void {
    if (nowSeconds() < nextDeadline) return;
    nextDeadline = Infinity;
    for (const [id, expiresAt] of state.open) {
      if (expiresAt <= nowSeconds()) close(id);
      else nextDeadline = Math.min(nextDeadline, expiresAt);
    }
  }

  function close(id: string): void {
    const record = state.checkouts.get(id);
    if (record === undefined) throw new Error(`Open checkout is missing from the checkouts: ${id}`);
    const { session } = record;
    session.status = "expired";
    session.url = null;
    finishCheckout(state, id);
    const intent = state.paymentIntents.get(session.payment_intent ?? "");
    if (intent !== undefined) {
      intent.status = "canceled";
      intent.canceled_at = nowSeconds();
      intent.cancellation_reason = "automatic";
      emit("payment_intent.canceled", intent);
    }
    emit("checkout.session.expired", session);
  }

  function lookUp(id: string): CheckoutRecord | undefined {
    expireDue();
    return state.checkouts.get(id);
  }

  function find(id: string): CheckoutRecord {
    const record = lookUp(id);
    if (record === undefined) throw noSuch("checkout.session", id, "session");
    return record;
  }

  /** The outcome of an attempt to pay a session that cannot be paid; undefined if it can. */
  function unpayable(record: CheckoutRecord | undefined): PaymentOutcome | undefined {
    if (record === undefined) return { kind: "unknown" };
    const { session } = record;
    if (session.status === "expired") return { kind: "expired", session };
    return session.status === "complete" ? { kind: "already_complete", session } : undefined;
  }

  /** Adds tax, which Stripe computes from the address that the shopper enters before paying. */
  function enterAddress(record: CheckoutRecord): void {
    if (record.session.automatic_tax.enabled) record.session.automatic_tax.status = "complete";
    applyTotals(record, state.tariff);
  }

  function intentOf(record: CheckoutRecord): StripePaymentIntent {
    const existing = state.paymentIntents.get(record.session.payment_intent ?? "");
    if (existing !== undefined) return Object.assign(existing, { amount: record.session.amount_total });
    const intent = newPaymentIntent(record, nowSeconds());
    state.paymentIntents.set(intent.id, intent);
    record.session.payment_intent = intent.id;
    emit("payment_intent.created", intent);
    return intent;
  }

  function charge(intent: StripePaymentIntent, status: StripeCharge["status"]): void {
    const made = newCharge(intent, status, nowSeconds());
    state.charges.set(made.id, made);
    intent.latest_charge = made.id;
    intent.payment_method = status === "failed" ? null : made.payment_method;
    emit(`charge.${status}`, made);
  }

  function complete(record: CheckoutRecord): void {
    const { session } = record;
    session.status = "complete";
    session.url = null;
    session.customer_details = {
      address: session.billing_address_collection === "required" ? SHOPPER_ADDRESS : null,
      business_name: null,
      email: session.customer_email ?? SHOPPER.email,
      individual_name: null,
      name: SHOPPER.name,
      phone: null,
      tax_exempt: "none",
      tax_ids: [],
    };
    if (session.shipping_address_collection !== null && session.collected_information !== null) {
      session.collected_information.shipping_details = { name: SHOPPER.name, address: SHOPPER_ADDRESS };
    }
    applyTotals(record, state.tariff);
    finishCheckout(state, session.id);
    emit("checkout.session.completed", session);
  }

  function succeed(intent: StripePaymentIntent): void {
    intent.status = "succeeded";
    intent.amount_received = intent.amount;
    intent.last_payment_error = null;
    emit("payment_intent.succeeded", intent);
  }

  function fail(intent: StripePaymentIntent): void {
    intent.status = "requires_payment_method";
    intent.last_payment_error = {
      type: "card_error",
      code: "card_declined",
      decline_code: "generic_decline",
      message: DECLINED,
      ...(intent.latest_charge !== null && { charge: intent.latest_charge }),
    };
    emit("payment_intent.payment_failed", intent);
  }

  return {
    create(params) {
      expireDue();
      const record = newCheckout(params, { state, nowSeconds: nowSeconds(), paymentPageBase: options.paymentPageBase });
      const { id, expires_at: expiresAt } = record.session;
      state.checkouts.set(id, record);
      state.open.set(id, expiresAt);
      nextDeadline = Math.min(nextDeadline, expiresAt);
      return record;
    },
    lookUp,
    find,
    all() {
      expireDue();
      return [...state.checkouts.values()];
    },
    updateMetadata(id, change) {
      const record = find(id);
      record.session.metadata = mergeMetadata(record.session.metadata, change);
      return record;
    },
    expire(id) {
      const record = find(id);
      const { status } = record.session;
      if (status !== "open") {
        throw refused(
          `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${status}\`.`,
        );
      }
      close(id);
      return record;
    },
    pay(id) {
      const record = lookUp(id);
      const outcome = unpayable(record);
      if (record === undefined || outcome !== undefined) return outcome ?? { kind: "unknown" };
      enterAddress(record);
      const { session } = record;
      if (session.amount_total === 0) {
        session.payment_status = "no_payment_required";
      } else {
        const intent = intentOf(record);
        charge(intent, "succeeded");
        succeed(intent);
        session.payment_status = "paid";
      }
      complete(record);
      return { kind: "paid", session };
    },
    decline(id) {
      const record = lookUp(id);
      const outcome = unpayable(record);
      if (record === undefined || outcome !== undefined) return outcome ?? { kind: "unknown" };
      enterAddress(record);
      const { session } = record;
      if (session.amount_total === 0) return { kind: "not_offered", session };
      const intent = intentOf(record);
      charge(intent, "failed");
      fail(intent);
      return { kind: "declined", session, message: DECLINED };
    },
    payLater(id) {
      const record = lookUp(id);
      const outcome = unpayable(record);
      if (record === undefined || outcome !== undefined) return outcome ?? { kind: "unknown" };
      enterAddress(record);
      const { session } = record;
      if (session.amount_total === 0 || !hasDelayedMethod(session.payment_method_types))
        return { kind: "not_offered", session };
      const intent = intentOf(record);
      charge(intent, "pending");
      intent.status = "processing";
      emit("payment_intent.processing", intent);
      complete(record);
      return { kind: "processing", session };
    },
    settle(id, result) {
      const record = lookUp(id);
      if (record === undefined) return { kind: "unknown" };
      const { session } = record;
      const intent = state.paymentIntents.get(session.payment_intent ?? "");
      const pending = state.charges.get(intent?.latest_charge ?? "");
      if (intent?.status !== "processing" || pending === undefined) return { kind: "not_processing" };
      pending.status = result;
      pending.paid = pending.captured = result === "succeeded";
      pending.amount_captured = pending.paid ? pending.amount : 0;
      emit(`charge.${result}`, pending);
      if (result === "succeeded") {
        succeed(intent);
        session.payment_status = "paid";
      } else {
        fail(intent);
      }
      emit(`checkout.session.async_payment_${result}`, session);
      return { kind: "settled", session };
    },
  };
}
