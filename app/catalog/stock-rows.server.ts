import type { Stock } from "./catalog";
import type { ProductColumns } from "./product-columns";
import { createIdReader } from "./product-ids.server";
import {
  isTooLong,
  MAX_SELLABLE_ID_LENGTH,
  stockRowSchema,
  stockSelect,
  toStockRow,
  wholeNumber,
  type SelectedStockRow,
} from "./product-row";
import { databaseCode, databaseError, inList, inLists, type ProductsTable } from "./products-table.server";

/** Most rows that are listed. */
const MAX_ODDITIES = 10;

/**
 * Reads stock rows by id, with their version if the relation has one; the first read finds out, and the first one after `forget`.
 * Rows that share an id have no inventory to sell, because it is undefined which of them a sale would take from.
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
      if (!mayRejectVersion(error)) throw error;
      const rows = await select(ids, false);
      versioned = false;
      return rows;
    }
  }

  const oddities = new Map<string, string>();

  function note(productId: string, reason: string | null): void {
    if (reason === null) oddities.delete(productId);
    else if (oddities.size < MAX_ODDITIES || oddities.has(productId)) oddities.set(productId, reason);
  }

  return {
    async read(productIds: readonly string[]): Promise<Stock> {
      const rows = await inLists(productIds, (list) => readByIds(list, readRows));
      const stock = new Map<string, ReturnType<typeof toStockRow>>();
      for (const row of rows) {
        const read = toStockRow(row, columns);
        const isDuplicate = stock.has(row.id);
        stock.set(row.id, isDuplicate ? { ...read, inventory: null, version: null } : read);
        note(row.id, isDuplicate ? `Several rows have the id ${row.id}` : oddity(row));
      }
      return stock;
    },

    /** Rows read so far that cannot be sold for a reason the table's owner may not notice, one sentence each. */
    oddities: () => [...oddities.values()].map((reason) => `${reason}: it is shown as sold out until this is fixed.`),

    /** Makes the next read check again whether the relation has versions: a view may have become a table. */
    forget(): void {
      versioned = true;
    },
  };
}

function oddity({ id, inventory }: SelectedStockRow): string | null {
  if (isTooLong(id)) return `The id ${id.slice(0, 40)}… is longer than ${MAX_SELLABLE_ID_LENGTH} characters`;
  const isMisspelt = typeof inventory === "string" && wholeNumber(inventory) === null;
  return isMisspelt
    ? `The inventory of ${id} is the text ${JSON.stringify(inventory.slice(0, 40))}, not a whole number as PostgreSQL writes it`
    : null;
}

/** Whether the read may succeed without the version: the column is missing or not permitted, or a gateway rejects its name. */
function mayRejectVersion(error: unknown): boolean {
  const code = databaseCode(error);
  if (code !== null)
    return code === "42703" || code === "42501" || code === "0A000" || code.startsWith("PGRST1") || code === "PGRST204";
  const status = databaseError(error)?.status;
  return status === 400 || status === 403;
}
