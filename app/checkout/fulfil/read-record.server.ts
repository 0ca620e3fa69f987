import type { CheckoutContext } from "~/checkout/checkout-context.server";
import type { StripeSession } from "~/checkout/stripe/gateway";
import type { CheckoutRecord } from "./line-marks";

type Read =
  | { readonly outcome: "ours"; readonly record: CheckoutRecord }
  | { readonly outcome: "not_ours" }
  | { readonly outcome: "unreadable"; readonly cause: unknown };

/** For lists: one record that somebody edited at Stripe must not stop the work on the others. */
export function tryToRead({ marks }: Pick<CheckoutContext, "marks">, session: StripeSession): Read {
  try {
    const record = marks.read(session);
    return record === null ? { outcome: "not_ours" } : { outcome: "ours", record };
  } catch (cause) {
    return { outcome: "unreadable", cause };
  }
}

/** The same, where what cannot be read is reported and skipped. */
export function readOrReport(context: CheckoutContext, session: StripeSession): CheckoutRecord | null {
  const read = tryToRead(context, session);
  if (read.outcome === "unreadable")
    context.log({ type: "unreadable_record", checkoutId: session.id, cause: read.cause });
  return read.outcome === "ours" ? read.record : null;
}
