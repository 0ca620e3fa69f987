import type { StockView } from "~/availability/stock-view";

/** The cart as its shopper sees it: the cookie's lines combined with the store's holds. */
export interface CartView {
  readonly lines: readonly CartLineView[];
  readonly units: number;
  /** Formatted; null if it cannot be computed because of `obstacle`. */
  readonly total: string | null;
  /** Why this cart cannot be paid, regardless of stock. */
  readonly obstacle: "no_price" | "mixed_currencies" | "no_longer_sold" | null;
  /** When the held lines expire, in epoch milliseconds; null if none is held or a payment page is open. */
  readonly heldUntil: number | null;
  /** Server time of this view in epoch milliseconds, from which countdowns start. */
  readonly readAt: number;
  readonly canExtend: boolean;
  /** Time that a payment page stays open, in milliseconds. */
  readonly payWithinMs: number;
  /** Value that the checkout form sends back, see `writeShownCart`; null if this cart cannot be paid. */
  readonly shown: string | null;
  /** Differences from the page on which the shopper tried to check out; null: none. Empty: unknown ones. */
  readonly changes: readonly CartChange[] | null;
  /** Amounts that the payment page adds to the total. */
  readonly atCheckout: AtCheckout;
  /** The lines just removed and not in the cart again, to offer an undo. */
  readonly removed: readonly RemovedLine[];
  readonly paymentPage: PaymentPageView | null;
  /** A payment of this cart whose state is unknown right now; null: none. */
  readonly unsettledCheckout: string | null;
  /** Checkouts opened by this browser, newest first. */
  readonly checkouts: readonly string[];
  readonly maxUnitsPerLine: number;
}

export interface AtCheckout {
  readonly shipping: boolean;
  readonly tax: boolean;
  readonly discountCodes: boolean;
}

export interface CartLineView {
  readonly productId: string;
  /** Null if the product was deleted. */
  readonly name: string | null;
  readonly image: string | null;
  readonly quantity: number;
  /** `held`: until the cart's deadline. `paying`: while the payment page is open. `lapsed`: no longer held. */
  readonly state: "held" | "paying" | "lapsed";
  /** Formatted, for one unit and for the line. */
  readonly price: string | null;
  readonly subtotal: string | null;
  readonly stock: StockView;
}

export interface RemovedLine {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
}

/** `name` null: the product was deleted. */
export type CartChange =
  /** Formatted, of one unit. */
  | { readonly kind: "price"; readonly productId: string; readonly price: string; readonly before: string }
  | { readonly kind: "quantity"; readonly name: string | null; readonly quantity: number }
  | { readonly kind: "gone"; readonly name: string | null }
  /** ISO 4217, upper case. */
  | { readonly kind: "currency"; readonly currency: string };

/** The page's message about a form that arrived without the cart cookie; nothing changed. */
export type LostCookieView =
  /** The cookie arrived with the next page, so the form can be sent again. `item`: the line that was to be added. */
  { readonly outcome: "once_more"; readonly item: RemovedLine | null } | { readonly outcome: "blocked" };

interface PaymentPageView {
  /** Epoch milliseconds. */
  readonly closesAt: number;
}
