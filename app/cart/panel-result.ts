import type { PageProblem, ProblemCode } from "~/http/problem-codes";
import type { CartFailure } from "./cart-failure";
import type { CartView } from "./cart-view";

/** Why nothing was shown or changed: a problem, no connection, or a browser that may not return the cookie. */
export interface Refusal extends Omit<PageProblem, "code"> {
  readonly code: ProblemCode | "offline" | "lost_cookie";
}

interface Refused {
  readonly outcome: "refused";
  readonly refusal: Refusal;
}

/** The cart for the panel in the header. */
export type PanelView = { readonly outcome: "shown"; readonly view: CartView } | Refused;

/**
 * Result of a change made without leaving the page. `failed`: nothing changed, for the given reason. `overtaken`: nothing changed, because a
 * later click arrived first.
 */
export type PanelResult =
  | { readonly outcome: "changed" | "overtaken" }
  | { readonly outcome: "failed"; readonly failure: CartFailure }
  | Refused;
