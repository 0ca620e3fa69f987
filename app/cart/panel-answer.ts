import type { CartFailure } from "./cart-failure";
import type { CartView } from "./cart-view";

/** Nothing was shown or changed; `message` is for a person. */
interface Refused {
  readonly outcome: "refused";
  readonly message: string;
}

/** The cart as the panel in the header shows it. */
export type PanelView = { readonly outcome: "shown"; readonly view: CartView } | Refused;

/** What became of a change that was asked for without leaving the page. `failed`: nothing was changed, and this is why. */
export type PanelAnswer =
  { readonly outcome: "changed" } | { readonly outcome: "failed"; readonly failure: CartFailure } | Refused;
