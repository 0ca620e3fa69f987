import type { OthersUnits, PlaceLine } from "./reservation-store";

/** The fields of a product row that a reservation needs; `inventory` is the unchecked value of the row. */
export interface StockRow {
  readonly name: string;
  readonly inventory: number | null;
  readonly active: boolean;
}

/** Reads rows by product id. The read must START after the call. Omits unknown products. Throws `UnavailableError`. */
export type ReadStock = (productIds: readonly string[]) => Promise<ReadonlyMap<string, StockRow>>;

/** Units that a session may hold in total: those on hand that no OTHER session holds. Always derived, never stored. */
export function available(onHand: number, heldByOthers: number): number {
  return Math.max(0, onHand - heldByOthers);
}

/** Units of a row that can be sold: 0 if the row is inactive or its inventory is null, negative or fractional. */
export function onHandOf(row: Pick<StockRow, "inventory" | "active">): number {
  const { active, inventory } = row;
  return active && inventory !== null && Number.isSafeInteger(inventory) && inventory > 0 ? inventory : 0;
}

export type Shortage = "sold_out" | "held_by_others";

/**
 * Decides why a line does not fit: `held_by_others` if units in other carts would help, otherwise `sold_out`.
 * `missed` counts the additional units that would be granted if no one else held any.
 *
 * @example
 * shortageOf({ quantity: 5, onHand: 2, available: 1 }); // { shortage: "held_by_others", missed: 1 }
 */
export function shortageOf({
  quantity,
  onHand,
  available,
}: {
  readonly quantity: number;
  readonly onHand: number;
  readonly available: number;
}): { readonly shortage: Shortage | null; readonly missed: number } {
  if (available >= quantity) return { shortage: null, missed: 0 };
  const missed = Math.max(0, Math.min(quantity, onHand) - available);
  return { shortage: missed > 0 ? "held_by_others" : "sold_out", missed };
}

/** Whether every line fits by its hint less the units of others ("Look before placing"). A line without a hint fits. */
export function mayFit(lines: readonly PlaceLine[], others: ReadonlyMap<string, OthersUnits>): boolean {
  for (const { productId, quantity, hint } of lines) {
    if (typeof hint !== "number" || quantity === 0) continue;
    if (hint - (others.get(productId)?.units ?? 0) < quantity) return false;
  }
  return true;
}
