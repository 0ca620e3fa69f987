import { delayedMethod } from "./payment-method-types.server";
import { newStripeId } from "./stripe-id.server";
import type { CheckoutRecord, StripeCharge, StripePaymentIntent, StripeRefund } from "./stripe-objects.server";

/** The buyer of every payment. */
export const SHOPPER = { name: "Sandbox Shopper", email: "shopper@example.com" };
export const SHOPPER_ADDRESS = {
  city: "Springfield",
  country: "US",
  line1: "1 Sandbox Street",
  line2: null,
  postal_code: "12345",
  state: "IL",
};

/** A PaymentIntent for a session's total, without a payment method yet. */
export function newPaymentIntent(
  { session, paymentIntentData }: CheckoutRecord,
  nowSeconds: number,
): StripePaymentIntent {
  const id = newStripeId("pi");
  return {
    id,
    object: "payment_intent",
    allowed_payment_method_types: null,
    amount: session.amount_total,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic_async",
    client_secret: null,
    confirmation_method: "automatic",
    created: nowSeconds,
    currency: session.currency,
    customer: null,
    customer_account: null,
    description: paymentIntentData.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: { ...paymentIntentData.metadata },
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: session.payment_method_types,
    payment_record: null,
    processing: null,
    receipt_email: paymentIntentData.receipt_email,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: paymentIntentData.statement_descriptor,
    statement_descriptor_suffix: paymentIntentData.statement_descriptor_suffix,
    status: "requires_payment_method",
    transfer_group: paymentIntentData.transfer_group,
  };
}

/** An attempt to charge an intent. A charge copies the metadata that its intent has at creation. */
export function newCharge(
  intent: StripePaymentIntent,
  status: StripeCharge["status"],
  nowSeconds: number,
): StripeCharge {
  const failed = status === "failed";
  return {
    id: newStripeId("ch"),
    object: "charge",
    amount: intent.amount,
    amount_captured: status === "succeeded" ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { address: null, email: SHOPPER.email, name: SHOPPER.name, phone: null, tax_id: null },
    calculated_statement_descriptor: "SANDBOX",
    captured: status === "succeeded",
    created: nowSeconds,
    currency: intent.currency,
    customer: null,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: failed ? "card_declined" : null,
    failure_message: failed ? DECLINED : null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: null,
    paid: status === "succeeded",
    payment_intent: intent.id,
    payment_method: newStripeId("pm"),
    payment_method_details: { type: status === "pending" ? delayedMethod(intent.payment_method_types) : "card" },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status,
    transfer_data: null,
    transfer_group: intent.transfer_group,
  };
}

export const DECLINED = "Your card was declined.";

export function newRefund(
  charge: StripeCharge,
  facts: Pick<StripeRefund, "amount" | "reason" | "metadata" | "status"> & { nowSeconds: number },
): StripeRefund {
  return {
    id: newStripeId("re"),
    object: "refund",
    amount: facts.amount,
    balance_transaction: null,
    charge: charge.id,
    created: facts.nowSeconds,
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: { card: { type: "refund", reference_status: "pending" }, type: "card" },
    metadata: facts.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: facts.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: facts.status,
    transfer_reversal: null,
  };
}
