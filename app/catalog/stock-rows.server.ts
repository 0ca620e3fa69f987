import type { Stock } from "./catalog";
import type { ProductColumns } from "./product-columns";
import { createIdReader } from "./product-ids.server";
import {
  isTooLong,
  LONGEST_SELLABLE_ID,
  stockRowSchema,
  stockSelect,
  toStockRow,
  wholeNumber,
  type SelectedStockRow,
} from "./product-row";
import { databaseCode, databaseError, inList, inLists, type ProductsTable } from "./products-table.server";

/** So many are told at most; a table full of them is told by a few. */
const MOST_ODDITIES = 10;

/**
 * Reads stock rows by id, with their version where the relation has one: learned at the first read, and again after `forget`.
 * Two rows with one id have no inventory to sell: nobody can say which of them a sale would take from.
 */
export function createStockReader(table: ProductsTable, columns: ProductColumns) {
  const readByIds = createIdReader(table, columns);
  let versioned = true;

  const select = (ids: readonly string[], withVersion: boolean): Promise<SelectedStockRow[]> =>
    table.all(stockRowSchema, () =>
      table
        .from()
        .select(stockSelect(columns, { versioned: withVersion }), { count: "exact" })
        .filter(columns.id, "in", inList(ids))
        .order(columns.id),
    );

  async function readRows(ids: readonly string[]): Promise<SelectedStockRow[]> {
    if (!versioned) return select(ids, false);
    try {
      return await select(ids, true);
    } catch (error) {
      if (!mayRefuseTheVersion(error)) throw error;
      const rows = await select(ids, false);
      versioned = false;
      return rows;
    }
  }

  const oddities = new Map<string, string>();

  function note(productId: string, reason: string | null): void {
    if (reason === null) oddities.delete(productId);
    else if (oddities.size < MOST_ODDITIES || oddities.has(productId)) oddities.set(productId, reason);
  }

  return {
    async read(productIds: readonly string[]): Promise<Stock> {
      const rows = await inLists(productIds, (list) => readByIds(list, readRows));
      const stock = new Map<string, ReturnType<typeof toStockRow>>();
      for (const row of rows) {
        const read = toStockRow(row, columns);
        const isTwin = stock.has(row.id);
        stock.set(row.id, isTwin ? { ...read, inventory: null, version: null } : read);
        note(row.id, isTwin ? `Several rows have the id ${row.id}` : oddity(row));
      }
      return stock;
    },

    /** Rows met lately that cannot be sold for a reason the table's owner may not see, a sentence each. */
    oddities: () =>
      [...oddities.values()].map((reason) => `${reason}: it is shown as sold out until that is corrected.`),

    /** Whether the relation has versions is found out again at the next read: a view may have become a table. */
    forget(): void {
      versioned = true;
    },
  };
}

function oddity({ id, inventory }: SelectedStockRow): string | null {
  if (isTooLong(id)) return `The id ${id.slice(0, 40)}… is longer than ${LONGEST_SELLABLE_ID} characters`;
  const isMisspelt = typeof inventory === "string" && wholeNumber(inventory) === null;
  return isMisspelt
    ? `The inventory of ${id} is the text ${JSON.stringify(inventory.slice(0, 40))}, and not a whole number as PostgreSQL spells it`
    : null;
}

/** Whether the same read may succeed without the version: no such column, no right to it, or a gateway that does not like its name. */
function mayRefuseTheVersion(error: unknown): boolean {
  const code = databaseCode(error);
  if (code !== null)
    return code === "42703" || code === "42501" || code === "0A000" || code.startsWith("PGRST1") || code === "PGRST204";
  const status = databaseError(error)?.status;
  return status === 400 || status === 403;
}
