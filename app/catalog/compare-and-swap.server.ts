import { UnavailableError } from "~/errors";
import type { Catalog, Stock, StockSwap, SwapOutcome } from "./catalog";
import type { ProductColumns } from "./product-columns";
import { isMalformed } from "./product-ids.server";
import { updatedRowSchema, updatedSelect, VERSION_COLUMN } from "./product-row";
import { databaseCode, databaseError, inList, type ProductsTable } from "./products-table.server";
import { NO_ROW_UPDATED, NUMBER_NOT_KEPT, refusalOf } from "./swap-refusals";
import type { TableState } from "./table-state";

/** Makes PostgREST roll back an update that would reach two rows, because the id is not unique. */
const ONE_ROW = "return=representation,handling=strict,max-affected=1";

interface SwapOptions {
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  /** A read that starts after the call. */
  readonly read: (productIds: readonly string[]) => Promise<Stock>;
  /** Receives every outcome, and reports of reads that do not show what was written. */
  readonly state: TableState;
}

/**
 * Implements `Catalog.compareAndSwap`: one conditional UPDATE, then a read, because the row that an update returns ignores triggers that
 * run afterwards and is whatever a view's trigger returns. Fails without the read: "refuses the sale because the number was not kept".
 */
export function createCompareAndSwap({ table, columns, read, state }: SwapOptions): Catalog["compareAndSwap"] {
  const updated = updatedRowSchema(columns);
  let limitsRows = true;

  /** The inventory of each updated row: one or none. */
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
      // PGRST122: PostgREST 12.0 and 12.1 do not know the limit, and refuse before doing anything.
      if (!limitsRows || databaseCode(error) !== "PGRST122") throw error;
      limitsRows = false;
      return update({ productId, from, to, version });
    }
  }

  async function inventoryOf(productId: string) {
    return (await read([productId])).get(productId);
  }

  /** Nothing was updated. If the row still matches, the database keeps updates from reaching it. */
  async function explainNoMatch({ productId, from, version }: StockSwap): Promise<SwapOutcome> {
    const row = await inventoryOf(productId);
    const isStill = row?.inventory === from && (typeof version !== "string" || row.version === version);
    return isStill ? NO_ROW_UPDATED : { outcome: "changed" };
  }

  /**
   * The database reports that it wrote `to`. If the row still reads `from`, the change was reverted, or the read came from a stale
   * replica; an update that changes nothing tells which, because updates go to the primary. Any other number is a later edit.
   */
  async function confirmKept(swap: StockSwap): Promise<SwapOutcome> {
    const { productId, from } = swap;
    if (swap.to === from || (await inventoryOf(productId))?.inventory !== from) return { outcome: "swapped" };
    if ((await update({ productId, from, to: from })).length > 0) return NUMBER_NOT_KEPT;
    state.noteReads(true);
    throw new UnavailableError(
      `The row ${productId} was updated, but a later read shows its old number: reads come from a replica`,
    );
  }

  async function classifyError(error: unknown, productId: string): Promise<SwapOutcome> {
    if (isMalformed(error) && (await inventoryOf(productId)) === undefined) return { outcome: "changed" };
    const response = databaseError(error);
    const isReadable = () =>
      inventoryOf(productId).then(
        (row) => row !== undefined,
        () => false,
      );
    const refusal = response === null ? null : await refusalOf(response, isReadable);
    if (refusal === null) throw error;
    return refusal;
  }

  async function swapOnce(swap: StockSwap): Promise<SwapOutcome> {
    const { productId, from, to } = swap;
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to))
      throw new Error(`Inventory must be a whole number: ${from} → ${to}`);
    let written: (number | null)[];
    try {
      written = await update(swap);
    } catch (error) {
      return classifyError(error, productId);
    }
    const [inventory] = written;
    if (inventory === undefined) return explainNoMatch(swap);
    if (written.length > 1)
      throw new UnavailableError(
        `${written.length} rows of "${table.table}" have the id ${productId}, and all of them were changed`,
      );
    if (inventory === to) return confirmKept(swap);
    if (inventory === from) return NUMBER_NOT_KEPT;
    throw new UnavailableError(
      `The inventory of ${productId} was to become ${to}, but the database made it ${String(inventory)}`,
    );
  }

  return async (swap) => {
    const outcome = await swapOnce(swap);
    state.noteSwap(outcome);
    return outcome;
  };
}
