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
  readonly livemode: boolean;
}

/** The events that can mean work for `fulfil`; every other one is answered 200 and dropped. */
export const CHECKOUT_EVENTS: ReadonlySet<string> = new Set([
  "checkout.session.completed",
  "checkout.session.expired",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
]);

/** The event's type as a label of metrics, of which there may only be so many: a type that means no work is `other`. */
export function webhookLabel(type: string): string {
  return CHECKOUT_EVENTS.has(type) ? type : "other";
}

/**
 * The checkout to `fulfil` because of this event; null when there is nothing to do for it, which is answered 200. An
 * event of the other mode than our key's, live in a test deployment, is none of ours. `live`: see `isLiveKey`.
 */
export function checkoutToFulfil(event: WebhookEvent, { live }: { live: boolean }): string | null {
  return event.livemode === live && CHECKOUT_EVENTS.has(event.type) ? event.checkoutId : null;
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
export function verifyWebhook(rawBody: string, signature: string | null, secrets: readonly string[], now = Date.now()): VerifiedWebhook {
  if (signature === null || !secrets.some((secret) => isSigned(rawBody, signature, secret, now))) return { outcome: "unverified" };
  const parsed = eventSchema.safeParse(parseJson(rawBody));
  if (!parsed.success) return { outcome: "unknown_shape" };
  const { id, type, livemode, data } = parsed.data;
  const checkoutId = data.object.object === "checkout.session" ? (data.object.id ?? null) : null;
  return { outcome: "event", event: { id, type, livemode, checkoutId } };
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
