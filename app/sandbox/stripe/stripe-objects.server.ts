import type Stripe from "stripe";

/** Stripe's objects as sent over HTTP: references to other objects are ids until a request expands them. */

export type Metadata = Record<string, string>;

export interface StripeProduct extends Stripe.Product {
  metadata: Metadata;
}

export interface StripePrice extends Omit<Stripe.Price, "unit_amount_decimal"> {
  product: string;
  unit_amount: number;
  /** A number as text, which the SDK turns into a Decimal. */
  unit_amount_decimal: string;
}

export interface StripeLineItem extends Omit<Stripe.LineItem, "price"> {
  price: StripePrice;
  quantity: number;
}

export interface StripeCheckoutSession extends Omit<Stripe.Checkout.Session, "line_items"> {
  shipping_options: Stripe.Checkout.Session.ShippingOption[];
  status: "open" | "complete" | "expired";
  payment_status: "unpaid" | "paid" | "no_payment_required";
  payment_intent: string | null;
  success_url: string;
  currency: string;
  amount_subtotal: number;
  amount_total: number;
  metadata: Metadata;
}

export interface StripePaymentIntent extends Stripe.PaymentIntent {
  latest_charge: string | null;
  metadata: Metadata;
  status: "requires_payment_method" | "processing" | "succeeded" | "canceled";
}

export interface StripeCharge extends Stripe.Charge {
  payment_intent: string;
  metadata: Metadata;
  status: "pending" | "succeeded" | "failed";
}

export interface StripeRefund extends Stripe.Refund {
  charge: string;
  payment_intent: string;
  metadata: Metadata;
}

export type StripeObject =
  | StripeProduct
  | StripePrice
  | StripeLineItem
  | StripeCheckoutSession
  | StripePaymentIntent
  | StripeCharge
  | StripeRefund;

/** An event. The fields are the same for all event types. */
export interface StripeEvent {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: StripeObject };
  livemode: false;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
}

/** A session with the data that Stripe keeps outside the session object. */
export interface CheckoutRecord {
  session: StripeCheckoutSession;
  lineItems: StripeLineItem[];
  /** From a promotion code. */
  discountPercent: number;
  paymentIntentData: {
    metadata: Metadata;
    description: string | null;
    receipt_email: string | null;
    statement_descriptor: string | null;
    statement_descriptor_suffix: string | null;
    transfer_group: string | null;
  };
}
