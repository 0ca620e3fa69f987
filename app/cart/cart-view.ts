import type { StockView } from "./product-view.server";

/** The cart as its shopper sees it: what the cookie remembers, together with what the store holds. */
export interface CartView {
  readonly lines: readonly CartLineView[];
  readonly units: number;
  /** Formatted; null when it cannot be said, for the reason in `obstacle`. */
  readonly total: string | null;
  /** Why this cart cannot be paid as it is, whatever the stock. */
  readonly obstacle: "no_price" | "mixed_currencies" | "not_sold_any_more" | null;
  /** Epoch milliseconds until the held lines lapse; null when none is held or a payment page is open. */
  readonly heldUntil: number | null;
  /** Epoch milliseconds by the server's clock at which all this was read: what a countdown has to start from. */
  readonly readAt: number;
  readonly canExtend: boolean;
  /** How long a payment page stays open, in milliseconds. */
  readonly payWithinMs: number;
  /** What the Pay form brings back, see `writeShownCart`; null when this cart cannot be paid. */
  readonly shown: string | null;
  /** What is otherwise than the page showed that the shopper wanted to pay by; null: nothing. Empty: it cannot be told what. */
  readonly changes: readonly CartChange[] | null;
  /** What the payment page adds to the total. */
  readonly atCheckout: AtCheckout;
  /** What was just removed, so that it can be put back; null when it is in the cart (again). */
  readonly removed: RemovedLine | null;
  readonly paymentPage: PaymentPageView | null;
  /** A payment of this cart that nobody could be asked about just now; null: none. */
  readonly unsettledCheckout: string | null;
  /** What this browser opened payment pages for, newest first. */
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
  /** Null when the merchant has deleted the product. */
  readonly name: string | null;
  readonly image: string | null;
  readonly quantity: number;
  /** `held`: until the cart's deadline. `paying`: for as long as the payment page is open. `lapsed`: for sale to anybody. */
  readonly state: "held" | "paying" | "lapsed";
  /** Formatted, of one unit and of the line. */
  readonly price: string | null;
  readonly subtotal: string | null;
  /** As `ProductView.priceUnavailable`. */
  readonly priceUnavailable: boolean;
  readonly stock: StockView;
}

export interface RemovedLine {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
}

/** `name` null: the merchant has deleted the product. */
export type CartChange =
  /** Formatted. */
  | { readonly kind: "price"; readonly name: string | null; readonly price: string }
  | { readonly kind: "quantity"; readonly name: string | null; readonly quantity: number }
  | { readonly kind: "gone"; readonly name: string | null }
  /** ISO 4217, upper case. */
  | { readonly kind: "currency"; readonly currency: string };

/** What became of a form that came without the cart's cookie; nothing was changed. */
export type LostCookieView =
  /** The cookie came back on the next page, so the form can be sent again. `item`: what was to be added. */
  { readonly outcome: "once_more"; readonly item: RemovedLine | null } | { readonly outcome: "blocked" };

interface PaymentPageView {
  /** Epoch milliseconds. */
  readonly openedAt: number;
  readonly closesAt: number;
}
