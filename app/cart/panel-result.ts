import type { CartFailure } from "./cart-failure";
import type { CartView } from "./cart-view";

/** Nothing was shown or changed; `message` is for the shopper. */
interface Refused {
  readonly outcome: "refused";
  readonly message: string;
}

/** The cart for the panel in the header. */
export type PanelView = { readonly outcome: "shown"; readonly view: CartView } | Refused;

/** Result of a change made without leaving the page. `failed`: nothing changed, for the given reason. */
export type PanelResult =
  { readonly outcome: "changed" } | { readonly outcome: "failed"; readonly failure: CartFailure } | Refused;
