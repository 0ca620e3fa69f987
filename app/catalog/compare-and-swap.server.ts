import { UnavailableError } from "~/errors";
import type { Catalog, Stock, StockSwap, SwapOutcome } from "./catalog";
import type { ProductColumns } from "./product-columns";
import { isMalformed } from "./product-ids.server";
import { updatedRowSchema, updatedSelect, VERSION_COLUMN } from "./product-row";
import { databaseCode, databaseError, inList, type ProductsTable } from "./products-table.server";
import { NO_ROW_UPDATED, NUMBER_NOT_KEPT, refusalOf } from "./swap-refusals";
import type { TableState } from "./table-state";

/** Rolled back where the update would reach two rows: their ids are not unique. */
const ONE_ROW = "return=representation,handling=strict,max-affected=1";

interface SwapOptions {
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  /** A fresh read that starts after the call. */
  readonly read: (productIds: readonly string[]) => Promise<Stock>;
  /** Learns of each outcome, and of reads that do not show what was written. */
  readonly state: TableState;
}

/**
 * See `Catalog.compareAndSwap`. One conditional UPDATE, and then a read: what an update returns is what PostgreSQL would have written
 * had no trigger run after it, and what a view's trigger says. Fails without the read: "puts the number back", "does nothing".
 */
export function createCompareAndSwap({ table, columns, read, state }: SwapOptions): Catalog["compareAndSwap"] {
  const updated = updatedRowSchema(columns);
  let limitsRows = true;

  /** The inventories of the rows that were updated: one, or none. */
  async function update({ productId, from, to, version }: StockSwap): Promise<(number | null)[]> {
    const byNumber = table
      .from()
      .update({ [columns.inventory]: to })
      .filter(columns.id, "in", inList([productId]))
      .eq(columns.inventory, from);
    const query = (typeof version === "string" ? byNumber.eq(VERSION_COLUMN, version) : byNumber).select(
      updatedSelect(columns),
    );
    try {
      return (await table.page(updated, limitsRows ? query.setHeader("Prefer", ONE_ROW) : query)).rows;
    } catch (error) {
      // PGRST122: PostgREST 12.0 and 12.1 do not know the limit, and say so before they do anything.
      if (!limitsRows || databaseCode(error) !== "PGRST122") throw error;
      limitsRows = false;
      return update({ productId, from, to, version });
    }
  }

  async function inventoryOf(productId: string) {
    return (await read([productId])).get(productId);
  }

  /** Nothing was updated. Where the row still is what was asked for, the database let the update reach no row. */
  async function whyNone({ productId, from, version }: StockSwap): Promise<SwapOutcome> {
    const row = await inventoryOf(productId);
    const isStill = row?.inventory === from && (typeof version !== "string" || row.version === version);
    return isStill ? NO_ROW_UPDATED : { outcome: "changed" };
  }

  /**
   * The database says that it wrote `to`. A row that reads `from` was put back, or the read came from a replica that is behind: an
   * update that changes nothing finds out, because updates go to the primary. Another number is an edit made since.
   */
  async function whetherKept(swap: StockSwap): Promise<SwapOutcome> {
    const { productId, from } = swap;
    if (swap.to === from || (await inventoryOf(productId))?.inventory !== from) return { outcome: "swapped" };
    if ((await update({ productId, from, to: from })).length > 0) return NUMBER_NOT_KEPT;
    state.noteReads(true);
    throw new UnavailableError(
      `The row ${productId} was updated, and a read that came after shows its old number: reads come from a replica`,
    );
  }

  async function afterTheError(error: unknown, productId: string): Promise<SwapOutcome> {
    if (isMalformed(error) && (await inventoryOf(productId)) === undefined) return { outcome: "changed" };
    const said = databaseError(error);
    const isReadable = () =>
      inventoryOf(productId).then(
        (row) => row !== undefined,
        () => false,
      );
    const refusal = said === null ? null : await refusalOf(said, isReadable);
    if (refusal === null) throw error;
    return refusal;
  }

  async function swapOnce(swap: StockSwap): Promise<SwapOutcome> {
    const { productId, from, to } = swap;
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to))
      throw new Error(`Inventory is whole: ${from} → ${to}`);
    let written: (number | null)[];
    try {
      written = await update(swap);
    } catch (error) {
      return afterTheError(error, productId);
    }
    const [inventory] = written;
    if (inventory === undefined) return whyNone(swap);
    if (written.length > 1)
      throw new UnavailableError(
        `${written.length} rows of "${table.table}" have the id ${productId}, and all were changed`,
      );
    if (inventory === to) return whetherKept(swap);
    if (inventory === from) return NUMBER_NOT_KEPT;
    throw new UnavailableError(
      `The row ${productId} was to have the inventory ${to}, and the database made it ${String(inventory)}`,
    );
  }

  return async (swap) => {
    const outcome = await swapOnce(swap);
    state.noteSwap(outcome);
    return outcome;
  };
}
