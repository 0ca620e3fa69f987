import type { Money, Product } from "./catalog";
import { isChargeable, type PriceUnit } from "./price";
import type { PriceReading, PriceSource } from "./price-source";
import type { ProductColumns } from "./product-columns";
import { ownPrice, stripePriceOf, toProduct, type ProductRow } from "./product-row";
import type { CatalogLog } from "./products-table.server";

/** So many are told one by one; a table full of them is told by a few and their number. */
const MOST_TOLD = 10;

export interface RowPricesOptions {
  readonly columns: ProductColumns;
  readonly priceUnit: PriceUnit;
  readonly currency: string;
  /** Absent: no Price is ever known. */
  readonly prices: PriceSource | undefined;
  readonly log: CatalogLog | undefined;
}

/** What rows cost: by the Stripe Price that a row names, else by its own columns. Knows which rows name one that cannot be charged. */
export function createRowPrices({ prices, log, ...terms }: RowPricesOptions) {
  const faults = new Map<string, string>();
  let checkFailure: string | null = null;

  function note(row: ProductRow, product: Product, reading: PriceReading | undefined): void {
    const fault = product.stripePrice === null || reading === undefined ? null : faultOf(product.stripePrice, reading);
    const before = faults.get(row.id);
    if (fault === null) {
      faults.delete(row.id);
      return;
    }
    const sentence = `"${product.name}" (${row.id}) is unavailable: ${fault}.`;
    faults.set(row.id, sentence);
    if (before !== sentence && faults.size <= MOST_TOLD)
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
      const product = toProduct(row, { columns: terms.columns, price });
      note(row, product, reading);
      return product;
    });
  }

  return {
    toProducts,
    ownPrice: (row: ProductRow): Money | null => ownPrice(row, terms),

    /** Forgets the rows that are not among these: they were deleted, or no longer name a Price. */
    keepOnly(rows: readonly ProductRow[]): void {
      const kept = new Set(rows.map(({ id }) => id));
      for (const id of faults.keys()) if (!kept.has(id)) faults.delete(id);
    },

    /** Why the last check of all rows could not read every Price; null: it could. */
    noteCheck(failure: string | null): void {
      checkFailure = failure;
    },

    /** All of them, a sentence each. */
    faults: (): readonly string[] => [...faults.values()],

    /** For an operator's warnings. */
    told(): readonly string[] {
      const all = [...faults.values()];
      const more = all.length - MOST_TOLD;
      return [
        ...(checkFailure === null
          ? []
          : [
              `Stripe Prices could not all be read, and a product whose Price was never read is unavailable: ${checkFailure}`,
            ]),
        ...all.slice(0, MOST_TOLD),
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

/** Null when it can be charged. */
function faultOf(priceId: string, reading: PriceReading): string | null {
  const name = `its Stripe Price ${priceId.slice(0, 60)}`;
  if (reading.state === "usable") {
    const { amount, currency } = reading.price;
    return isChargeable(reading.price)
      ? null
      : `${name} is ${amount} minor units, which Stripe does not charge in ${currency}`;
  }
  switch (reading.fault) {
    case "missing":
      return `${name} does not exist in this Stripe account and mode`;
    case "inactive":
      return `${name} is inactive`;
    case "product_inactive":
      return `the product of ${name} is inactive at Stripe`;
    case "recurring":
      return `${name} is a subscription's`;
    case "no_fixed_amount":
      return `${name} has no fixed amount for one unit`;
  }
}
