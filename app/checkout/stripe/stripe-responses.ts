import { z } from "zod";
import type { PriceProblem, PriceReading } from "~/catalog/price-source";
import type { ChargedLine, Refund, StripeSession } from "./gateway";
import { LINE_PRODUCT, type Metadata } from "./session-metadata";

/**
 * The fields of Stripe's objects that this shop reads. stripe-node treats every JSON without an `error` key as success, so the gateway
 * parses each response with one of these schemas, narrowed to what was requested.
 */
const seconds = z.number().int().positive();
const amount = z.number().int().nonnegative();
const metadata = z.record(z.string(), z.string());

const refund = z.object({
  // `pyr_`: of a payment that is not by card, a bank debit for instance.
  id: z.string().regex(/^(re|pyr)_/),
  object: z.literal("refund"),
  created: seconds,
  amount: z.number().int().positive(),
  status: z.enum(["pending", "requires_action", "succeeded", "failed", "canceled"]),
  payment_intent: z.string().startsWith("pi_").nullable(),
});

const charge = z.object({
  id: z.string().min(1),
  object: z.literal("charge"),
  created: seconds,
  refunds: z.object({ object: z.literal("list"), data: z.array(refund), has_more: z.boolean() }).optional(),
});

const paymentIntent = z
  .object({
    id: z.string().startsWith("pi_"),
    object: z.literal("payment_intent"),
    status: z.string().min(1),
    latest_charge: z.union([z.string().min(1), charge]).nullable(),
  })
  .refine(
    ({ id, latest_charge: latest }) =>
      latest === null ||
      typeof latest === "string" ||
      (latest.refunds?.data ?? []).every((one) => one.payment_intent === id),
    "a refund of another payment",
  );

const session = z.object({
  id: z.string().startsWith("cs_"),
  object: z.literal("checkout.session"),
  status: z.enum(["open", "complete", "expired"]),
  payment_status: z.enum(["paid", "unpaid", "no_payment_required"]),
  url: z.string().min(1).nullable(),
  created: seconds,
  amount_total: amount.nullable(),
  // Only displayed; lenient, so that no sale depends on them.
  amount_subtotal: amount.nullish(),
  total_details: z.object({ amount_discount: amount, amount_shipping: amount.nullish(), amount_tax: amount }).nullish(),
  currency: z.string().min(1).nullable(),
  metadata: metadata.nullable(),
  payment_intent: z.union([z.string().startsWith("pi_"), paymentIntent]).nullable(),
});

const lineItem = z.object({
  id: z.string().startsWith("li_"),
  object: z.literal("item"),
  description: z.string().nullable(),
  // Absent before API version 2025-12-15.
  metadata: metadata.nullish(),
  price: z
    .object({ object: z.literal("price"), unit_amount: amount.nullable(), currency: z.string().min(1) })
    .nullable(),
  quantity: amount.nullable(),
});

const price = z.object({
  id: z.string().min(1),
  object: z.literal("price"),
  active: z.boolean(),
  type: z.enum(["one_time", "recurring"]),
  /** Null if the amount depends on the quantity or the shopper, or is a fraction of the minor unit. */
  unit_amount: amount.nullable(),
  /** Not null if the Price is per pack, so that one unit has no price. */
  transform_quantity: z.object({}).nullable(),
  currency: z.string().regex(/^[a-z]{3}$/),
  product: z.object({ object: z.literal("product"), active: z.boolean() }),
});

export const createdSession = (written: Metadata) => session.extend({ metadata: matching(written) });
/** Requested with its payment expanded. */
export const sessionOf = (id: string) =>
  session.extend({ id: z.literal(id), payment_intent: paymentIntent.nullable() });
export const expiredSession = (id: string) => session.extend({ id: z.literal(id), status: z.literal("expired") });
export const writtenSession = (id: string, written: Metadata) =>
  session.extend({ id: z.literal(id), metadata: matching(written) });
export const refundOf = (paymentIntentId: string, requested?: number) =>
  refund
    .extend({ payment_intent: z.literal(paymentIntentId) })
    .refine((made) => requested === undefined || made.amount === requested, "another amount");
export const refundWithId = (id: string) => refund.extend({ id: z.literal(id) });
/** Requested with its product expanded. */
export const priceOf = (id: string) => price.extend({ id: z.literal(id) });
export const activePricePage = pageOf(price.extend({ active: z.literal(true) }));
export const sessionPage = pageOf(session);
/** Lines do not name their session; the `url` of their list does. */
export const lineItemPage = (checkoutId: string) =>
  pageOf(lineItem, { url: z.literal(`/v1/checkout/sessions/${checkoutId}/line_items`) });
export const refundPage = (paymentIntentId: string) =>
  pageOf(refund.extend({ payment_intent: z.literal(paymentIntentId) }));

export const sessionPageOfPayment = (paymentIntentId: string) =>
  pageOf(session.extend({ payment_intent: z.literal(paymentIntentId) }));

interface Within {
  readonly gte: number;
  readonly lte?: number;
}

export const sessionPageWithin = (created: Within) => within(sessionPage, created);
export const refundPageWithin = (created: Within) => within(pageOf(refund), created);

const within = <Schema extends z.ZodType<{ data: { created: number }[] }>>(
  page: Schema,
  { gte, lte = Infinity }: Within,
) =>
  page.refine(
    ({ data }) => data.every((one) => one.created >= gte && one.created <= lte),
    "an item outside the requested time",
  );
/** Rejects a page that contains the item it should follow. */
export const pageFollowing = <Schema extends z.ZodType<{ data: { id: string }[] }>>(
  page: Schema,
  after: string | undefined,
) => page.refine(({ data }) => data.every(({ id }) => id !== after), "the item that it should follow");

/** One page of a list. An empty page is valid unless it claims that there are more. */
function pageOf<Item extends z.ZodObject<{ id: z.ZodType<string> }>, More extends z.ZodRawShape = Record<never, never>>(
  item: Item,
  more?: More,
) {
  return z
    .object({ object: z.literal("list"), data: z.array(item), has_more: z.boolean(), ...more })
    .refine((page) => page.data.length > 0 || !page.has_more, "an empty page that has more");
}

/** Metadata that matches what was written; Stripe removes a key that is written as "". */
function matching(written: Metadata) {
  return metadata.refine(
    (read) => Object.entries(written).every(([key, value]) => (read[key] ?? "") === value),
    "does not read back as written",
  );
}

/** `hasMoreRefunds`: the charge's list is incomplete or was not expanded. */
export type SessionOfPage = StripeSession & { readonly hasMoreRefunds: boolean };

export function toSession(read: z.output<typeof session>): SessionOfPage {
  const { payment_intent: payment } = read;
  const latest =
    payment === null || typeof payment === "string" || typeof payment.latest_charge === "string"
      ? null
      : payment.latest_charge;
  return {
    id: read.id,
    status: read.status,
    paymentStatus: read.payment_status,
    url: read.url,
    createdAt: read.created * 1000,
    total: { amount: read.amount_total ?? 0, currency: read.currency ?? "" },
    parts: toParts(read),
    metadata: read.metadata ?? {},
    payment:
      payment === null
        ? null
        : typeof payment === "string"
          ? { id: payment, status: null }
          : { id: payment.id, status: payment.status },
    charge:
      latest === null ? null : { createdAt: latest.created * 1000, refunds: latest.refunds?.data.map(toRefund) ?? [] },
    hasMoreRefunds: latest !== null && latest.refunds?.has_more !== false,
  };
}

function toParts({
  amount_subtotal: subtotal,
  total_details: details,
}: z.output<typeof session>): StripeSession["parts"] {
  if (typeof subtotal !== "number" || !details) return null;
  return {
    subtotal,
    discount: details.amount_discount,
    shipping: details.amount_shipping ?? 0,
    tax: details.amount_tax,
  };
}

export function toRefund({ id, created, amount: given, status }: z.output<typeof refund>): Refund {
  return { id, createdAt: created * 1000, amount: given, status: REFUND_STATUS[status] };
}

const REFUND_STATUS = {
  pending: "pending",
  requires_action: "pending",
  succeeded: "succeeded",
  failed: "failed",
  canceled: "failed",
} as const;

export function toPrice({
  active,
  type,
  unit_amount: unitAmount,
  transform_quantity: packs,
  currency,
  product,
}: z.output<typeof price>): PriceReading {
  const unusable = (problem: PriceProblem) => ({ state: "unusable" as const, problem });
  if (!active) return unusable("inactive");
  if (!product.active) return unusable("product_inactive");
  if (type === "recurring") return unusable("recurring");
  if (unitAmount === null || packs !== null) return unusable("no_fixed_amount");
  return { state: "usable", price: { amount: unitAmount, currency } };
}

export function toChargedLine({
  description,
  metadata: tags,
  price: linePrice,
  quantity,
}: z.output<typeof lineItem>): ChargedLine {
  return {
    productId: tags?.[LINE_PRODUCT] ?? null,
    name: description ?? "",
    quantity: quantity ?? 0,
    unitPrice:
      linePrice === null || linePrice.unit_amount === null
        ? null
        : { amount: linePrice.unit_amount, currency: linePrice.currency },
  };
}
