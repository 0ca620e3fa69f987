import type { Money } from "./catalog";
import type { PriceSource } from "./price-source";
import type { ProductColumns } from "./product-columns";
import { productRowSchema, productSelect, stripePriceOf } from "./product-row";
import type { ProductsTable } from "./products-table.server";
import { narrowed, type RowFilter } from "./row-filter";
import type { RowPrices } from "./row-prices";

/** Result of checking all rows that name a Stripe Price, as messages for the table's owner. */
export interface PriceReport {
  /** Number of active rows for sale that name one. */
  readonly rows: number;
  /** Products that are unavailable because of their Stripe Price. */
  readonly problems: readonly string[];
  /** Products with a different price in their own price column. */
  readonly differing: readonly string[];
}

interface CheckOptions {
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  readonly filter: RowFilter;
  readonly prices: PriceSource | undefined;
  readonly rowPrices: RowPrices;
}

/** Rereads the Price of every active row for sale, at low priority. Throws `UnavailableError` if the database or Stripe does not respond. */
export async function checkPrices({ table, columns, filter, prices, rowPrices }: CheckOptions): Promise<PriceReport> {
  const { stripePrice, active } = columns;
  if (stripePrice === null || prices === undefined) return { rows: 0, problems: [], differing: [] };
  const all = await table.all(productRowSchema, () => {
    const rows = narrowed(table.from().select(productSelect(columns), { count: "exact" }), filter);
    const named = rows.not(stripePrice, "is", null);
    return (active === null ? named : named.eq(active, true)).order(columns.id);
  });
  const rows = all.filter((row) => stripePriceOf(row) !== null);
  const failure = await prices.warm(rows.flatMap((row) => stripePriceOf(row) ?? [])).then(
    () => null,
    (error: unknown) => error,
  );
  rowPrices.noteCheck(failure === null ? null : reasonOf(failure));
  rowPrices.keepOnly(rows);
  // The Prices that could be read are reported even if others could not.
  const products = await rowPrices.toProducts(rows);
  if (failure !== null) throw failure;
  const differing = rows.flatMap((row, index) => {
    const own = rowPrices.ownPrice(row);
    const charged = products[index]?.price ?? null;
    if (own === null || charged === null || (own.amount === charged.amount && own.currency === charged.currency))
      return [];
    return [`"${products[index]?.name ?? ""}" (${row.id}): ${minor(own)} in the table, ${minor(charged)} at Stripe`];
  });
  return { rows: rows.length, problems: rowPrices.problems(), differing };
}

/** The message of the innermost cause, which says what to do: for instance, that the key may not read Prices. */
function reasonOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  return innermost instanceof Error ? innermost.message.slice(0, 300) : "no response";
}

function minor({ amount, currency }: Money): string {
  return `${amount} ${currency}`;
}
