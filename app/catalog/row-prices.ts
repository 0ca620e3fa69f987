import type { Money, Product } from "./catalog";
import { isChargeable, type PriceUnit } from "./price";
import type { PriceReading, PriceSource } from "./price-source";
import type { ProductColumns } from "./product-columns";
import { ownPrice, stripePriceOf, toProduct, type ProductRow } from "./product-row";
import type { CatalogLog } from "./products-table.server";

/** Products listed one by one; beyond that only their number. */
const MAX_LISTED = 10;

export interface RowPricesOptions {
  readonly columns: ProductColumns;
  readonly priceUnit: PriceUnit;
  readonly currency: string;
  readonly imageBaseUrl: string | null;
  /** Absent: Stripe Prices are never known. */
  readonly prices: PriceSource | undefined;
  readonly log: CatalogLog | undefined;
}

/** Prices of rows: from the Stripe Price that a row names, otherwise from its own columns. Tracks rows whose Price cannot be charged. */
export function createRowPrices({ prices, log, ...terms }: RowPricesOptions) {
  const problems = new Map<string, string>();
  let checkFailure: string | null = null;

  function note(row: ProductRow, product: Product, reading: PriceReading | undefined): void {
    const problem =
      product.stripePrice === null || reading === undefined ? null : problemOf(product.stripePrice, reading);
    const before = problems.get(row.id);
    if (problem === null) {
      problems.delete(row.id);
      return;
    }
    const sentence = `"${product.name}" (${row.id}) is unavailable: ${problem}.`;
    problems.set(row.id, sentence);
    if (before !== sentence && problems.size <= MAX_LISTED)
      log?.warn({ productId: row.id, priceId: product.stripePrice }, sentence);
  }

  async function toProducts(rows: readonly ProductRow[]): Promise<Product[]> {
    const priceIds = rows.flatMap((row) => stripePriceOf(row) ?? []);
    const readings =
      priceIds.length === 0 || prices === undefined ? new Map<string, PriceReading>() : await prices.read(priceIds);
    return rows.map((row) => {
      const stripePrice = stripePriceOf(row);
      const reading = stripePrice === null ? undefined : readings.get(stripePrice);
      const price =
        stripePrice === null
          ? ownPrice(row, terms)
          : reading?.state === "usable" && isChargeable(reading.price)
            ? reading.price
            : null;
      const product = toProduct(row, { ...terms, price });
      note(row, product, reading);
      return product;
    });
  }

  return {
    toProducts,
    ownPrice: (row: ProductRow): Money | null => ownPrice(row, terms),

    /** Forgets all other rows: they were deleted, or no longer name a Price. */
    keepOnly(rows: readonly ProductRow[]): void {
      const kept = new Set(rows.map(({ id }) => id));
      for (const id of problems.keys()) if (!kept.has(id)) problems.delete(id);
    },

    /** Records why the last check of all rows could not read every Price; null: it could. */
    noteCheck(failure: string | null): void {
      checkFailure = failure;
    },

    /** All products that are unavailable because of their Price, one sentence each. */
    problems: (): readonly string[] => [...problems.values()],

    /** Warnings for the operator. */
    warnings(): readonly string[] {
      const all = [...problems.values()];
      const more = all.length - MAX_LISTED;
      return [
        ...(checkFailure === null
          ? []
          : [
              `Some Stripe Prices could not be read; products whose Price was never read are unavailable: ${checkFailure}`,
            ]),
        ...all.slice(0, MAX_LISTED),
        ...(more <= 0
          ? []
          : [
              `${more} more ${more === 1 ? "product is" : "products are"} unavailable because of their Stripe Prices: run \`npm run doctor\`.`,
            ]),
      ];
    },
  };
}

export type RowPrices = ReturnType<typeof createRowPrices>;

/** Why a Price cannot be charged; null if it can. */
function problemOf(priceId: string, reading: PriceReading): string | null {
  const name = `its Stripe Price ${priceId.slice(0, 60)}`;
  if (reading.state === "usable") {
    const { amount, currency } = reading.price;
    return isChargeable(reading.price)
      ? null
      : `${name} is ${amount} minor units, an amount that Stripe does not charge in ${currency}`;
  }
  switch (reading.problem) {
    case "missing":
      return `${name} does not exist in this Stripe account and mode`;
    case "inactive":
      return `${name} is inactive`;
    case "product_inactive":
      return `the product of ${name} is inactive in Stripe`;
    case "recurring":
      return `${name} is for a subscription`;
    case "no_fixed_amount":
      return `${name} has no fixed amount for one unit`;
  }
}
