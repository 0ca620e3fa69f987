import type Stripe from "stripe";
import { CHECKOUT_EVENTS, REFUND_EVENTS } from "./verify-webhook.server";

export interface Finding {
  readonly state: "ok" | "failed" | "note";
  /** One sentence for the person setting up the shop. */
  readonly text: string;
}

export interface Examination {
  readonly stripe: Stripe;
  /** Whether the key is a live key. The check runs in test mode only, because it makes a payment and refunds it. */
  readonly live: boolean;
  /** The store's own origin, where Stripe sends its events. */
  readonly publicUrl: string;
  /** Origin that browsers may be redirected to for payment: STRIPE_CHECKOUT_ORIGIN. */
  readonly checkoutOrigin: string;
  /** Lower-case ISO 4217. */
  readonly currency: string;
  /** How long to wait for the store to receive an event, and for a person to pay. */
  readonly waitMs: { readonly event: number; readonly payment: number };
  readonly sleep: (ms: number) => Promise<void>;
}

/** In minor units; above the minimum charge of every currency. */
const AMOUNT = 5000;
const POLL_MS = 1000;

/**
 * Checks with the merchant's own account everything that the shop needs from Stripe: opening and closing a payment page, receiving and
 * verifying events, marks on a complete session, a refund. Its sessions have no shop's tag, so no shop fulfils them.
 */
export async function* examineStripe(examination: Examination): AsyncGenerator<Finding> {
  if (examination.live) {
    yield {
      state: "failed",
      text: "STRIPE_SECRET_KEY is a live key. This check makes a payment, so use a test key.",
    };
    return;
  }
  const closed = await attempt("Payment page opened and closed", () => openAndClose(examination));
  yield closed.finding;
  if (closed.result !== null) {
    yield compareOrigin(closed.result.url, examination.checkoutOrigin);
    const found = await attempt("Webhook endpoint found, with all required events", () => findEndpoint(examination));
    yield found.finding;
    if (found.result !== null) yield* noteOptionalEvents(found.result);
    const { sessionId, since } = closed.result;
    yield (await attempt("Webhook received and verified", () => awaitDelivery(examination, sessionId, since))).finding;
    yield* examinePayment(examination);
  }
}

function compareOrigin(url: string | null, expected: string): Finding {
  const origin = url === null ? null : new URL(url).origin;
  if (origin === null || origin === expected) return { state: "ok", text: `Payment pages are on ${expected}.` };
  return {
    state: "failed",
    text: `Payment pages are on ${origin}, but browsers may only be redirected to ${expected}. Set STRIPE_CHECKOUT_ORIGIN=${origin}.`,
  };
}

async function* examinePayment(examination: Examination): AsyncGenerator<Finding> {
  const { stripe } = examination;
  const page = await open(examination);
  yield { state: "note", text: `To continue, pay on this test page with card 4242 4242 4242 4242: ${page.url ?? ""}` };
  const paid = await attempt("Test payment received", () => awaitPayment(examination, page.id));
  yield paid.finding;
  const intent = paid.result;
  if (intent === null) return;
  const marked = await attempt("Metadata written on a completed session", async () => {
    const updated = await stripe.checkout.sessions.update(page.id, { metadata: { holdfast_doctor: "marked" } });
    const read = await stripe.checkout.sessions.retrieve(page.id);
    if (updated.status !== "complete" || read.metadata?.["holdfast_doctor"] !== "marked")
      throw new Error("The value was missing when read back.");
  });
  yield marked.finding;
  yield (
    await attempt("Payment refunded in full", async () => {
      const refund = await stripe.refunds.create({ payment_intent: intent });
      if (refund.amount !== AMOUNT || refund.status === "failed")
        throw new Error(`The refund of ${refund.amount} has status ${String(refund.status)}.`);
    })
  ).finding;
}

async function attempt<T>(text: string, run: () => Promise<T>): Promise<{ finding: Finding; result: T | null }> {
  try {
    return { result: await run(), finding: { state: "ok", text: `${text}.` } };
  } catch (error) {
    return {
      result: null,
      finding: { state: "failed", text: `Failed: ${text}. ${error instanceof Error ? error.message : String(error)}` },
    };
  }
}

function open({ stripe, publicUrl, currency }: Examination): Promise<Stripe.Checkout.Session> {
  return stripe.checkout.sessions.create({
    mode: "payment",
    line_items: [
      { quantity: 1, price_data: { currency, unit_amount: AMOUNT, product_data: { name: "Holdfast check" } } },
    ],
    allowed_payment_method_types: ["card"],
    success_url: `${publicUrl}/`,
    cancel_url: `${publicUrl}/`,
    metadata: { holdfast_doctor: "open" },
  });
}

async function openAndClose(
  examination: Examination,
): Promise<{ sessionId: string; since: number; url: string | null }> {
  const page = await open(examination);
  const closed = await examination.stripe.checkout.sessions.expire(page.id);
  if (closed.status !== "expired") throw new Error(`After closing, its status is ${String(closed.status)}.`);
  return { sessionId: page.id, since: page.created, url: page.url };
}

async function findEndpoint({ stripe, publicUrl }: Examination): Promise<Stripe.WebhookEndpoint> {
  const wanted = `${publicUrl}/api/webhooks/stripe`;
  for await (const endpoint of stripe.webhookEndpoints.list({ limit: 100 })) {
    if (endpoint.url !== wanted || endpoint.status !== "enabled") continue;
    const missing = missingEvents(endpoint, CHECKOUT_EVENTS);
    if (missing.length > 0) throw new Error(`Add these events to the endpoint ${wanted}: ${missing.join(", ")}.`);
    return endpoint;
  }
  throw new Error(`There is no enabled webhook endpoint for ${wanted}. Add one in the Stripe dashboard.`);
}

function* noteOptionalEvents(endpoint: Stripe.WebhookEndpoint): Generator<Finding> {
  const missing = missingEvents(endpoint, REFUND_EVENTS);
  if (missing.length === 0) return;
  yield {
    state: "note",
    text: `The webhook endpoint doesn't receive ${missing.join(", ")}. Without these events, failed refunds are noticed up to an hour later.`,
  };
}

function missingEvents({ enabled_events: enabled }: Stripe.WebhookEndpoint, wanted: ReadonlySet<string>): string[] {
  return [...wanted].filter((type) => !enabled.some((one) => one === type || one === "*"));
}

/** Stripe counts for each event how many endpoints have not confirmed it yet. */
async function awaitDelivery(examination: Examination, sessionId: string, since: number): Promise<void> {
  const { stripe } = examination;
  const type = "checkout.session.expired";
  const isDelivered = await poll(examination, examination.waitMs.event, async () => {
    for await (const event of stripe.events.list({ type, created: { gte: since }, limit: 100 })) {
      if (event.type === type && event.data.object.id === sessionId) return event.pending_webhooks === 0 ? true : null;
    }
    return null;
  });
  if (isDelivered === null)
    throw new Error(
      "The event was not delivered. Is the store running at PUBLIC_URL, with this STRIPE_WEBHOOK_SECRET?",
    );
}

async function awaitPayment(examination: Examination, sessionId: string): Promise<string> {
  const intent = await poll(examination, examination.waitMs.payment, async () => {
    const session = await examination.stripe.checkout.sessions.retrieve(sessionId);
    const { payment_intent: payment } = session;
    return session.status !== "complete" || payment === null
      ? null
      : typeof payment === "string"
        ? payment
        : payment.id;
  });
  if (intent === null) throw new Error("The test page was not paid in time.");
  return intent;
}

async function poll<T>({ sleep }: Examination, waitMs: number, look: () => Promise<T | null>): Promise<T | null> {
  for (let waited = 0; ; waited += POLL_MS) {
    const found = await look();
    if (found !== null || waited >= waitMs) return found;
    await sleep(POLL_MS);
  }
}
