import type Stripe from "stripe";
import { CHECKOUT_EVENTS, REFUND_EVENTS } from "~/checkout/stripe/verify-webhook.server";
import { failed, messageOf, note, ok, type Finding } from "./finding";
import { poll, type StripeAccount } from "./stripe-account";
import { openReceiver, WEBHOOK_PATH, type ReceiverOptions, type WebhookReceiver } from "./webhook-receiver.server";

const EXPIRED = "checkout.session.expired";

/**
 * Checks that the event about `page`, which `close` causes, reaches the shop with a signature that it verifies: from an endpoint of the
 * account, or forwarded by the Stripe CLI.
 */
export async function* examineWebhook(
  account: StripeAccount,
  receiverOptions: ReceiverOptions,
  page: Stripe.Checkout.Session,
  close: () => Promise<Finding>,
): AsyncGenerator<Finding> {
  const receiving = await openReceiver(receiverOptions, page.id);
  if (receiving.outcome !== "receiver") {
    yield await close();
    const endpoint = await findEndpoint(account);
    yield* examineEndpoint(account, endpoint);
    if (receiving.outcome === "undisclosed" && typeof endpoint === "object" && endpoint !== null)
      yield await awaitConfirmation(account, page);
    else yield failed(`Not tested: whether webhooks arrive. ${receiving.reason}`);
    return;
  }
  const { receiver } = receiving;
  try {
    const { lastRejected: before, otherSettings } = await receiver.look(page.id);
    yield await close();
    const arrival = await awaitArrival(account, receiver, { checkoutId: page.id, before });
    const endpoint = await findEndpoint(account);
    yield* examineEndpoint(account, endpoint);
    yield describeArrival(arrival, receiver, account, receiverOptions.port);
    if (otherSettings.length > 0)
      yield failed(
        `The running shop has other settings than doctor: ${receiver.place} has a different ${otherSettings.join(", ")}. Restart it with the settings that doctor uses.`,
      );
    if (arrival === "verified" && endpoint === null)
      yield note(
        `The account has no webhook endpoint for ${account.publicUrl}${WEBHOOK_PATH}: this event was forwarded. Add an endpoint in the Stripe dashboard before going live.`,
      );
  } finally {
    receiver.close();
  }
}

type Arrival = "verified" | "rejected" | "nothing";

async function awaitArrival(
  account: StripeAccount,
  receiver: WebhookReceiver,
  { checkoutId, before }: { checkoutId: string; before: string | null },
): Promise<Arrival> {
  let isRejected = false;
  const isVerified = await poll(account, account.waitMs.event, async () => {
    const { types, lastRejected } = await receiver.look(checkoutId);
    isRejected ||= lastRejected !== null && lastRejected !== before;
    return types.includes(EXPIRED) ? true : null;
  });
  return isVerified === true ? "verified" : isRejected ? "rejected" : "nothing";
}

function describeArrival(
  arrival: Arrival,
  { place }: WebhookReceiver,
  { publicUrl, waitMs }: StripeAccount,
  port: number,
): Finding {
  switch (arrival) {
    case "verified":
      return ok(`Webhook received and verified by ${place}.`);
    case "rejected":
      return failed(
        `Webhooks arrive at ${place}, but STRIPE_WEBHOOK_SECRET does not verify their signature. Set it to the secret that \`stripe listen\` prints, or to the endpoint's signing secret in the Stripe dashboard, and restart the shop.`,
      );
    case "nothing":
      return failed(
        `No webhook arrived at ${place} within ${waitMs.event / 1000} s. On your own computer, run \`stripe listen --forward-to localhost:${port}${WEBHOOK_PATH}\` and set STRIPE_WEBHOOK_SECRET to the secret that it prints; on a server, add the endpoint ${publicUrl}${WEBHOOK_PATH} in the Stripe dashboard.`,
      );
  }
}

/** The account's enabled endpoint for this shop; null if there is none, Stripe's reason if the key may not list endpoints. */
async function findEndpoint({ stripe, publicUrl }: StripeAccount): Promise<Stripe.WebhookEndpoint | string | null> {
  try {
    for await (const endpoint of stripe.webhookEndpoints.list({ limit: 100 }))
      if (endpoint.url === `${publicUrl}${WEBHOOK_PATH}` && endpoint.status === "enabled") return endpoint;
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function* examineEndpoint(
  { publicUrl }: StripeAccount,
  endpoint: Stripe.WebhookEndpoint | string | null,
): Generator<Finding> {
  if (endpoint === null) return;
  if (typeof endpoint === "string") {
    yield note(`The account's webhook endpoints could not be listed: ${endpoint}`);
    return;
  }
  const url = `${publicUrl}${WEBHOOK_PATH}`;
  const required = missingEvents(endpoint, CHECKOUT_EVENTS);
  yield required.length === 0
    ? ok(`The webhook endpoint ${url} has all required events.`)
    : failed(`Add these events to the webhook endpoint ${url}: ${required.join(", ")}.`);
  const optional = missingEvents(endpoint, REFUND_EVENTS);
  if (optional.length > 0)
    yield note(
      `The webhook endpoint doesn't receive ${optional.join(", ")}. Without these events, failed refunds are noticed up to an hour later.`,
    );
}

function missingEvents({ enabled_events: enabled }: Stripe.WebhookEndpoint, wanted: ReadonlySet<string>): string[] {
  return [...wanted].filter((type) => !enabled.some((one) => one === type || one === "*"));
}

/** For a shop that cannot be asked: Stripe counts for each event how many endpoints have not confirmed it yet. */
async function awaitConfirmation(account: StripeAccount, page: Stripe.Checkout.Session): Promise<Finding> {
  const isConfirmed = await poll(account, account.waitMs.event, async () => {
    const query = { type: EXPIRED, created: { gte: page.created }, limit: 100 };
    for await (const event of account.stripe.events.list(query))
      if (event.type === EXPIRED && event.data.object.id === page.id) return event.pending_webhooks === 0 ? true : null;
    return null;
  });
  return isConfirmed === true
    ? ok("Webhook confirmed by the shop, according to Stripe.")
    : failed(
        "The shop did not confirm the webhook. Set STRIPE_WEBHOOK_SECRET to the endpoint's signing secret in the Stripe dashboard.",
      );
}
