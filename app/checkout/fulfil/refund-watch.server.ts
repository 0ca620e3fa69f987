import type { CheckoutService, FulfilOutcome } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { asListed } from "~/checkout/report/list-orders.server";
import type { CheckoutOrder } from "~/checkout/report/orders";
import { reviewReason } from "~/checkout/report/review-reason";
import type { FulfilQueue } from "./fulfil-queue.server";
import { readOrReport } from "./read-record.server";

/** Stripe: up to 30 days after the bank posted it (docs.stripe.com/refunds, "Failed refunds"); the rest is margin. */
const CAN_FAIL_FOR_MS = 35 * 86_400_000;
/** More would be over a day's work for an operator. The oldest are dropped first; the next round finds them again. */
const MAX_REMEMBERED = 200;

/**
 * Finds failed refunds, by event or by list. Their orders are kept in memory, so that operators also see those that are
 * older than the list of orders. After a restart the next round finds them again.
 */
export function createRefundWatch(
  context: CheckoutContext,
  queue: Pick<FulfilQueue, "fulfil">,
): Pick<CheckoutService, "followRefund" | "checkRefunds" | "failedRefunds"> {
  const failing = new Set<string>();

  /** Costs a single request for a session with another shop's tag. */
  async function recheckPayment(paymentIntentId: string): Promise<FulfilOutcome> {
    const session = await context.gateway.findByPayment(paymentIntentId);
    if (session === null || readOrReport(context, session) === null) return { outcome: "not_ours" };
    const outcome = await queue.fulfil(session.id, { rerun: true });
    failing.delete(session.id);
    if (outcome.outcome === "needs_review" && outcome.reason === "refund_failed") failing.add(session.id);
    for (const [oldest] of failing.entries()) if (failing.size > MAX_REMEMBERED) failing.delete(oldest);
    return outcome;
  }

  return {
    async followRefund(refundId) {
      const paymentIntentId = await context.gateway.refundedPayment(refundId);
      return paymentIntentId === null ? { outcome: "not_ours" } : recheckPayment(paymentIntentId);
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
        await recheckPayment(paymentIntentId).catch((error: unknown) => errors.push(error));
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
