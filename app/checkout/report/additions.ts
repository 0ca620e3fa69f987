import type { Money } from "~/catalog/catalog";
import type { StripeSession } from "~/checkout/stripe/gateway";

/** A difference between the sum of an order's lines and its total; `amount` may be negative. */
export interface Addition {
  readonly kind:
    /** Lines added or removed on the payment page. */
    | "changed_lines"
    | "discount"
    | "shipping"
    | "tax"
    /** Included in the prices, so it adds nothing to the total. */
    | "included_tax";
  readonly amount: Money;
}

/** Returns additions that are not zero. Lines plus additions, without `included_tax`, equal the total. */
export function additionsOf(
  { total, parts }: Pick<StripeSession, "total" | "parts">,
  linesAmount: number,
): readonly Addition[] {
  if (parts === null) return [];
  const { subtotal, discount, shipping, tax } = parts;
  // Stripe gives one sum for tax, whether prices include it or not.
  const missing = total.amount - (subtotal - discount + shipping);
  const added = missing >= 0 && missing <= tax ? missing : tax;
  const all = {
    changed_lines: subtotal - linesAmount,
    discount: -discount,
    shipping,
    tax: added,
    included_tax: tax - added,
  };
  return Object.entries(all).flatMap(([kind, amount]) =>
    amount === 0 ? [] : [{ kind: kind as Addition["kind"], amount: { ...total, amount } }],
  );
}
