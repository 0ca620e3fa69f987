import type { Line } from "./reservation-store";

/** One line per product, quantities summed, in order of first mention. */
export function summed(lines: readonly Line[]): readonly Line[] {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return linesOf(quantities);
}

/** The cart with each of `changes` applied: the quantity replaces, 0 removes the line, new products go to the end. */
export function withSet(cart: readonly Line[], changes: readonly Line[]): readonly Line[] {
  if (cart.length === 0) return changes.filter((line) => line.quantity > 0);
  const quantities = quantitiesOf(cart);
  for (const { productId, quantity } of changes) {
    if (quantity === 0) quantities.delete(productId);
    else quantities.set(productId, quantity);
  }
  return linesOf(quantities);
}

/** The cart with quantities raised to at least these. */
export function withAtLeast(cart: readonly Line[], least: readonly Line[]): readonly Line[] {
  const quantities = quantitiesOf(cart);
  for (const { productId, quantity } of least)
    quantities.set(productId, Math.max(quantities.get(productId) ?? 0, quantity));
  return linesOf(quantities);
}

/** The cart with quantities lowered to at most these; products not listed are removed. */
export function withAtMost(cart: readonly Line[], most: readonly Line[]): readonly Line[] {
  const quantities = quantitiesOf(most);
  return cart
    .map(({ productId, quantity }) => ({ productId, quantity: Math.min(quantity, quantities.get(productId) ?? 0) }))
    .filter((line) => line.quantity > 0);
}

function quantitiesOf(lines: readonly Line[]): Map<string, number> {
  return new Map(lines.map((line) => [line.productId, line.quantity]));
}

function linesOf(quantities: ReadonlyMap<string, number>): readonly Line[] {
  return Array.from(quantities, ([productId, quantity]) => ({ productId, quantity }));
}
