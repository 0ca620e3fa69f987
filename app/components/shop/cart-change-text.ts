import type { CartChange } from "~/cart/cart-view";
import { t } from "~/words/words";

export function cartChangeText(change: CartChange): string {
  if (change.kind === "currency") return t("cart.changedCurrency", { currency: change.currency });
  const name = change.name ?? t("cart.gone");
  switch (change.kind) {
    case "price":
      return t("cart.changedPrice", { name, price: change.price });
    case "quantity":
      return t("cart.changedQuantity", { name, quantity: change.quantity });
    case "gone":
      return t("cart.changedGone", { name });
  }
}
