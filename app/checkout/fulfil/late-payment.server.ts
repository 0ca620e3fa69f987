import type { CheckoutContext } from "~/checkout/checkout-context.server";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { UnavailableError } from "~/errors";
import { reserve } from "~/reservations/reserve";
import type { Leases } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";

/**
 * A payment whose claim is gone holds its units like anybody before it takes them, so that it cannot take what is
 * promised to someone else. Granted: a claim of the same id bears the checkout again. Refused: the verdict is written.
 * Throws `UnavailableError`, to be tried again, while only undecided calls of others are in its way.
 */
export async function claimLatePayment(
  context: CheckoutContext,
  late: { session: StripeSession; record: CheckoutRecord; held: Leases },
): Promise<CheckoutRecord> {
  const { record, held } = late;
  const checkoutId = late.session.id;
  const sessionHash = `late:${record.claimId}`;
  // Limits are for carts; this one is paid.
  const limits = { maxUnitsPerLine: Number.MAX_SAFE_INTEGER, maxLinesPerCart: Number.MAX_SAFE_INTEGER };
  const lines = record.lines.map(({ productId, quantity }) => ({ productId, quantity }));
  const decision = await reserve({ ...context.reservations, limits }, { sessionHash, lines });
  switch (decision.outcome) {
    case "granted": {
      const { store } = context.reservations;
      const claimed = await store.claim({ sessionHash, claimId: record.claimId });
      if (claimed.outcome !== "claimed" || (await store.stamp({ claimId: record.claimId, checkoutId })) === "gone") {
        throw new UnavailableError("the units of a late payment slipped away while they were claimed");
      }
      context.log({ type: "late_payment", checkoutId, outcome: "granted" });
      return record;
    }
    case "refused":
    case "unknown_product": {
      // A verdict is final, and units that others only ask for may be free in a moment.
      if (decision.outcome === "refused" && decision.undecided) {
        throw new UnavailableError("others are asking for the units of a late payment and are not decided yet");
      }
      held.check();
      const condemned = await context.marks.write(checkoutId, record, { verdict: "refund" });
      context.log({ type: "late_payment", checkoutId, outcome: "refused" });
      return condemned;
    }
    case "checkout_open":
      throw new UnavailableError("another call is claiming for this late payment");
    case "limit_exceeded":
      throw new Error("a late payment met a limit");
  }
}
