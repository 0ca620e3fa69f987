import { z } from "zod";

import type { Metadata } from "../session-metadata";
import type { Refund, StripeSession } from "../stripe-gateway.server";

/**
 * Stripe's objects as far as this shop reads them. stripe-node takes every JSON without an `error` key for a success, so the
 * gateway parses each response with one of these, narrowed to what was asked.
 */

const seconds = z.number().int().positive();
const amount = z.number().int().nonnegative();
const metadata = z.record(z.string(), z.string());

const charge = z.object({
  id: z.string().min(1),
  object: z.literal("charge"),
  created: seconds,
  amount_refunded: amount,
  refunded: z.boolean(),
});

const paymentIntent = z.object({
  id: z.string().startsWith("pi_"),
  object: z.literal("payment_intent"),
  status: z.string().min(1),
  latest_charge: z.union([z.string().min(1), charge]).nullable(),
});

const session = z.object({
  id: z.string().startsWith("cs_"),
  object: z.literal("checkout.session"),
  status: z.enum(["open", "complete", "expired"]),
  payment_status: z.enum(["paid", "unpaid", "no_payment_required"]),
  url: z.string().min(1).nullable(),
  created: seconds,
  amount_total: amount.nullable(),
  currency: z.string().min(1).nullable(),
  metadata: metadata.nullable(),
  payment_intent: z.union([z.string().startsWith("pi_"), paymentIntent]).nullable(),
});

const refund = z.object({
  // `pyr_`: of a payment that is no card's, a bank debit for instance.
  id: z.string().regex(/^(re|pyr)_/),
  object: z.literal("refund"),
  amount: z.number().int().positive(),
  status: z.enum(["pending", "requires_action", "succeeded", "failed", "canceled"]),
});

const price = z.object({
  object: z.literal("price"),
  type: z.enum(["one_time", "recurring"]),
  unit_amount: amount.nullable(),
  currency: z.string().min(1),
});

export const createdSession = (written: Metadata) => session.extend({ metadata: holding(written) });
/** Asked for with its payment expanded. */
export const sessionOf = (id: string) => session.extend({ id: z.literal(id), payment_intent: paymentIntent.nullable() });
export const expiredSession = (id: string) => session.extend({ id: z.literal(id), status: z.literal("expired") });
export const writtenSession = (id: string, written: Metadata) => session.extend({ id: z.literal(id), metadata: holding(written) });
export const refundOf = (paymentIntentId: string) => refund.extend({ payment_intent: z.literal(paymentIntentId) });
export const priceOf = (id: string) => price.extend({ id: z.literal(id) });
export const sessionPage = pageOf(session);
export const refundPage = (paymentIntentId: string) => pageOf(refundOf(paymentIntentId));

export const sessionPageWithin = (created: { gte: number; lte?: number }) =>
  sessionPage.refine(
    ({ data }) => data.every((one) => one.created >= created.gte && one.created <= (created.lte ?? Infinity)),
    "an item of another time",
  );
/** A page that holds the item which it was to follow is not the next one. */
export const pageFollowing = <Schema extends z.ZodType<{ data: { id: string }[] }>>(page: Schema, after: string | undefined) =>
  page.refine(({ data }) => data.every(({ id }) => id !== after), "the item that it was to follow");

/** One page of a list; an empty one is a valid response, unless it says that there are more. */
function pageOf<Item extends z.ZodObject<{ id: z.ZodType<string> }>>(item: Item) {
  return z
    .object({ object: z.literal("list"), data: z.array(item), has_more: z.boolean() })
    .refine((page) => page.data.length > 0 || !page.has_more, "an empty page that has more");
}

/** Metadata that reads back as it was written; Stripe takes a key away that is written as "". */
function holding(written: Metadata) {
  return metadata.refine(
    (read) => Object.entries(written).every(([key, value]) => (read[key] ?? "") === value),
    "does not read back as written",
  );
}

export function toSession(read: z.output<typeof session>): StripeSession {
  const { payment_intent: payment } = read;
  return {
    id: read.id,
    status: read.status,
    paymentStatus: read.payment_status,
    url: read.url,
    createdAt: read.created * 1000,
    total: { amount: read.amount_total ?? 0, currency: read.currency ?? "" },
    metadata: read.metadata ?? {},
    payment: payment === null ? null : typeof payment === "string" ? { id: payment, status: null } : { id: payment.id, status: payment.status },
    charge: payment === null || typeof payment === "string" ? null : toCharge(payment.latest_charge),
  };
}

function toCharge(read: z.output<typeof paymentIntent>["latest_charge"]): StripeSession["charge"] {
  if (read === null || typeof read === "string") return null;
  return { createdAt: read.created * 1000, refundedAmount: read.amount_refunded, isRefunded: read.refunded };
}

export function toRefund({ id, amount: given, status }: z.output<typeof refund>): Refund {
  return { id, amount: given, counts: status !== "failed" && status !== "canceled" };
}
