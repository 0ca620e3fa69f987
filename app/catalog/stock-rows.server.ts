import type { Stock } from "./catalog";
import type { ProductColumns } from "./product-columns";
import { createIdReader } from "./product-ids.server";
import { stockRowSchema, stockSelect, toStockRow, type SelectedStockRow } from "./product-row";
import { databaseCode, databaseError, inList, inLists, type ProductsTable } from "./products-table.server";

/**
 * Reads stock rows by id, with their version where the relation has one: learned at the first read, and again after `forget`.
 * Two rows with one id have no inventory to sell: nobody can say which of them a sale would take from.
 */
export function createStockReader(table: ProductsTable, columns: ProductColumns) {
  const readByIds = createIdReader(table, columns);
  let versioned = true;

  const select = (ids: readonly string[], withVersion: boolean): Promise<SelectedStockRow[]> =>
    table.all(stockRowSchema, () =>
      table.from().select(stockSelect(columns, { versioned: withVersion }), { count: "exact" }).filter(columns.id, "in", inList(ids)).order(columns.id),
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

  return {
    async read(productIds: readonly string[]): Promise<Stock> {
      const rows = await inLists(productIds, (list) => readByIds(list, readRows));
      const stock = new Map<string, ReturnType<typeof toStockRow>>();
      for (const row of rows) {
        const read = toStockRow(row, columns);
        stock.set(row.id, stock.has(row.id) ? { ...read, inventory: null, version: null } : read);
      }
      return stock;
    },

    /** Whether the relation has versions is found out again at the next read: a view may have become a table. */
    forget(): void {
      versioned = true;
    },
  };
}

/** Whether the same read may succeed without the version: no such column, no right to it, or a gateway that does not like its name. */
function mayRefuseTheVersion(error: unknown): boolean {
  const code = databaseCode(error);
  if (code !== null) return code === "42703" || code === "42501" || code === "0A000" || code.startsWith("PGRST1") || code === "PGRST204";
  const status = databaseError(error)?.status;
  return status === 400 || status === 403;
}
