import Stripe from "stripe";
import { z } from "zod";

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
 * The little of an event that is used, if one of the secrets signed exactly these bytes within the last 5 minutes; else
 * null. Several secrets: while the merchant rolls one. `rawBody` is the body as it came, never re-serialised.
 * `now` is epoch milliseconds.
 */
export function verifyWebhook(rawBody: string, signature: string | null, secrets: readonly string[], now = Date.now()): WebhookEvent | null {
  if (signature === null) return null;
  if (!secrets.some((secret) => isSigned(rawBody, signature, secret, now))) return null;
  const parsed = eventSchema.safeParse(parseJson(rawBody));
  if (!parsed.success) return null;
  const { id, type, livemode, data } = parsed.data;
  return { id, type, livemode, checkoutId: data.object.object === "checkout.session" ? (data.object.id ?? null) : null };
}

function isSigned(rawBody: string, signature: string, secret: string, now: number): boolean {
  try {
    Stripe.webhooks.constructEvent(rawBody, signature, secret, TOLERANCE_SECONDS, undefined, now);
    return true;
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
