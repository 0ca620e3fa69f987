import { api } from "~/api/resource-route.server";
import { container } from "~/boot/container.server";
import {
  verifyWebhook,
  webhookLabel,
  workFor,
  type WebhookEvent,
  type WebhookWork,
} from "~/checkout/stripe/verify-webhook.server";
import { readText, WEBHOOK_LIMIT } from "~/http/body.server";
import { json, Problem } from "~/http/problem.server";

/** Does the work before responding with 2xx: there is no table for an inbox, so Stripe is the queue. The event only says where to look. */
const route = api({
  POST: async (request) => {
    const body = await readText(request, WEBHOOK_LIMIT);
    const verified = verifyWebhook(body, request.headers.get("Stripe-Signature"), container.env.stripe.webhookSecrets);
    if (verified.outcome === "unverified") {
      container.receivedEvents.rejected();
      container.logRejectedWebhook(verified.reason);
      container.metrics.webhookEvents.inc({ type: "unverified", outcome: "refused" });
      throw new Problem(400, "invalid_request", "The signature is invalid.");
    }
    if (verified.outcome === "unknown_shape") {
      container.metrics.webhookEvents.inc({ type: "other", outcome: "ignored" });
      container.log.info({ outcome: "ignored" }, "webhook with an unknown shape");
      return json({ received: true, outcome: "ignored" });
    }
    const { event } = verified;
    const { type } = event;
    container.receivedEvents.verified(event);
    const work = workFor(event, { live: container.live });
    const outcome = work === null ? "ignored" : await perform(work, event);
    container.metrics.webhookEvents.inc({ type: webhookLabel(type), outcome });
    container.log.info({ eventId: event.id, eventType: type, ...work, outcome }, "webhook");
    // Stripe announced an end that its API does not show yet.
    if (outcome === "open")
      throw new Problem(503, "unavailable", "The session is still open according to Stripe's API.", {
        headers: { "Retry-After": "2" },
      });
    return json({ received: true, outcome });
  },
});

async function perform(work: WebhookWork, { id: eventId, type }: WebhookEvent): Promise<string> {
  const { checkout } = container;
  try {
    return (await (work.to === "fulfil" ? checkout.fulfil(work.checkoutId) : checkout.followRefund(work.refundId)))
      .outcome;
  } catch (error) {
    container.metrics.webhookEvents.inc({ type: webhookLabel(type), outcome: "retry" });
    container.log.warn({ eventId, eventType: type, ...work, outcome: "retry" }, "webhook");
    throw error;
  }
}

export { route as loader, route as action };
