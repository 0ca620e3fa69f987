import Stripe from "stripe";
import { z } from "zod";

export type VerifiedWebhook =
  | { readonly outcome: "event"; readonly event: WebhookEvent }
  /** Rightly signed, and of a shape that no event for `fulfil` has: nothing is to be done for it. */
  | { readonly outcome: "unknown_shape" }
  /** None of the secrets signed it, or not lately. */
  | { readonly outcome: "unverified" };

export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  /** Null for events that are not about a checkout session. */
  readonly checkoutId: string | null;
  /** Null for events that are not about a refund. */
  readonly refundId: string | null;
  readonly livemode: boolean;
}

/** The events that can mean work for `fulfil`; every other one is answered 200 and dropped. */
export const CHECKOUT_EVENTS: ReadonlySet<string> = new Set([
  "checkout.session.completed",
  "checkout.session.expired",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
]);

/** Optional: what becomes of refunds is also read from Stripe's list, once an hour. */
export const REFUND_EVENTS: ReadonlySet<string> = new Set(["refund.updated", "refund.failed"]);

/** What an endpoint with an API version before 2024-10-28 is sent instead (docs.stripe.com/changelog/acacia/2024-10-28/refund-webhook-update). */
const OLDER_REFUND_EVENT = "charge.refund.updated";

const isAboutARefund = (type: string) => REFUND_EVENTS.has(type) || type === OLDER_REFUND_EVENT;

/** The event's type as a label of metrics, of which there may only be so many: a type that means no work is `other`. */
export function webhookLabel(type: string): string {
  return CHECKOUT_EVENTS.has(type) || isAboutARefund(type) ? type : "other";
}

export type WebhookWork =
  { readonly to: "fulfil"; readonly checkoutId: string } | { readonly to: "follow_refund"; readonly refundId: string };

/**
 * What is to be done because of this event; null when there is nothing to do for it, which is answered 200. An event of the
 * other mode than our key's, live in a test deployment, is none of ours. `live`: see `isLiveKey`.
 */
export function workFor(
  { type, livemode, checkoutId, refundId }: WebhookEvent,
  { live }: { live: boolean },
): WebhookWork | null {
  if (livemode !== live) return null;
  if (CHECKOUT_EVENTS.has(type) && checkoutId !== null) return { to: "fulfil", checkoutId };
  return isAboutARefund(type) && refundId !== null ? { to: "follow_refund", refundId } : null;
}

const TOLERANCE_SECONDS = 300;

const eventSchema = z.object({
  id: z.string(),
  type: z.string(),
  livemode: z.boolean(),
  data: z.object({ object: z.object({ object: z.string(), id: z.string().optional() }) }),
});

/**
 * The little of an event that is used, if one of the secrets signed exactly these bytes within the last 5 minutes.
 * Several secrets: while the merchant rolls one. `rawBody` is the body as it came, never re-serialised.
 * `now` is epoch milliseconds.
 */
export function verifyWebhook(
  rawBody: string,
  signature: string | null,
  secrets: readonly string[],
  now = Date.now(),
): VerifiedWebhook {
  if (signature === null || !secrets.some((secret) => isSigned(rawBody, signature, secret, now)))
    return { outcome: "unverified" };
  const parsed = eventSchema.safeParse(parseJson(rawBody));
  if (!parsed.success) return { outcome: "unknown_shape" };
  const { id, type, livemode, data } = parsed.data;
  const idOf = (object: string) => (data.object.object === object ? (data.object.id ?? null) : null);
  return {
    outcome: "event",
    event: { id, type, livemode, checkoutId: idOf("checkout.session"), refundId: idOf("refund") },
  };
}

function isSigned(rawBody: string, signature: string, secret: string, now: number): boolean {
  try {
    // Not `constructEvent`, which also refuses what is rightly signed and of another shape than it knows.
    Stripe.webhooks.signature?.verifyHeader(rawBody, signature, secret, TOLERANCE_SECONDS, undefined, now);
    return Stripe.webhooks.signature !== null;
  } catch {
    return false;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
