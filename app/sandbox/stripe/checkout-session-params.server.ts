import { z } from "zod";
import { isSupportedCurrency } from "./currency.server";
import { PAYMENT_METHOD_TYPES } from "./payment-method-types.server";
import { boolean, expand, integer, list, metadata, notInSandbox, text, textUpTo, url } from "./request-params.server";

/** Parameters of `POST /v1/checkout/sessions`. Source: docs.stripe.com/api/checkout/sessions/create */

export const currency = text
  .transform((value) => value.toLowerCase())
  .refine(isSupportedCurrency, {
    error: (issue) =>
      `Invalid currency: ${String(issue.input)}. See https://stripe.com/docs/currencies for supported currencies.`,
  });

// prettier-ignore
const LOCALES = [
  "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN", "hr",
  "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv",
  "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
] as const;

const priceData = z.strictObject({
  currency,
  unit_amount: integer({ min: 0, max: 99_999_999 }),
  product_data: z.strictObject({
    name: text,
    description: text.optional(),
    images: list(url)
      .refine((images) => images.length <= 8, { error: "You can only supply up to 8 images." })
      .optional(),
    metadata: metadata.optional(),
    tax_code: text.optional(),
    unit_label: text.optional(),
    tax_details: notInSandbox,
  }),
  tax_behavior: z.enum(["exclusive", "inclusive", "unspecified"]).optional(),
  product: notInSandbox,
  recurring: notInSandbox,
  unit_amount_decimal: notInSandbox,
});

const lineItem = z
  .strictObject({
    price: text.optional(),
    price_data: priceData.optional(),
    quantity: integer({ min: 1, max: 999_999 }),
    metadata: metadata.optional(),
    adjustable_quantity: notInSandbox,
    tax_rates: notInSandbox,
  })
  .refine(({ price, price_data }) => (price === undefined) !== (price_data === undefined), {
    error: "You must specify either `price` or `price_data` on each of `line_items`, and not both.",
  });

export type LineItemParams = z.infer<typeof lineItem>;

const paymentMethods = list(z.enum(PAYMENT_METHOD_TYPES)).optional();

const common = {
  mode: z.literal(["payment"], {
    error: "The sandbox's stand-in for Stripe serves only `mode: payment`.",
  }),
  success_url: url,
  cancel_url: url.optional(),
  line_items: list(lineItem)
    .refine((items) => items.length > 0, { error: "`line_items` must not be empty." })
    .refine((items) => items.length <= 100, { error: "You can only pass up to 100 `line_items`." }),
  metadata: metadata.optional(),
  payment_intent_data: z
    .strictObject({
      metadata: metadata.optional(),
      description: text.optional(),
      receipt_email: text.optional(),
      statement_descriptor: textUpTo(22).optional(),
      statement_descriptor_suffix: textUpTo(22).optional(),
      transfer_group: text.optional(),
      application_fee_amount: notInSandbox,
      capture_method: notInSandbox,
      on_behalf_of: notInSandbox,
      setup_future_usage: notInSandbox,
      shipping: notInSandbox,
      transfer_data: notInSandbox,
    })
    .optional(),
  expires_at: integer().optional(),
  client_reference_id: textUpTo(200).optional(),
  customer_email: text
    .refine((value) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value), {
      error: (issue) => `Invalid email address: ${String(issue.input)}`,
      params: { code: "email_invalid" },
    })
    .optional(),
  locale: z.enum(LOCALES).optional(),
  currency: currency.optional(),
  submit_type: z.enum(["auto", "book", "donate", "pay", "subscribe"]).optional(),
  billing_address_collection: z.enum(["auto", "required"]).optional(),
  customer_creation: z.enum(["always", "if_required"]).optional(),
  shipping_address_collection: z
    .strictObject({
      allowed_countries: list(
        z.string().regex(/^[A-Z]{2}$/, { error: "Invalid country: must be a two-letter code in capitals" }),
      ),
    })
    .optional(),
  shipping_options: list(z.strictObject({ shipping_rate: text, shipping_rate_data: notInSandbox })).optional(),
  automatic_tax: z.strictObject({ enabled: boolean, liability: notInSandbox }).optional(),
  allow_promotion_codes: boolean.optional(),
  phone_number_collection: z.strictObject({ enabled: boolean }).optional(),
  integration_identifier: text.optional(),
  excluded_payment_method_types: paymentMethods,
  expand,
  adaptive_pricing: notInSandbox,
  after_expiration: notInSandbox,
  branding_settings: notInSandbox,
  consent_collection: notInSandbox,
  custom_fields: notInSandbox,
  custom_text: notInSandbox,
  customer: notInSandbox,
  customer_account: notInSandbox,
  customer_update: notInSandbox,
  discounts: notInSandbox,
  invoice_creation: notInSandbox,
  managed_payments: notInSandbox,
  name_collection: notInSandbox,
  optional_items: notInSandbox,
  origin_context: notInSandbox,
  payment_method_collection: notInSandbox,
  payment_method_configuration: notInSandbox,
  payment_method_data: notInSandbox,
  payment_method_options: notInSandbox,
  permissions: notInSandbox,
  redirect_on_completion: notInSandbox,
  return_url: notInSandbox,
  saved_payment_method_options: notInSandbox,
  setup_intent_data: notInSandbox,
  subscription_data: notInSandbox,
  tax_id_collection: notInSandbox,
  wallet_options: notInSandbox,
};

/** Since 2026-09-30 (endive), `allowed_payment_method_types` filters and `payment_method_types` is unknown. */
const current = z.strictObject({
  ...common,
  ui_mode: z
    .literal(["hosted_page"], { error: "The sandbox's stand-in for Stripe serves only the hosted page." })
    .optional(),
  allowed_payment_method_types: paymentMethods,
});

const beforeEndive = z.strictObject({
  ...common,
  ui_mode: z
    .literal(["hosted", "hosted_page"], { error: "The sandbox's stand-in for Stripe serves only the hosted page." })
    .optional(),
  payment_method_types: paymentMethods,
});

export type CheckoutSessionParams = Omit<z.infer<typeof current>, "ui_mode"> & {
  ui_mode?: "hosted" | "hosted_page" | undefined;
  payment_method_types?: string[] | undefined;
};

export function checkoutSessionParams(apiVersion: string): z.ZodType<CheckoutSessionParams> {
  return apiVersion >= "2026-09-30" ? current : beforeEndive;
}
