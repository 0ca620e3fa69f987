import type { CartView } from "~/cart/cart-view";
import type { OrderDetails } from "~/cart/show-order.server";

export function additionText({
  kind,
  isNegative,
}: Pick<OrderDetails["additions"][number], "kind" | "isNegative">): string {
  switch (kind) {
    case "changed_lines":
      return isNegative ? "Removed at checkout" : "Added at checkout";
    case "discount":
      return "Discount";
    case "shipping":
      return "Shipping";
    case "tax":
      return "Tax";
    case "included_tax":
      return "Tax included";
  }
}

/** Costs that the payment page adds to the total; null if there are none. */
export function atCheckoutText({ shipping, tax, discountCodes }: CartView["atCheckout"]): string | null {
  const added = shipping && tax ? "Shipping and tax are" : shipping ? "Shipping is" : tax ? "Tax is" : null;
  if (added === null) return discountCodes ? "You can enter a discount code at checkout." : null;
  return `${added} calculated at checkout.${discountCodes ? " You can enter a discount code there." : ""}`;
}
