import type { OthersUnits, PlaceLine } from "./reservation-store";
import type { StockRow } from "./reserve";

/** What a session may hold in all: units on hand that no OTHER session holds. Derived whenever it is asked for, never stored. */
export function available(onHand: number, heldByOthers: number): number {
  return Math.max(0, onHand - heldByOthers);
}

/** Units that can be sold from a row: an inactive row and an inventory that is null, negative or fractional sell nothing. */
export function onHandOf(row: Pick<StockRow, "inventory" | "active">): number {
  const { active, inventory } = row;
  return active && inventory !== null && Number.isSafeInteger(inventory) && inventory > 0 ? inventory : 0;
}

/** The look before placing: whether no line is known not to fit beside what others hold. A missing hint speaks against nothing. */
export function mayFit(lines: readonly PlaceLine[], others: ReadonlyMap<string, OthersUnits>): boolean {
  for (const { productId, quantity, hint } of lines) {
    if (typeof hint !== "number" || quantity === 0) continue;
    if (hint - (others.get(productId)?.units ?? 0) < quantity) return false;
  }
  return true;
}
