import { UnavailableError } from "~/errors";

import type { CheckoutContext } from "./checkout-context.server";
import type { Leases } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";
import type { StripeSession } from "./stripe-gateway.server";

const MAX_TRIES = 4;

/**
 * Gives the money back in full, once, and records it. A refund that Stripe definitely will not make is left to a person:
 * the record then stays as it is, and the next `fulfil` asks again. What Stripe lists is looked at before each try, since an answer
 * may have been lost; a full refund cannot be made twice, since Stripe refuses more than was charged.
 */
export async function refundInFull(
  context: CheckoutContext,
  refund: { session: StripeSession; record: CheckoutRecord; held: Leases },
): Promise<CheckoutRecord> {
  const { session, record, held } = refund;
  if (session.payment !== null && session.total.amount > 0) {
    const isReturned = await returnMoney(context, { paymentIntentId: session.payment.id, session, record, held });
    if (!isReturned) return record;
  }
  held.check();
  return context.marks.write(session.id, record, { verdict: "refunded" });
}

async function returnMoney(
  context: CheckoutContext,
  { paymentIntentId, session, record, held }: { paymentIntentId: string; session: StripeSession; record: CheckoutRecord; held: Leases },
): Promise<boolean> {
  let lastFailure: unknown;
  for (let n = 0; n < MAX_TRIES; n += 1) {
    const refunds = await context.gateway.refunds(paymentIntentId);
    if (refunds.filter((one) => one.counts).reduce((sum, one) => sum + one.amount, 0) >= session.total.amount) return true;
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
        // A saved answer may tell of a refund that has failed since: the list knows better.
        if (result.refund.counts && !refunds.some((one) => one.id === result.refund.id && !one.counts)) return true;
        break;
      case "failed":
        lastFailure = result.cause;
        break;
    }
  }
  throw new UnavailableError("Stripe does not make the refund", { cause: lastFailure });
}
