import type { Catalog, SwapRefusal } from "~/catalog/catalog";
import type { CheckoutService } from "./checkout";

/** Attempts before giving up on a row that sales change between each read and its swap. */
const MAX_ATTEMPTS = 20;

interface Shop {
  readonly catalog: Pick<Catalog, "readStock" | "compareAndSwap">;
  readonly checkout: Pick<CheckoutService, "editStock">;
}

/** Exactly one of `inventory` (the new number) and `delta` (units to add; negative: to take away). */
export interface StockAdjustment {
  readonly productId: string;
  readonly inventory?: number | undefined;
  readonly delta?: number | undefined;
}

export interface StockMoved {
  readonly outcome: "moved";
  /** The number that was actually replaced. */
  readonly before: number;
  readonly after: number;
}

/** Nothing changed. */
export type StockRefusal =
  | { readonly outcome: "unknown_product" }
  /** The row has no whole number to start from. */
  | { readonly outcome: "not_a_number" }
  | { readonly outcome: "below_zero"; readonly inventory: number }
  /** Sales changed the row between each read and its swap. */
  | { readonly outcome: "row_busy" }
  | SwapRefusal;

/**
 * Sets or moves a row's inventory by hand, without undoing a sale that happens at the same time. Not idempotent with `delta`.
 * Throws `UnavailableError` when the database doesn't respond: the edit may have been applied.
 *
 * @example
 * await adjustStock(shop, { productId: "mug", delta: 5 }); // { outcome: "moved", before: 3, after: 8 }
 */
export function adjustStock(
  { catalog, checkout }: Shop,
  adjustment: StockAdjustment,
): Promise<StockMoved | StockRefusal> {
  return checkout.editStock(adjustment.productId, () => swapRow(catalog, adjustment));
}

async function swapRow(
  catalog: Shop["catalog"],
  { productId, inventory, delta = 0 }: StockAdjustment,
): Promise<StockMoved | StockRefusal> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const row = (await catalog.readStock([productId])).get(productId);
    if (row === undefined) return { outcome: "unknown_product" };
    const before = row.inventory;
    if (before === null) return { outcome: "not_a_number" };
    const after = inventory ?? before + delta;
    if (after < 0) return { outcome: "below_zero", inventory: before };
    const swap = await catalog.compareAndSwap({
      productId,
      from: before,
      to: after,
      version: row.version ?? undefined,
    });
    if (swap.outcome === "swapped") return { outcome: "moved", before, after };
    if (swap.outcome === "refused") return swap;
  }
  return { outcome: "row_busy" };
}
