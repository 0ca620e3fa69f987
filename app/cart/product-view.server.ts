import type { Product } from "~/catalog/catalog";
import { moneyText, offerPrice, type OfferPrice } from "~/catalog/money-text.server";
import type { HeldUnits } from "~/reservations/reservation-store";
import { available } from "~/reservations/stock";
import type { Visit } from "./cart-shop";

/** The stock of one product as one shopper sees it, all in units. */
export interface StockView {
  readonly onHand: number;
  /** What this shopper may hold in all, own units included. */
  readonly available: number;
  readonly heldByYou: number;
  /** Epoch milliseconds at which a unit in another cart may free up; null when none has a deadline. */
  readonly nextReleaseAt: number | null;
}

export interface ProductView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly image: string | null;
  /** Formatted; null when there is no usable price. */
  readonly price: string | null;
  /** It should have a price, by the Stripe Price that its row names, and can't be sold by it now. */
  readonly priceUnavailable: boolean;
  /** The same price for programs. */
  readonly offer: OfferPrice | null;
  /** It has a price, and the merchant has not taken it off the shop. */
  readonly forSale: boolean;
  readonly stock: StockView;
}

/** `held` undefined: nobody holds any of it. */
export function productView(product: Product, held: HeldUnits | undefined, visit: Visit): ProductView {
  const { id, name, description, image, price, active } = product;
  return {
    id,
    name,
    description,
    image,
    price: price && moneyText(price, visit.locale),
    priceUnavailable: lacksItsPrice(product),
    offer: price && offerPrice(price),
    forSale: active && price !== null,
    stock: stockView(active ? product.onHand : 0, held, visit.now),
  };
}

export function lacksItsPrice({ price, stripePrice }: Pick<Product, "price" | "stripePrice">): boolean {
  return price === null && stripePrice !== null;
}

export function stockView(onHand: number, held: HeldUnits | undefined, now: number): StockView {
  const nextReleaseInMs = held?.nextReleaseInMs ?? null;
  return {
    onHand,
    available: available(onHand, held?.units ?? 0),
    heldByYou: held?.byYou ?? 0,
    nextReleaseAt: nextReleaseInMs === null ? null : now + nextReleaseInMs,
  };
}
