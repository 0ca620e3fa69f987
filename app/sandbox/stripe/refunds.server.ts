import { z } from "zod";
import { formatAmount } from "./currency.server";
import { newRefund } from "./payment-objects.server";
import { expand, integer, mergeMetadata, metadata, text } from "./request-params.server";
import { invalidParam, noSuch, refused } from "./stripe-error.server";
import type { StripeCharge, StripeObject, StripeRefund } from "./stripe-objects.server";
import type { StripeState } from "./stripe-state.server";

/** Parameters of `POST /v1/refunds`. Source: https://docs.stripe.com/api/refunds/create */
export const refundParams = z.strictObject({
  payment_intent: text.optional(),
  charge: text.optional(),
  amount: integer({ min: 1 }).optional(),
  reason: z.enum(["duplicate", "fraudulent", "requested_by_customer"]).optional(),
  metadata: metadata.optional(),
  expand,
});

type RefundStatus = StripeRefund["status"];
type Emit = (type: string, object: StripeObject) => void;

/**
 * Refunds `amount` of a charge, by default all that is left. Throws Stripe's 400: `charge_already_refunded` if nothing
 * is left, without a code if less than `amount` is left or nothing was charged.
 */
export function createRefund(
  state: StripeState,
  params: z.infer<typeof refundParams>,
  context: { nowSeconds: number; emit: Emit },
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
    amount,
    reason: params.reason ?? null,
    metadata: mergeMetadata({}, params.metadata),
    nowSeconds: context.nowSeconds,
    status: state.refundStatuses.get(charge.payment_intent) ?? "succeeded",
  });
  state.refunds.set(refund.id, refund);
  context.emit("refund.created", refund);
  if (refund.status === "failed") {
    refund.failure_reason = "expired_or_canceled_card";
    context.emit("refund.failed", refund);
    return refund;
  }
  addRefunded(charge, amount);
  context.emit("charge.refunded", charge);
  return refund;
}

/**
 * Changes the status of a refund. If it fails or is canceled, the amount returns to the merchant; it can fail weeks
 * after it succeeded. Returns false if there is no such refund, or if it has failed or was canceled before.
 * Source: https://docs.stripe.com/refunds ("Failed refunds"), https://docs.stripe.com/testing ("Refunds")
 */
export function settleRefund(state: StripeState, id: string, status: Exclude<RefundStatus, null>, emit: Emit): boolean {
  const refund = state.refunds.get(id);
  const charge = state.charges.get(refund?.charge ?? "");
  if (refund === undefined || charge === undefined || isReversed(refund.status)) return false;
  refund.status = status;
  if (isReversed(status)) {
    refund.failure_reason = status === "failed" ? "expired_or_canceled_card" : "merchant_request";
    addRefunded(charge, -refund.amount);
  }
  emit("refund.updated", refund);
  if (status === "failed") emit("refund.failed", refund);
  return true;
}

/** Oldest first. */
export function refundsOf(state: StripeState, intentId: string | null): StripeRefund[] {
  return [...state.refunds.values()].filter((refund) => refund.payment_intent === intentId);
}

function isReversed(status: RefundStatus): boolean {
  return status === "failed" || status === "canceled";
}

function addRefunded(charge: StripeCharge, amount: number): void {
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount_captured;
}

function chargeToRefund(state: StripeState, params: z.infer<typeof refundParams>): StripeCharge {
  const { charge: chargeId, payment_intent: intentId } = params;
  if (chargeId !== undefined) {
    const charge = state.charges.get(chargeId);
    if (charge === undefined) throw noSuch("charge", chargeId, "charge", 404);
    if (intentId !== undefined && charge.payment_intent !== intentId) {
      throw refused(`The charge ${chargeId} does not belong to the payment intent ${intentId}.`, { param: "charge" });
    }
    if (!charge.captured)
      throw refused(`Charge ${chargeId} was not successful, so it cannot be refunded.`, { param: "charge" });
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
