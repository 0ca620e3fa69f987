import type { Container } from "~/create-container.server";
import { available, onHandOf } from "~/reservations/availability";

export interface ProductAvailability {
  readonly product_id: string;
  readonly inventory: number;
  readonly held: number;
  readonly available: number;
  readonly held_by_you: number;
  /** ISO 8601; when the next unit in another cart may free up. */
  readonly next_release_at: string | null;
}

/** Live figures of each product that exists, as this session (null: nobody in particular) may use them. Throws `UnavailableError`. */
export async function readAvailability(
  shop: Pick<Container, "catalog" | "store">,
  session: string | null,
  productIds: readonly string[],
): Promise<ProductAvailability[]> {
  const [held, rows] = await Promise.all([shop.store.held({ session, productIds }), shop.catalog.readStock(productIds)]);
  const now = Date.now();
  return productIds.flatMap((productId) => {
    const row = rows.get(productId);
    const units = held.get(productId);
    if (row === undefined || units === undefined) return [];
    const onHand = onHandOf(row);
    return {
      product_id: productId,
      inventory: onHand,
      held: units.total,
      available: available(onHand, units.units),
      held_by_you: units.byYou,
      next_release_at: units.nextReleaseInMs === null ? null : new Date(now + units.nextReleaseInMs).toISOString(),
    };
  });
}
