import { UnavailableError } from "~/errors";

import type { CheckoutContext } from "./checkout-context.server";
import type { Leases } from "./lease-work.server";
import type { CheckoutRecord, ReviewReason } from "./line-marks";
import type { Refund, StripeSession } from "./stripe-gateway.server";

const MAX_TRIES = 4;

export interface RefundResult {
  readonly record: CheckoutRecord;
  /** Why a person has to see to it; null when the money is on its way back, or none was taken. */
  readonly waitsFor: Extract<ReviewReason, "no_payment" | "refund_failed"> | null;
}

/**
 * Gives the money back in full, once, and records it. A refund that Stripe definitely will not make is left to a person, and so is
 * money that Stripe says was paid without naming the payment: the record then stays as it is, and the next `fulfil` asks again. What Stripe lists is looked at before each try, since an answer
 * may have been lost; a full refund cannot be made twice, since Stripe refuses more than was charged.
 */
export async function refundInFull(
  context: CheckoutContext,
  refund: { session: StripeSession; record: CheckoutRecord; held: Leases },
): Promise<RefundResult> {
  const { session, record, held } = refund;
  if (lacksPayment(session)) return { record, waitsFor: "no_payment" };
  if (session.payment !== null && session.total.amount > 0) {
    const isReturned = await returnMoney(context, { paymentIntentId: session.payment.id, session, record, held });
    if (!isReturned) return { record, waitsFor: "refund_failed" };
  }
  held.check();
  return { record: await context.marks.write(session.id, record, { verdict: "refunded" }), waitsFor: null };
}

/** Something was to be paid, and nothing is named that could be refunded. */
export function lacksPayment({ payment, total }: StripeSession): boolean {
  return payment === null && total.amount > 0;
}

async function returnMoney(
  context: CheckoutContext,
  { paymentIntentId, session, record, held }: { paymentIntentId: string; session: StripeSession; record: CheckoutRecord; held: Leases },
): Promise<boolean> {
  let lastFailure: unknown;
  for (let n = 0; n < MAX_TRIES; n += 1) {
    const refunds = await context.gateway.refunds(paymentIntentId);
    const returned = refunds.filter((one) => one.counts).reduce((sum, one) => sum + one.amount, 0);
    if (returned >= session.total.amount) return true;
    held.check();
    const result = await context.gateway.refund({
      paymentIntentId,
      metadata: { holdfast_claim: record.claimId },
      idempotencyKey: `refund:${session.id}:${n}`,
    });
    switch (result.outcome) {
      case "already_refunded":
        return true;
      case "refused":
        context.log({ type: "refund_refused", checkoutId: session.id, cause: result.cause });
        return false;
      case "refunded":
        // A saved answer may tell of a refund that has failed since, or of another amount than is left: the list knows better.
        if (isTheRest(result.refund, refunds, session.total.amount - returned)) return true;
        break;
      case "failed":
        lastFailure = result.cause;
        break;
    }
  }
  throw new UnavailableError("Stripe does not make the refund", { cause: lastFailure });
}

function isTheRest(refund: Refund, listed: readonly Refund[], leftAmount: number): boolean {
  return refund.counts && refund.amount >= leftAmount && !listed.some((one) => one.id === refund.id);
}
