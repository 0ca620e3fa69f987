import type { ShopReads } from "~/catalog/catalog";
import type { CheckoutService } from "~/checkout/checkout";
import type { Environment } from "~/env.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import type { CartSessions } from "./cart-session.server";
import type { FormOrders } from "./form-orders.server";

/** Dependencies of the cart module, provided by the container. */
export interface CartShop {
  readonly store: Pick<ReservationStore, "view" | "held" | "renew">;
  readonly offers: Pick<ShopReads, "list" | "products" | "sorts" | "following">;
  readonly checkout: Pick<CheckoutService, "changeCart" | "release" | "start" | "fulfil">;
  readonly carts: Pick<CartSessions, "create" | "fits">;
  readonly formOrders: FormOrders;
  /** Logs outages, of which shoppers only see a message. */
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

/** Whether this request may ask Stripe about a payment. The call itself counts against a limit, so it is made only when needed. */
export type MayAsk = () => Promise<boolean>;

/** Facts about the visitor that views depend on. */
export interface Visit {
  /** Hash of the shopper's session id. */
  readonly sessionHash: string;
  /** BCP 47 tag for numbers. */
  readonly locale: string;
  /** Epoch milliseconds, to turn the store's durations into times. */
  readonly now: number;
}
