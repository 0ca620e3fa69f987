import type { CheckoutContext } from "~/checkout/checkout-context.server";
import type { StripeSession } from "~/checkout/stripe/gateway";
import type { CheckoutRecord } from "./line-marks";

type Read =
  | { readonly outcome: "ours"; readonly record: CheckoutRecord }
  | { readonly outcome: "not_ours" }
  | { readonly outcome: "unreadable"; readonly cause: unknown };

/** Like `marks.read`, without throwing: in a list, one record that was edited at Stripe must not block the others. */
export function tryRead({ marks }: Pick<CheckoutContext, "marks">, session: StripeSession): Read {
  try {
    const record = marks.read(session);
    return record === null ? { outcome: "not_ours" } : { outcome: "ours", record };
  } catch (cause) {
    return { outcome: "unreadable", cause };
  }
}

/** Like `tryRead`, but logs unreadable records and returns null for them. */
export function readOrReport(context: CheckoutContext, session: StripeSession): CheckoutRecord | null {
  const read = tryRead(context, session);
  if (read.outcome === "unreadable")
    context.log({ type: "unreadable_record", checkoutId: session.id, cause: read.cause });
  return read.outcome === "ours" ? read.record : null;
}
