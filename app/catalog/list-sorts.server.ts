import { z } from "zod";
import type { ListSort, ShopReads } from "./catalog";
import type { ProductColumns } from "./product-columns";
import type { ProductsTable } from "./products-table.server";
import type { RowOrder } from "./row-order";

/** The keys of a sort before those of the shop's own order. Rows without a price or date come last in every direction. */
export function sortOrder(order: RowOrder, sort: ListSort | undefined, { price, created }: ProductColumns): RowOrder {
  const column = sort === "newest" ? created : price;
  if (sort === undefined || column === null) return order;
  return [{ column, ascending: sort === "price", nullsFirst: false }, ...order];
}

/** Learns which sorts the table can do; see `ShopReads.sorts`. */
export function createListSorts(table: ProductsTable, columns: ProductColumns): ShopReads["sorts"] {
  const newest: readonly ListSort[] = columns.created === null ? [] : ["newest"];
  const { price } = columns;
  let hasNumbers = price === null || columns.stripePrice !== null || columns.currency !== null ? false : null;
  return async () => {
    if (price !== null) hasNumbers ??= await holdsNumbers(table, price);
    return hasNumbers === true ? ["price", "-price", ...newest] : newest;
  };
}

/** Whether PostgREST sends the column's values as JSON numbers: not text and not `money`. Null: no row has a value. */
async function holdsNumbers(table: ProductsTable, column: string): Promise<boolean | null> {
  const { rows } = await table.page(
    z.object({ value: z.unknown() }),
    table.from().select(`value:"${column}"`).not(column, "is", null).limit(1),
  );
  return rows[0] === undefined ? null : typeof rows[0].value === "number";
}
