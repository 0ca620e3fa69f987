import { z } from "zod";

import { formatAmount } from "./currency.server";
import { newRefund } from "./payment-objects.server";
import { expand, integer, mergeMetadata, metadata, text } from "./request-params.server";
import { invalidParam, noSuch, refused } from "./stripe-error.server";
import type { StripeCharge, StripeObject, StripeRefund } from "./stripe-objects.server";
import type { StripeState } from "./stripe-state.server";

/** Source: docs.stripe.com/api/refunds/create */
export const refundParams = z.strictObject({
  payment_intent: text.optional(),
  charge: text.optional(),
  amount: integer({ min: 1 }).optional(),
  reason: z.enum(["duplicate", "fraudulent", "requested_by_customer"]).optional(),
  metadata: metadata.optional(),
  expand,
});

/**
 * Gives back all that is left of a charge, or `amount` of it, at once. Throws Stripe's 400: `charge_already_refunded`
 * when nothing is left, without a code when more is asked for than is left or when no money was taken.
 */
export function createRefund(
  state: StripeState,
  params: z.infer<typeof refundParams>,
  context: { nowSeconds: number; emit: (type: string, object: StripeObject) => void },
): StripeRefund {
  const charge = chargeToRefund(state, params);
  if (charge.refunded) {
    throw refused(`Charge ${charge.id} has already been refunded.`, { code: "charge_already_refunded" });
  }
  const left = charge.amount_captured - charge.amount_refunded;
  const amount = params.amount ?? left;
  if (amount > left) {
    const what = charge.amount_refunded === 0 ? "charge amount" : "unrefunded amount on charge";
    throw refused(
      `Refund amount (${formatAmount(amount, charge.currency)}) is greater than ${what} (${formatAmount(left, charge.currency)})`,
      { param: "amount" },
    );
  }
  const refund = newRefund(charge, {
    amount, reason: params.reason ?? null, metadata: mergeMetadata({}, params.metadata), nowSeconds: context.nowSeconds,
  });
  state.refunds.set(refund.id, refund);
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount_captured;
  context.emit("refund.created", refund);
  context.emit("charge.refunded", charge);
  return refund;
}

function chargeToRefund(state: StripeState, params: z.infer<typeof refundParams>): StripeCharge {
  const { charge: chargeId, payment_intent: intentId } = params;
  if (chargeId !== undefined) {
    const charge = state.charges.get(chargeId);
    if (charge === undefined) throw noSuch("charge", chargeId, "charge", 404);
    if (intentId !== undefined && charge.payment_intent !== intentId) {
      throw refused(`The charge ${chargeId} does not belong to the payment intent ${intentId}.`, { param: "charge" });
    }
    if (!charge.captured) throw refused(`Charge ${chargeId} was not successful, so it cannot be refunded.`, { param: "charge" });
    return charge;
  }
  if (intentId === undefined) {
    throw invalidParam("One of the following params should be provided for this request: payment_intent or charge.");
  }
  const intent = state.paymentIntents.get(intentId);
  if (intent === undefined) throw noSuch("payment_intent", intentId, "payment_intent", 404);
  const charge = state.charges.get(intent.latest_charge ?? "");
  if (!charge?.captured) {
    throw refused(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`);
  }
  return charge;
}
