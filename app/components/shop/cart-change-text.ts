import type { CartChange } from "~/cart/cart-view";
import { cartTexts } from "~/components/texts";

export const cartChanged = "Your cart has changed since you saw it. Please check it before you pay.";

export function cartChangeText(change: CartChange): string {
  if (change.kind === "currency") return `Prices are now in ${change.currency}.`;
  const name = change.name ?? cartTexts.gone;
  switch (change.kind) {
    case "price":
      return `${name} is now ${change.price}.`;
    case "quantity":
      return `Your cart now has ${change.quantity} × ${name}.`;
    case "gone":
      return `${name} is no longer in your cart.`;
  }
}
