import type { ProductColumns } from "./product-columns";
import type { ProductsTable } from "./products-table.server";
import { narrowed, type RowFilter } from "./row-filter";

/** Every shown row has inventory or has none. What is no number is compared as PostgreSQL compares its column's type. */
export type Part = "all" | "stocked" | "soldOut";

interface ShownOptions {
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  readonly filter: RowFilter;
}

interface SelectOptions {
  readonly part: Part;
  /** Asks for the exact count of all matches. */
  readonly count?: "exact";
  /** Asks for no rows. */
  readonly head?: boolean;
}

/** Starts a query of the rows that the list shows: those that pass the filter and are active. */
export function selectShown(
  { table, columns, filter }: ShownOptions,
  select: string,
  { part, ...options }: SelectOptions,
) {
  const passing = narrowed(table.from().select(select, options), filter);
  const active = columns.active === null ? passing : passing.eq(columns.active, true);
  switch (part) {
    case "all":
      return active;
    case "stocked":
      return active.gt(columns.inventory, 0);
    case "soldOut":
      // Inside `and`, because the sandbox would merge a second `or` with one of the filter's.
      return narrowed(active, [
        { key: "and", condition: `(or(${columns.inventory}.lte.0,${columns.inventory}.is.null))` },
      ]);
  }
}
