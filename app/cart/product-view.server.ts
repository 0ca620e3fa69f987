import { stockView, type StockView } from "~/availability/stock-view";
import type { Product } from "~/catalog/catalog";
import { moneyText, offerPrice, type OfferPrice } from "~/catalog/money-text.server";
import type { HeldUnits } from "~/reservations/reservation-store";
import type { Visit } from "./cart-shop";

export interface ProductView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly image: string | null;
  /** Formatted; null if there is no usable price. */
  readonly price: string | null;
  /** The same price in structured data. */
  readonly offer: OfferPrice | null;
  /** It has a price and is active. */
  readonly forSale: boolean;
  readonly stock: StockView;
}

/** `held` undefined: no holds. */
export function productView(product: Product, held: HeldUnits | undefined, visit: Visit): ProductView {
  const { id, name, description, image, price, active } = product;
  return {
    id,
    name,
    description,
    image,
    price: price && moneyText(price, visit.locale),
    offer: price && offerPrice(price),
    forSale: active && price !== null,
    stock: stockView(active ? product.onHand : 0, held, visit.now),
  };
}
