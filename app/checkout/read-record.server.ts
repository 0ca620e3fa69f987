import type { CheckoutContext } from "./checkout-context.server";
import type { CheckoutRecord } from "./line-marks";
import type { StripeSession } from "./stripe-gateway.server";

/** For lists: one record that somebody edited at Stripe is reported and skipped, and must not stop the work on the others. */
export function readOrReport(context: CheckoutContext, session: StripeSession): CheckoutRecord | null {
  try {
    return context.marks.read(session);
  } catch (cause) {
    context.log({ type: "unreadable_record", checkoutId: session.id, cause });
    return null;
  }
}
