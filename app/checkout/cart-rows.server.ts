import type { Money, Product } from "~/catalog/catalog";
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

  const priced = await Promise.all(lines.map(async (line) => ({ line, ...(await priceOf(context, rows.get(line.productId))) })));
  const sellable = priced.flatMap(({ line, row, price }): PricedLine[] => {
    if (row === null || price === null) return [];
    const { name, image, stripePrice } = row;
    return [{ ...line, name, image, stripePrice, unitAmount: price.amount, currency: price.currency }];
  });
  if (sellable.length < lines.length) {
    const productIds = priced.filter(({ price }) => price === null).map(({ line }) => line.productId);
    return { outcome: "not_payable", reason: "no_price", productIds };
  }
  const currencies = new Set(sellable.map((line) => line.currency));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) {
    return { outcome: "not_payable", reason: "mixed_currencies", productIds: sellable.map((line) => line.productId) };
  }
  return { outcome: "priced", lines: sellable, currency };
}

async function priceOf(context: CheckoutContext, row: Product | undefined): Promise<{ row: Product | null; price: Money | null }> {
  if (row === undefined) return { row: null, price: null };
  return { row, price: row.stripePrice === null ? row.price : await context.gateway.price(row.stripePrice) };
}
