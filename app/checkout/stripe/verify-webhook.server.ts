import Stripe from "stripe";
import { z } from "zod";

export type VerifiedWebhook =
  | { readonly outcome: "event"; readonly event: WebhookEvent }
  /** Signed correctly, but with a shape that no event for `fulfil` has: nothing to do. */
  | { readonly outcome: "unknown_shape" }
  | { readonly outcome: "unverified"; readonly reason: UnverifiedReason };

/** `unsigned`: without a signature; `wrong_secret`: not signed with any of the secrets; `too_old`: signed more than 5 minutes ago. */
export type UnverifiedReason = "unsigned" | "wrong_secret" | "too_old";

export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  /** Null if the event is not about a Checkout Session. */
  readonly checkoutId: string | null;
  /** Null if the event is not about a refund. */
  readonly refundId: string | null;
  readonly livemode: boolean;
}

/** The events that can require work by `fulfil`. Others get a 200 and are dropped. */
export const CHECKOUT_EVENTS: ReadonlySet<string> = new Set([
  "checkout.session.completed",
  "checkout.session.expired",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
]);

/** Optional: Stripe's list of refunds is also read once an hour. */
export const REFUND_EVENTS: ReadonlySet<string> = new Set(["refund.updated", "refund.failed"]);

/** Sent instead to endpoints with an API version before 2024-10-28 (docs.stripe.com/changelog/acacia/2024-10-28/refund-webhook-update). */
const OLDER_REFUND_EVENT = "charge.refund.updated";

const isAboutARefund = (type: string) => REFUND_EVENTS.has(type) || type === OLDER_REFUND_EVENT;

/** The event's type as a metric label. Types without work become `other`, to limit the number of labels. */
export function webhookLabel(type: string): string {
  return CHECKOUT_EVENTS.has(type) || isAboutARefund(type) ? type : "other";
}

export type WebhookWork =
  { readonly to: "fulfil"; readonly checkoutId: string } | { readonly to: "follow_refund"; readonly refundId: string };

/**
 * Returns the work that an event requires, or null if none; such an event gets a 200. An event of the other mode than our key's, such as
 * a live one in a test deployment, is not ours. `live`: see `isLiveKey`.
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
 * Returns the used fields of an event if exactly these bytes were signed with one of the secrets within the last 5 minutes. There are
 * several secrets while the merchant rolls one. `rawBody` is the body as received, never re-serialized. `now` is in epoch milliseconds.
 *
 * @example
 * const verified = verifyWebhook(await request.text(), request.headers.get("Stripe-Signature"), secrets);
 * if (verified.outcome === "unverified") return new Response(null, { status: 400 });
 */
export function verifyWebhook(
  rawBody: string,
  signature: string | null,
  secrets: readonly string[],
  now = Date.now(),
): VerifiedWebhook {
  if (signature === null) return { outcome: "unverified", reason: "unsigned" };
  const isSignedWithin = (seconds: number) =>
    secrets.some((secret) => isSigned({ rawBody, signature, secret, seconds, now }));
  if (!isSignedWithin(TOLERANCE_SECONDS))
    return { outcome: "unverified", reason: isSignedWithin(Infinity) ? "too_old" : "wrong_secret" };
  const parsed = eventSchema.safeParse(parseJson(rawBody));
  if (!parsed.success) return { outcome: "unknown_shape" };
  const { id, type, livemode, data } = parsed.data;
  const idOf = (object: string) => (data.object.object === object ? (data.object.id ?? null) : null);
  return {
    outcome: "event",
    event: { id, type, livemode, checkoutId: idOf("checkout.session"), refundId: idOf("refund") },
  };
}

function isSigned({
  rawBody,
  signature,
  secret,
  seconds,
  now,
}: {
  rawBody: string;
  signature: string;
  secret: string;
  seconds: number;
  now: number;
}): boolean {
  try {
    // Not `constructEvent`, which also rejects correctly signed events of a shape that it does not know.
    Stripe.webhooks.signature?.verifyHeader(rawBody, signature, secret, seconds, undefined, now);
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
