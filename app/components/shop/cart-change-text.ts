import type { CartChange } from "~/cart/cart-view";
import { t } from "~/words/words";

type PriceChange = Extract<CartChange, { kind: "price" }>;

/** Whether the change is shown at its line. */
export function isPrice(change: CartChange): change is PriceChange {
  return change.kind === "price";
}

/** A change that is about more than the look of one line. */
export function cartChangeText(change: Exclude<CartChange, PriceChange>): string {
  if (change.kind === "currency") return t("cart.changedCurrency", { currency: change.currency });
  const name = change.name ?? t("cart.gone");
  switch (change.kind) {
    case "quantity":
      return t("cart.changedQuantity", { name, quantity: change.quantity });
    case "gone":
      return t("cart.changedGone", { name });
  }
}
