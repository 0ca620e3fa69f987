import type Stripe from "stripe";
import { CHECKOUT_EVENTS, REFUND_EVENTS } from "./verify-webhook.server";

export interface Finding {
  readonly state: "ok" | "fault" | "note";
  /** A sentence for the person who sets the shop up. */
  readonly text: string;
}

export interface Examination {
  readonly stripe: Stripe;
  /** False for a key of test mode, the only kind that this may be tried with: it makes a payment and gives it back. */
  readonly live: boolean;
  /** The store's own origin, where Stripe sends its events. */
  readonly publicUrl: string;
  /** Where browsers may be led to pay: STRIPE_CHECKOUT_ORIGIN. */
  readonly checkoutOrigin: string;
  /** Lower-case ISO 4217. */
  readonly currency: string;
  /** How long to wait for the store to take an event, and for a person to pay. */
  readonly waitMs: { readonly event: number; readonly payment: number };
  readonly sleep: (ms: number) => Promise<void>;
}

/** Enough for every currency's smallest charge. */
const AMOUNT = 5000;
const POLL_MS = 1000;

/**
 * Tries with the merchant's own account what the shop will need of Stripe: opening a payment page, closing it, events
 * that arrive and verify, marks on a complete session, a refund. Its sessions bear no shop's tag, so no shop sells them.
 */
export async function* examineStripe(examination: Examination): AsyncGenerator<Finding> {
  if (examination.live) {
    yield {
      state: "fault",
      text: "STRIPE_SECRET_KEY is a live key; this check makes a payment, so give it the key of test mode.",
    };
    return;
  }
  const closed = await attempt("A payment page can be opened and closed", () => openAndClose(examination));
  yield closed.finding;
  if (closed.result !== null) {
    yield compareOrigin(closed.result.url, examination.checkoutOrigin);
    const found = await attempt("Stripe sends this store the events that it needs", () => findEndpoint(examination));
    yield found.finding;
    if (found.result !== null) yield* noteOptionalEvents(found.result);
    const { sessionId, since } = closed.result;
    yield (
      await attempt("The store took Stripe's event, so the webhook secret is right", () =>
        awaitDelivery(examination, sessionId, since),
      )
    ).finding;
    yield* examinePayment(examination);
  }
}

function compareOrigin(url: string | null, expected: string): Finding {
  const origin = url === null ? null : new URL(url).origin;
  if (origin === null || origin === expected) return { state: "ok", text: `Payment pages are at ${expected}.` };
  return {
    state: "fault",
    text: `Payment pages are at ${origin}, and browsers are let to ${expected} only: set STRIPE_CHECKOUT_ORIGIN=${origin}.`,
  };
}

async function* examinePayment(examination: Examination): AsyncGenerator<Finding> {
  const { stripe } = examination;
  const page = await open(examination);
  yield { state: "note", text: `Pay this test page with card 4242 4242 4242 4242 to go on: ${page.url ?? ""}` };
  const paid = await attempt("The test page was paid", () => awaitPayment(examination, page.id));
  yield paid.finding;
  const intent = paid.result;
  if (intent === null) return;
  const marked = await attempt("Marks can be written on a complete session", async () => {
    const updated = await stripe.checkout.sessions.update(page.id, { metadata: { holdfast_doctor: "marked" } });
    const read = await stripe.checkout.sessions.retrieve(page.id);
    if (updated.status !== "complete" || read.metadata?.["holdfast_doctor"] !== "marked")
      throw new Error("the mark was not there when it was read again");
  });
  yield marked.finding;
  yield (
    await attempt("A payment can be refunded in full", async () => {
      const refund = await stripe.refunds.create({ payment_intent: intent });
      if (refund.amount !== AMOUNT || refund.status === "failed")
        throw new Error(`the refund of ${refund.amount} is ${String(refund.status)}`);
    })
  ).finding;
}

async function attempt<T>(text: string, run: () => Promise<T>): Promise<{ finding: Finding; result: T | null }> {
  try {
    return { result: await run(), finding: { state: "ok", text: `${text}.` } };
  } catch (error) {
    return {
      result: null,
      finding: { state: "fault", text: `${text}: no. ${error instanceof Error ? error.message : String(error)}` },
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
  if (closed.status !== "expired") throw new Error(`after it was expired its status is ${String(closed.status)}`);
  return { sessionId: page.id, since: page.created, url: page.url };
}

async function findEndpoint({ stripe, publicUrl }: Examination): Promise<Stripe.WebhookEndpoint> {
  const wanted = `${publicUrl}/api/webhooks/stripe`;
  for await (const endpoint of stripe.webhookEndpoints.list({ limit: 100 })) {
    if (endpoint.url !== wanted || endpoint.status !== "enabled") continue;
    const missing = lackingEvents(endpoint, CHECKOUT_EVENTS);
    if (missing.length > 0) throw new Error(`The endpoint ${wanted} lacks ${missing.join(", ")}`);
    return endpoint;
  }
  throw new Error(`There is no enabled webhook endpoint for ${wanted}; add it in the Stripe dashboard`);
}

function* noteOptionalEvents(endpoint: Stripe.WebhookEndpoint): Generator<Finding> {
  const missing = lackingEvents(endpoint, REFUND_EVENTS);
  if (missing.length === 0) return;
  yield {
    state: "note",
    text: `The endpoint isn't sent ${missing.join(", ")}: a refund that fails is then noticed up to an hour later. Add these events to hear of it at once.`,
  };
}

function lackingEvents({ enabled_events: enabled }: Stripe.WebhookEndpoint, wanted: ReadonlySet<string>): string[] {
  return [...wanted].filter((type) => !enabled.some((one) => one === type || one === "*"));
}

/** Stripe counts for each event how many endpoints have not taken it yet. */
async function awaitDelivery(examination: Examination, sessionId: string, since: number): Promise<void> {
  const { stripe } = examination;
  const type = "checkout.session.expired";
  const isTaken = await poll(examination, examination.waitMs.event, async () => {
    for await (const event of stripe.events.list({ type, created: { gte: since }, limit: 100 })) {
      if (event.type === type && event.data.object.id === sessionId) return event.pending_webhooks === 0 ? true : null;
    }
    return null;
  });
  if (isTaken === null)
    throw new Error("The event was not taken; is the store running at PUBLIC_URL, with this STRIPE_WEBHOOK_SECRET?");
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
  if (intent === null) throw new Error("Nobody paid it in time");
  return intent;
}

async function poll<T>({ sleep }: Examination, waitMs: number, look: () => Promise<T | null>): Promise<T | null> {
  for (let waited = 0; ; waited += POLL_MS) {
    const found = await look();
    if (found !== null || waited >= waitMs) return found;
    await sleep(POLL_MS);
  }
}
