import type { Product } from "~/catalog/catalog";
import type { Line } from "~/reservations/reservation-store";

import type { PricedLine } from "./cart-fingerprint.server";
import type { NotPayableReason } from "./checkout";
import type { CheckoutContext } from "./checkout-context.server";

export type Pricing =
  | { readonly outcome: "priced"; readonly lines: readonly PricedLine[]; readonly currency: string }
  | { readonly outcome: "unknown_product"; readonly productIds: readonly string[] }
  | { readonly outcome: "not_payable"; readonly reason: NotPayableReason; readonly productIds: readonly string[] };

/** What each line costs by its row; a mapped Stripe Price is asked from Stripe, where its amount never changes. */
export async function priceLines(context: CheckoutContext, lines: readonly Line[], rows: ReadonlyMap<string, Product>): Promise<Pricing> {
  const missing = lines.filter((line) => rows.get(line.productId)?.active !== true);
  if (missing.length > 0) return { outcome: "unknown_product", productIds: missing.map((line) => line.productId) };

  const priced: PricedLine[] = [];
  const unpriced: string[] = [];
  for (const { productId, quantity } of lines) {
    const row = rows.get(productId);
    if (row === undefined) continue;
    const price = row.stripePrice === null ? row.price : await context.gateway.price(row.stripePrice);
    if (price === null) unpriced.push(productId);
    else {
      const { name, image, stripePrice } = row;
      priced.push({ productId, name, quantity, image, stripePrice, unitAmount: price.amount, currency: price.currency });
    }
  }
  if (unpriced.length > 0) return { outcome: "not_payable", reason: "no_price", productIds: unpriced };
  const currencies = new Set(priced.map((line) => line.currency));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) {
    return { outcome: "not_payable", reason: "mixed_currencies", productIds: priced.map((line) => line.productId) };
  }
  return { outcome: "priced", lines: priced, currency };
}
