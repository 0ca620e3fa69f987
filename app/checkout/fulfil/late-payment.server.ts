import type { CheckoutContext } from "~/checkout/checkout-context.server";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { UnavailableError } from "~/errors";
import { reserve } from "~/reservations/reserve";
import type { ReadStock } from "~/reservations/stock";
import type { Leases } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";

/**
 * Handles a payment whose claim has ended: reserves its units like a new order, so that it can't take units promised to
 * another shopper. Granted: a new claim with the same id is stamped with the checkout. Refused: the refund verdict is
 * written. Throws `UnavailableError`, for a retry, while only pending units of other sessions are in its way.
 */
export async function claimLatePayment(
  context: CheckoutContext,
  late: { session: StripeSession; record: CheckoutRecord; held: Leases },
): Promise<CheckoutRecord> {
  const { record, held } = late;
  const checkoutId = late.session.id;
  const sessionHash = `late:${record.claimId}`;
  // Limits are for carts, and what is for sale is for new orders; this order is paid.
  const readStock: ReadStock = (productIds) => context.catalog.readStock(productIds);
  const limits = { maxUnitsPerLine: Number.MAX_SAFE_INTEGER, maxLinesPerCart: Number.MAX_SAFE_INTEGER };
  const lines = record.lines.map(({ productId, quantity }) => ({ productId, quantity }));
  const decision = await reserve({ ...context.reservations, readStock, limits }, { sessionHash, lines });
  switch (decision.outcome) {
    case "granted": {
      const { store } = context.reservations;
      const claimed = await store.claim({ sessionHash, claimId: record.claimId });
      if (claimed.outcome !== "claimed" || (await store.stamp({ claimId: record.claimId, checkoutId })) === "gone") {
        throw new UnavailableError("the hold of a late payment ended before it was claimed");
      }
      context.log({ type: "late_payment", checkoutId, outcome: "granted" });
      return record;
    }
    case "refused":
    case "unknown_product": {
      // A verdict is final, and other sessions' pending units may be free in a moment.
      if (decision.outcome === "refused" && decision.blockedByPending) {
        throw new UnavailableError("other sessions have pending units that a late payment needs");
      }
      held.check();
      const refusedRecord = await context.marks.write(checkoutId, record, { verdict: "refund" });
      context.log({ type: "late_payment", checkoutId, outcome: "refused" });
      return refusedRecord;
    }
    case "checkout_open":
      throw new UnavailableError("another call is claiming units for this late payment");
    case "limit_exceeded":
      throw new Error("a late payment exceeded a limit");
  }
}
