import type { CheckoutService, FulfilOutcome } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { asListed } from "~/checkout/report/list-orders.server";
import type { CheckoutOrder } from "~/checkout/report/orders";
import { reviewReason } from "~/checkout/report/review-reason";
import type { FulfilQueue } from "./fulfil-queue.server";
import { readOrReport } from "./read-record.server";

/** Stripe says up to 30 days, from the day that the bank posted it (docs.stripe.com/refunds, "Failed refunds"). */
const CAN_FAIL_FOR_MS = 35 * 86_400_000;
/** More would need a person's whole day; the oldest go first, and the next round finds them again. */
const MOST_REMEMBERED = 200;

/**
 * Notices refunds that fail, by event or by list. Which orders they are of is remembered in memory, so that an operator sees those, too,
 * that are older than the list of orders; after a restart the next round finds them again.
 */
export function createRefundWatch(
  context: CheckoutContext,
  queue: Pick<FulfilQueue, "fulfil">,
): Pick<CheckoutService, "followRefund" | "checkRefunds" | "failedRefunds"> {
  const failing = new Set<string>();

  /** A session with another shop's tag costs no more than this one look. */
  async function lookAt(paymentIntentId: string): Promise<FulfilOutcome> {
    const session = await context.gateway.findByPayment(paymentIntentId);
    if (session === null || readOrReport(context, session) === null) return { outcome: "not_ours" };
    const outcome = await queue.fulfil(session.id, { isNews: true });
    failing.delete(session.id);
    if (outcome.outcome === "needs_review" && outcome.reason === "refund_failed") failing.add(session.id);
    for (const [oldest] of failing.entries()) if (failing.size > MOST_REMEMBERED) failing.delete(oldest);
    return outcome;
  }

  return {
    async followRefund(refundId) {
      const paymentIntentId = await context.gateway.refundedPayment(refundId);
      return paymentIntentId === null ? { outcome: "not_ours" } : lookAt(paymentIntentId);
    },

    async checkRefunds() {
      const payments = new Set<string>();
      await context.gateway.visitRefunds(
        { createdSince: context.clock.wall() - CAN_FAIL_FOR_MS },
        ({ status, paymentIntentId }) => {
          if (status === "failed" && paymentIntentId !== null) payments.add(paymentIntentId);
        },
      );
      const errors: unknown[] = [];
      for (const paymentIntentId of payments)
        await lookAt(paymentIntentId).catch((error: unknown) => errors.push(error));
      if (errors.length > 0) throw errors[0];
      return { failing: failing.size };
    },

    async failedRefunds() {
      const orders: CheckoutOrder[] = [];
      for (const checkoutId of failing) {
        const session = await context.gateway.fetch(checkoutId);
        const record = session === null ? null : readOrReport(context, session);
        if (session !== null && record !== null && reviewReason(session, record) === "refund_failed")
          orders.push(asListed(session, record));
        else failing.delete(checkoutId);
      }
      return orders;
    },
  };
}
