import { createHash } from "node:crypto";
import type { Product } from "~/catalog/catalog";
import type { NotPayableReason } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import type { Line } from "~/reservations/reservation-store";

export interface PricedLine {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  /** Of one unit, in minor units. */
  readonly unitAmount: number;
  readonly currency: string;
  /** Id of the Stripe Price to charge instead of inline price data. */
  readonly stripePrice: string | null;
  readonly image: string | null;
}

/** Hash of lines, unit prices, Stripe Prices and currency; independent of the order of lines. */
export function cartFingerprint(lines: readonly PricedLine[]): string {
  const facts = lines
    .map((line) => JSON.stringify([line.productId, line.quantity, line.unitAmount, line.currency, line.stripePrice]))
    .sort();
  return createHash("sha256").update(facts.join("\n")).digest("hex").slice(0, 32);
}

export type Pricing =
  | { readonly outcome: "priced"; readonly lines: readonly PricedLine[]; readonly currency: string }
  | { readonly outcome: "unknown_product"; readonly productIds: readonly string[] }
  | { readonly outcome: "not_payable"; readonly reason: NotPayableReason; readonly productIds: readonly string[] };

/**
 * Prices each line by its row. Stripe Prices that are unknown, or were unusable when last read, are read again before the cart is
 * reported as not payable.
 */
export async function priceLines(
  context: CheckoutContext,
  lines: readonly Line[],
  rows: ReadonlyMap<string, Product>,
): Promise<Pricing> {
  const pricing = priceByRows(lines, rows);
  if (pricing.outcome !== "not_payable" || pricing.reason !== "no_price") return pricing;
  const named = pricing.productIds.filter((productId) => (rows.get(productId)?.stripePrice ?? null) !== null);
  return named.length === 0 ? pricing : rereadAndPrice(context, lines, named);
}

/** Like `priceLines`, after reading the Stripe Prices of these products again. */
export async function rereadAndPrice(
  { offers }: CheckoutContext,
  lines: readonly Line[],
  productIds: readonly string[],
): Promise<Pricing> {
  await offers.rereadPrices(productIds);
  return priceByRows(lines, await offers.products(lines.map((line) => line.productId)));
}

function priceByRows(lines: readonly Line[], rows: ReadonlyMap<string, Product>): Pricing {
  const missing = lines.filter((line) => rows.get(line.productId)?.active !== true);
  if (missing.length > 0) return { outcome: "unknown_product", productIds: missing.map((line) => line.productId) };

  const sellable = lines.flatMap((line): PricedLine[] => {
    const row = rows.get(line.productId);
    if (row === undefined || row.price === null) return [];
    const { name, image, stripePrice, price } = row;
    return [{ ...line, name, image, stripePrice, unitAmount: price.amount, currency: price.currency }];
  });
  if (sellable.length < lines.length) {
    const productIds = lines
      .map((line) => line.productId)
      .filter((productId) => (rows.get(productId)?.price ?? null) === null);
    return { outcome: "not_payable", reason: "no_price", productIds };
  }
  const currencies = new Set(sellable.map((line) => line.currency));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) {
    return { outcome: "not_payable", reason: "mixed_currencies", productIds: sellable.map((line) => line.productId) };
  }
  return { outcome: "priced", lines: sellable, currency };
}
