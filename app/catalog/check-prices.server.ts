import type { Money } from "./catalog";
import type { PriceSource } from "./price-source";
import type { ProductColumns } from "./product-columns";
import { productRowSchema, productSelect, stripePriceOf } from "./product-row";
import type { ProductsTable } from "./products-table.server";
import type { RowPrices } from "./row-prices";

/** What a look at all rows that name a Stripe Price found; a sentence each, for the person who keeps the table. */
export interface PriceReport {
  /** Active rows that name one. */
  readonly rows: number;
  /** Products that are unavailable because of theirs. */
  readonly faults: readonly string[];
  /** Products whose own price column says something else. */
  readonly differing: readonly string[];
}

interface CheckOptions {
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  readonly prices: PriceSource | undefined;
  readonly rowPrices: RowPrices;
}

/** Reads the Price of every active row again, in the background. Throws `UnavailableError` when the database or Stripe do not answer. */
export async function checkPrices({ table, columns, prices, rowPrices }: CheckOptions): Promise<PriceReport> {
  const { stripePrice, active } = columns;
  if (stripePrice === null || prices === undefined) return { rows: 0, faults: [], differing: [] };
  const all = await table.all(productRowSchema, () => {
    const named = table.from().select(productSelect(columns), { count: "exact" }).not(stripePrice, "is", null);
    return (active === null ? named : named.eq(active, true)).order(columns.id);
  });
  const rows = all.filter((row) => stripePriceOf(row) !== null);
  const failure = await prices.warm(rows.flatMap((row) => stripePriceOf(row) ?? [])).then(
    () => null,
    (error: unknown) => error,
  );
  rowPrices.noteCheck(failure === null ? null : reasonOf(failure));
  rowPrices.keepOnly(rows);
  // What could be read is told also when the rest could not.
  const products = await rowPrices.toProducts(rows);
  if (failure !== null) throw failure;
  const differing = rows.flatMap((row, index) => {
    const own = rowPrices.ownPrice(row);
    const charged = products[index]?.price ?? null;
    if (own === null || charged === null || (own.amount === charged.amount && own.currency === charged.currency))
      return [];
    return [`"${products[index]?.name ?? ""}" (${row.id}): ${minor(own)} in the table, ${minor(charged)} at Stripe`];
  });
  return { rows: rows.length, faults: rowPrices.faults(), differing };
}

/** The innermost cause is the one that tells what to do: a key without the right to read Prices, for instance. */
function reasonOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  return innermost instanceof Error ? innermost.message.slice(0, 300) : "no answer";
}

function minor({ amount, currency }: Money): string {
  return `${amount} ${currency}`;
}
