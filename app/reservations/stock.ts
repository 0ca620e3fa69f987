import type { OthersUnits, PlaceLine } from "./reservation-store";

/** The little of a product row that a reservation decides on; inventory as in the row. */
export interface StockRow {
  readonly name: string;
  readonly inventory: number | null;
  readonly active: boolean;
}

/** Reads rows by product id; the read must START after the call. Unknown products are absent. Throws `UnavailableError`. */
export type ReadStock = (productIds: readonly string[]) => Promise<ReadonlyMap<string, StockRow>>;

/** What a session may hold in all: units on hand that no OTHER session holds. Derived whenever it is asked for, never stored. */
export function available(onHand: number, heldByOthers: number): number {
  return Math.max(0, onHand - heldByOthers);
}

/** Units that can be sold from a row: an inactive row and an inventory that is null, negative or fractional sell nothing. */
export function onHandOf(row: Pick<StockRow, "inventory" | "active">): number {
  const { active, inventory } = row;
  return active && inventory !== null && Number.isSafeInteger(inventory) && inventory > 0 ? inventory : 0;
}

export type Shortage = "sold_out" | "held_by_others";

/**
 * Why a line does not fit, decided here only: `held_by_others` where units that other carts hold would help, `sold_out` where there
 * are none. `missed`: how many units would be granted besides if nobody else held any; of 5 asked for with 2 on hand and 1 held, 1.
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

/** The look before placing: whether no line is known not to fit beside what others hold. A missing hint speaks against nothing. */
export function mayFit(lines: readonly PlaceLine[], others: ReadonlyMap<string, OthersUnits>): boolean {
  for (const { productId, quantity, hint } of lines) {
    if (typeof hint !== "number" || quantity === 0) continue;
    if (hint - (others.get(productId)?.units ?? 0) < quantity) return false;
  }
  return true;
}
