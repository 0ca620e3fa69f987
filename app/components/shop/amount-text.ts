import type { CartView } from "~/cart/cart-view";
import type { OrderDetails } from "~/cart/show-order.server";
import { t } from "~/words/words";

export function additionText({
  kind,
  isNegative,
}: Pick<OrderDetails["additions"][number], "kind" | "isNegative">): string {
  switch (kind) {
    case "changed_lines":
      return isNegative ? t("order.removedAtCheckout") : t("order.addedAtCheckout");
    case "discount":
      return t("order.discount");
    case "shipping":
      return t("order.shipping");
    case "tax":
      return t("order.tax");
    case "included_tax":
      return t("order.includedTax");
  }
}

/** Costs that the payment page adds to the total, a sentence each. */
export function atCheckoutTexts({ shipping, tax, discountCodes }: CartView["atCheckout"]): string[] {
  const costs =
    shipping && tax ? "checkout.shippingAndTax" : shipping ? "checkout.shipping" : tax ? "checkout.tax" : null;
  return [...(costs === null ? [] : [t(costs)]), ...(discountCodes ? [t("checkout.discountCode")] : [])];
}
