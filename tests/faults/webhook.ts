import Stripe from "stripe";
import type { FulfilOutcome } from "~/checkout/checkout";
import { verifyWebhook, workFor } from "~/checkout/stripe/verify-webhook.server";
import { type Process, type World } from "../checkout/world";

export const SECRET = "whsec_sandbox";

export interface EventParts {
  id?: string;
  type?: string;
  checkoutId?: string;
  refundId?: string;
  livemode?: boolean;
}

export function eventBody({
  id = "evt_1",
  type = "checkout.session.completed",
  checkoutId = "cs_1",
  refundId,
  livemode = false,
}: EventParts = {}): string {
  return JSON.stringify(
    {
      id,
      object: "event",
      type,
      livemode,
      data: {
        object:
          refundId === undefined ? { id: checkoutId, object: "checkout.session" } : { id: refundId, object: "refund" },
      },
    },
    null,
    2,
  );
}

/** Epoch milliseconds. */
export function sign(body: string, at: number, secret = SECRET): string {
  return Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: Math.floor(at / 1000) });
}

/** Processes a signed event like the webhook route. */
export function deliver(world: World, process: Process, parts: EventParts): Promise<FulfilOutcome> {
  const body = eventBody(parts);
  const verified = verifyWebhook(body, sign(body, world.clock.wall()), [SECRET], world.clock.wall());
  if (verified.outcome !== "event") throw new Error("this test's signature is invalid");
  const work = workFor(verified.event, { live: false });
  if (work === null) return Promise.resolve({ outcome: "not_ours" });
  return work.to === "fulfil" ? process.checkout.fulfil(work.checkoutId) : process.checkout.followRefund(work.refundId);
}
