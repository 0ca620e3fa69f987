import { z } from "zod";
import { currency } from "./checkout-session-params.server";
import {
  boolean,
  expand,
  integer,
  mergeMetadata,
  metadata,
  notInSandbox,
  parseParams,
  text,
} from "./request-params.server";
import { invalidParam, noSuch } from "./stripe-error.server";
import { newStripeId } from "./stripe-id.server";
import { createdParam, isCreatedWithin, page, pageParams, type StripeList } from "./stripe-list.server";
import type { StripePrice, StripeProduct } from "./stripe-objects.server";
import type { StripeState } from "./stripe-state.server";

/** Amount and currency of a Price never change. Source: https://docs.stripe.com/api/prices */
const newPrice = z.strictObject({
  currency,
  unit_amount: integer({ min: 0 }),
  product: text.optional(),
  product_data: z.strictObject({ name: text, metadata: metadata.optional() }).optional(),
  recurring: z
    .strictObject({
      interval: z.enum(["day", "week", "month", "year"]),
      interval_count: integer({ min: 1 }).optional(),
    })
    .optional(),
  active: boolean.optional(),
  metadata: metadata.optional(),
  tax_behavior: z.enum(["exclusive", "inclusive", "unspecified"]).optional(),
  expand,
  billing_scheme: notInSandbox,
  currency_options: notInSandbox,
  custom_unit_amount: notInSandbox,
  transform_quantity: notInSandbox,
  unit_amount_decimal: notInSandbox,
});
const change = z.strictObject({ active: boolean.optional(), metadata: metadata.optional(), expand });
const priceList = z.strictObject({
  ...pageParams,
  active: boolean.optional(),
  created: createdParam,
  currency: currency.optional(),
  product: text.optional(),
  type: z.enum(["one_time", "recurring"]).optional(),
});

export function createPrice(state: StripeState, raw: unknown, nowSeconds: number): StripePrice {
  const params = parseParams(newPrice, raw);
  const { product: productId, product_data: data } = params;
  const known = productId === undefined ? undefined : state.products.get(productId);
  if (productId !== undefined && known === undefined) throw noSuch("product", productId, "product", 400);
  if (known === undefined && data === undefined)
    throw invalidParam("Missing required param: product.", { code: "parameter_missing", param: "product" });
  const product = known ?? {
    id: newStripeId("prod"),
    active: true,
    name: data?.name ?? "",
    description: null,
    images: [],
    metadata: mergeMetadata({}, data?.metadata),
  };
  const price = storePrice(state, nowSeconds, {
    id: newStripeId("price"),
    currency: params.currency,
    unitAmount: params.unit_amount,
    active: params.active ?? true,
    taxBehavior: params.tax_behavior ?? "unspecified",
    recurring: params.recurring ?? null,
    product,
  });
  price.metadata = mergeMetadata({}, params.metadata);
  return price;
}

/** Updates a Price or a Product: the stand-in supports `active` and `metadata` of both. */
export function changeActive<T extends StripePrice | StripeProduct>(object: T, raw: unknown): T {
  const { active = object.active, metadata: values } = parseParams(change, raw);
  return Object.assign(object, { active, metadata: mergeMetadata(object.metadata, values) });
}

/** Lists prices, newest first, without inline prices. */
export function listPrices(state: StripeState, raw: unknown): StripeList<StripePrice> {
  const query = parseParams(priceList, raw);
  return page(
    [...state.prices.values()].reverse(),
    (price) =>
      !state.inlinePrices.has(price.id) &&
      (query.active === undefined || price.active === query.active) &&
      (query.currency === undefined || price.currency === query.currency) &&
      (query.product === undefined || price.product === query.product) &&
      (query.type === undefined || price.type === query.type) &&
      isCreatedWithin(price.created, query.created),
    query,
    { url: "/v1/prices", kind: "price" },
  );
}

/** Stores a Price and its Product. */
export function storePrice(
  state: StripeState,
  nowSeconds: number,
  facts: {
    id: string;
    currency: string;
    unitAmount: number;
    active: boolean;
    taxBehavior: string;
    recurring?: { interval: "day" | "week" | "month" | "year"; interval_count?: number | undefined } | null | undefined;
    product: {
      id: string;
      active: boolean;
      name: string;
      description: string | null;
      images: string[];
      metadata: Record<string, string>;
    };
  },
): StripePrice {
  const { recurring = null } = facts;
  state.products.set(facts.product.id, {
    object: "product",
    created: nowSeconds,
    default_price: null,
    livemode: false,
    marketing_features: [],
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: "service",
    unit_label: null,
    updated: nowSeconds,
    url: null,
    ...facts.product,
  });
  const price: StripePrice = {
    id: facts.id,
    object: "price",
    active: facts.active,
    billing_scheme: "per_unit",
    created: nowSeconds,
    currency: facts.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product: facts.product.id,
    recurring: recurring && {
      interval: recurring.interval,
      interval_count: recurring.interval_count ?? 1,
      meter: null,
      trial_period_days: null,
      usage_type: "licensed",
    },
    tax_behavior: facts.taxBehavior,
    tiers_mode: null,
    transform_quantity: null,
    type: recurring === null ? "one_time" : "recurring",
    unit_amount: facts.unitAmount,
    unit_amount_decimal: String(facts.unitAmount),
  };
  state.prices.set(price.id, price);
  return price;
}
