import type { Catalog } from "~/catalog/catalog";
import type { CheckoutService } from "~/checkout/checkout";
import type { Environment } from "~/env.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import type { CartSessions } from "./cart-session.server";
import type { FormOrders } from "./form-orders.server";

/** What the cart room works with; the container has it all. */
export interface CartShop {
  readonly store: Pick<ReservationStore, "view" | "held" | "renew">;
  readonly catalog: Pick<Catalog, "list" | "products">;
  readonly checkout: Pick<CheckoutService, "changeCart" | "release" | "start" | "fulfil">;
  readonly carts: Pick<CartSessions, "create" | "fits">;
  readonly formOrders: FormOrders;
  /** Where an outage goes that a shopper reads about in words only. */
  readonly log: { error(fields: Record<string, unknown>, message: string): void };
  readonly env: Pick<
    Environment,
    | "MAX_UNITS_PER_LINE"
    | "MAX_LINES_PER_CART"
    | "CHECKOUT_TTL_SECONDS"
    | "STRIPE_SHIPPING_RATES"
    | "STRIPE_AUTOMATIC_TAX"
    | "STRIPE_PROMOTION_CODES"
  >;
}

/** Whether Stripe may be asked about a payment on behalf of this request. Asking uses up a part of a limit, so it is done only where it is needed. */
export type MayAsk = () => Promise<boolean>;

/** How things are told to this visitor. */
export interface Visit {
  /** Hash of the shopper's session id. */
  readonly sessionHash: string;
  /** BCP 47 tag for numbers. */
  readonly locale: string;
  /** Epoch milliseconds: durations of the store become clock times by it. */
  readonly now: number;
}
