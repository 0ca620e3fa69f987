import type { Money } from "~/catalog/catalog";
import type { StripeSession } from "~/checkout/stripe/gateway";

/** What stands between an order's lines and its total; `amount` is added to them, and may be negative. */
export interface Addition {
  readonly kind:
    /** Lines that were added on, or taken off, the payment page. */
    | "changed_lines"
    | "discount"
    | "shipping"
    | "tax"
    /** Contained in the prices: nothing is added for it. */
    | "included_tax";
  readonly amount: Money;
}

/** Those that are not zero. Together with the lines they make the total, `included_tax` aside. */
export function additionsOf(
  { total, parts }: Pick<StripeSession, "total" | "parts">,
  linesAmount: number,
): readonly Addition[] {
  if (parts === null) return [];
  const { subtotal, discount, shipping, tax } = parts;
  // Stripe names one sum, whether prices contain it or not.
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
