import type { CheckoutSessionParams, LineItemParams } from "./checkout-session-params.server";
import { chargeStep, formatAmount, MAXIMUM_CHARGE, minimumCharge } from "./currency.server";
import { dashboardPaymentMethods, worksInCurrency } from "./payment-method-types.server";
import { storePrice } from "./prices.server";
import { mergeMetadata } from "./request-params.server";
import { invalidParam, noSuch, refused } from "./stripe-error.server";
import { newCheckoutId, newStripeId } from "./stripe-id.server";
import type {
  CheckoutRecord,
  Metadata,
  StripeCheckoutSession,
  StripeLineItem,
  StripePrice,
} from "./stripe-objects.server";
import type { StripeState } from "./stripe-state.server";
import { applyTotals } from "./totals.server";

const SHORTEST_LIFE_S = 30 * 60;
const LONGEST_LIFE_S = 24 * 60 * 60;

/**
 * Builds an open session and its lines. Stores inline prices in `state`, but not the session.
 * Throws Stripe's 400 for an invalid deadline, an unknown price, mixed currencies or an amount that cannot be charged.
 */
export function newCheckout(
  params: CheckoutSessionParams,
  context: { state: StripeState; nowSeconds: number; paymentPageBase: (successUrl: string) => string },
): CheckoutRecord {
  const { nowSeconds } = context;
  const expiresAt = deadline(params.expires_at, nowSeconds);
  const metadata = mergeMetadata({}, params.metadata);
  const paymentIntentMetadata = mergeMetadata({}, params.payment_intent_data?.metadata);
  const priced = params.line_items.map((item, index) => ({ item, ...priceOf(item, index, context) }));
  const currency = commonCurrency(
    priced.map(({ price }) => price),
    params.currency,
  );
  const total = priced.reduce((sum, { item, price }) => sum + price.unit_amount * item.quantity, 0);
  assertChargeable(total, currency);
  const paymentMethods = offeredMethods(params, currency);

  const { payment_intent_data: intent } = params;
  const record: CheckoutRecord = {
    session: openSession(params, {
      ...context,
      expiresAt,
      metadata,
      currency,
      total,
      paymentMethods,
    }),
    lineItems: priced.map(({ item, price, name }) =>
      newLineItem({ price, name, quantity: item.quantity, metadata: mergeMetadata({}, item.metadata) }),
    ),
    discountPercent: 0,
    paymentIntentData: {
      metadata: paymentIntentMetadata,
      description: intent?.description ?? null,
      receipt_email: intent?.receipt_email ?? null,
      statement_descriptor: intent?.statement_descriptor ?? null,
      statement_descriptor_suffix: intent?.statement_descriptor_suffix ?? null,
      transfer_group: intent?.transfer_group ?? null,
    },
  };
  applyTotals(record, context.state.tariff);
  return record;
}

/** A line whose amounts are still 0: `applyTotals` sets them. */
export function newLineItem({
  price,
  name,
  quantity,
  metadata,
}: {
  price: StripePrice;
  name: string;
  quantity: number;
  metadata: Metadata;
}): StripeLineItem {
  return {
    id: newStripeId("li"),
    object: "item",
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: 0,
    amount_tax: 0,
    amount_total: 0,
    currency: price.currency,
    description: name,
    metadata,
    price,
    quantity,
  };
}

function deadline(requested: number | undefined, nowSeconds: number): number {
  if (requested === undefined) return nowSeconds + LONGEST_LIFE_S;
  if (requested < nowSeconds + SHORTEST_LIFE_S) {
    throw invalidParam("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", {
      param: "expires_at",
    });
  }
  if (requested >= nowSeconds + LONGEST_LIFE_S) {
    throw invalidParam("The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", {
      param: "expires_at",
    });
  }
  return requested;
}

function priceOf(
  item: LineItemParams,
  index: number,
  { state, nowSeconds }: { state: StripeState; nowSeconds: number },
): { price: StripePrice; name: string } {
  if (item.price_data === undefined) {
    const id = item.price ?? "";
    const param = `line_items[${String(index)}][price]`;
    const price = state.prices.get(id);
    if (price === undefined) throw noSuch("price", id, param, 400);
    if (!price.active)
      throw refused("The price specified is inactive. This field only accepts active prices.", { param });
    if (price.type === "recurring") {
      throw refused(
        "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
        { param: `line_items[${String(index)}]` },
      );
    }
    const product = state.products.get(price.product);
    // Stripe rejects these too, but its wording is unknown.
    if (product?.active === false)
      throw refused(`The product ${product.id} is marked as inactive, and thus it can't be sold.`, { param });
    return { price, name: product?.name ?? id };
  }
  const { currency, unit_amount: unitAmount, product_data: data, tax_behavior: taxBehavior } = item.price_data;
  const product = {
    id: newStripeId("prod"),
    active: false,
    name: data.name,
    description: data.description ?? null,
    images: data.images ?? [],
    metadata: mergeMetadata({}, data.metadata),
  };
  const price = storePrice(state, nowSeconds, {
    id: newStripeId("price"),
    currency,
    unitAmount,
    active: false,
    taxBehavior: taxBehavior ?? "unspecified",
    product,
  });
  state.inlinePrices.add(price.id);
  return { price, name: data.name };
}

function commonCurrency(prices: readonly StripePrice[], requested: string | undefined): string {
  const expected = requested ?? prices[0]?.currency ?? "usd";
  const other = prices.findIndex((price) => price.currency !== expected);
  if (other === -1) return expected;
  throw refused(
    `The price specified supports currencies of \`${prices[other]?.currency ?? ""}\`. This doesn't match the expected currency: \`${expected}\`.`,
    { param: `line_items[${String(other)}][price]` },
  );
}

function assertChargeable(total: number, currency: string): void {
  if (total === 0) return;
  const minimum = minimumCharge(currency);
  if (total < minimum) {
    throw refused(
      `The Checkout Session's total amount due must add up to at least ${formatAmount(minimum, currency)} ${currency}`,
      { code: "amount_too_small" },
    );
  }
  if (total > MAXIMUM_CHARGE) {
    throw refused(
      `The Checkout Session's total amount due must be no more than ${formatAmount(MAXIMUM_CHARGE, currency)} ${currency}`,
      { code: "amount_too_large" },
    );
  }
  const step = chargeStep(currency);
  if (total % step === 0) return;
  if (step === 10)
    throw refused(`Amounts in ${currency} must end in 0: Stripe charges them with two decimal places.`, {
      param: "line_items",
    });
  // Source: support.stripe.com, "Deprecation of fractional ISK charges and refunds".
  throw refused(
    `Invalid amount. Currency ${currency.toUpperCase()} has become effectively zero-decimal and charged amounts must be evenly divisible by 100. See https://stripe.com/docs/currencies#special-cases for more information.`,
    { code: "invalid_charge_amount_no_decimal_compatible" },
  );
}

function offeredMethods(params: CheckoutSessionParams, currency: string): string[] {
  if (params.payment_method_types !== undefined) {
    const unsupported = params.payment_method_types.find((method) => !worksInCurrency(method, currency));
    if (unsupported === undefined) return params.payment_method_types;
    throw refused(`The payment method type \`${unsupported}\` cannot be used with currency \`${currency}\`.`, {
      param: "payment_method_types",
    });
  }
  const excluded = new Set<string>(params.excluded_payment_method_types);
  const methods = (params.allowed_payment_method_types ?? dashboardPaymentMethods(currency)).filter(
    (method) => worksInCurrency(method, currency) && !excluded.has(method),
  );
  if (methods.length > 0) return methods;
  throw refused("No valid payment method types for this Checkout Session.", { param: "allowed_payment_method_types" });
}

/** Features of Checkout that the shop does not use, as a new session shows them. New objects each time: paying fills some in. */
const unusedFeatures = () =>
  ({
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    client_secret: null,
    collected_information: { business_name: null, individual_name: null, shipping_details: null },
    consent: null,
    consent_collection: null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: null,
    customer_account: null,
    customer_details: null,
    discounts: [],
    invoice: null,
    invoice_creation: null,
    managed_payments: { enabled: false },
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_options: {},
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_cost: null,
    subscription: null,
    wallet_options: null,
  }) satisfies Partial<StripeCheckoutSession>;

function openSession(
  params: CheckoutSessionParams,
  facts: {
    nowSeconds: number;
    expiresAt: number;
    metadata: Record<string, string>;
    currency: string;
    total: number;
    paymentMethods: string[];
    paymentPageBase: (successUrl: string) => string;
  },
): StripeCheckoutSession {
  const id = newCheckoutId();
  const { shipping_options: shippingOptions = [] } = params;
  const automaticTax = params.automatic_tax?.enabled ?? false;
  return {
    id,
    object: "checkout.session",
    ...unusedFeatures(),
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount_subtotal: facts.total,
    amount_total: facts.total,
    automatic_tax: {
      enabled: automaticTax,
      liability: automaticTax ? { type: "self" } : null,
      provider: automaticTax ? "stripe" : null,
      status: automaticTax ? "requires_location_inputs" : null,
    },
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    created: facts.nowSeconds,
    currency: facts.currency,
    customer_creation: params.customer_creation ?? "if_required",
    customer_email: params.customer_email ?? null,
    expires_at: facts.expiresAt,
    integration_identifier: params.integration_identifier ?? null,
    livemode: false,
    locale: params.locale ?? null,
    metadata: facts.metadata,
    mode: "payment",
    payment_method_collection: "if_required",
    payment_method_configuration_details:
      params.payment_method_types === undefined ? { id: "pmc_1SandboxDashboardChoice", parent: null } : null,
    payment_method_types: facts.paymentMethods,
    payment_status: "unpaid",
    phone_number_collection: { enabled: params.phone_number_collection?.enabled ?? false },
    shipping_address_collection: params.shipping_address_collection ?? null,
    shipping_options: shippingOptions.map(({ shipping_rate }) => ({ shipping_amount: 0, shipping_rate })),
    status: "open",
    submit_type: params.submit_type ?? null,
    success_url: params.success_url,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: params.ui_mode ?? "hosted_page",
    url: `${facts.paymentPageBase(params.success_url)}/pay/${id}`,
  };
}
