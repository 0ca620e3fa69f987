import type Stripe from "stripe";
import { ask, isFailure, isMissing, isRefusal, unknownOutcome, type Patience } from "./ask-stripe.server";
import type { StripeGateway } from "./gateway";
import { pages, since, type After } from "./list-pages.server";
import { readSideBySide, type Slice } from "./read-side-by-side";
import {
  pageFollowing,
  refundOf,
  refundPage,
  refundPageWithin,
  refundWithId,
  sessionPageOfPayment,
  toRefund,
  toSession,
} from "./stripe-responses";

/** Pages read in parallel. Fewer than for sessions, since this list is not urgent. */
const LANES = 2;

/** The gateway's operations for refunds. */
export function createRefundOperations(
  stripe: Stripe,
  patience: Patience,
): Pick<StripeGateway, "refunds" | "refund" | "refundedPayment" | "findByPayment" | "visitRefunds"> {
  return {
    async refunds(paymentIntentId) {
      const what = "read refunds";
      const page = (after: After) =>
        ask({ what, schema: pageFollowing(refundPage(paymentIntentId), after.starting_after), patience }, () =>
          stripe.refunds.list({ payment_intent: paymentIntentId, limit: 100, ...after }),
        );
      const refunds = [];
      for await (const refund of pages(what, page)) refunds.push(toRefund(refund));
      return refunds;
    },

    async refund({ paymentIntentId, amount, metadata, idempotencyKey }) {
      const what = "refund";
      try {
        const params = {
          payment_intent: paymentIntentId,
          ...(amount === undefined ? {} : { amount }),
          metadata: { ...metadata },
        };
        const schema = refundOf(paymentIntentId, amount);
        const refund = await ask({ what, schema, patience }, () =>
          stripe.refunds.create(params, { idempotencyKey, maxNetworkRetries: 0 }),
        );
        return { outcome: "refunded", refund: toRefund(refund) };
      } catch (error) {
        if (isRefusal(error))
          return error.code === "charge_already_refunded"
            ? { outcome: "already_refunded" }
            : { outcome: "refused", cause: error };
        if (isFailure(error)) return { outcome: "failed", cause: error };
        throw unknownOutcome(what, error);
      }
    },

    async refundedPayment(refundId) {
      const what = "read a refund";
      try {
        return (await ask({ what, schema: refundWithId(refundId), patience }, () => stripe.refunds.retrieve(refundId)))
          .payment_intent;
      } catch (error) {
        if (isMissing(error)) return null;
        throw unknownOutcome(what, error);
      }
    },

    async findByPayment(paymentIntentId) {
      const what = "find the payment page of a payment";
      try {
        const schema = sessionPageOfPayment(paymentIntentId);
        const page = await ask({ what, schema, patience }, () =>
          stripe.checkout.sessions.list({ payment_intent: paymentIntentId, limit: 1 }),
        );
        const [session] = page.data;
        return session === undefined ? null : toSession(session);
      } catch (error) {
        throw unknownOutcome(what, error);
      }
    },

    async visitRefunds({ createdSince }, visit) {
      const what = "list refunds";
      const readPage = async ({ since: gte, until, after }: Slice) => {
        const created = until === null ? { gte } : { gte, lte: until };
        const query = { limit: 100, created, ...(after === undefined ? {} : { starting_after: after }) };
        const page = await ask({ what, schema: pageFollowing(refundPageWithin(created), after), patience }, () =>
          stripe.refunds.list(query),
        );
        const items = page.data.map((refund) => ({ ...toRefund(refund), paymentIntentId: refund.payment_intent }));
        return { items, hasMore: page.has_more };
      };
      try {
        await readSideBySide({ since: since(createdSince).gte, lanes: LANES }, readPage, visit);
      } catch (error) {
        throw unknownOutcome(what, error);
      }
    },
  };
}
