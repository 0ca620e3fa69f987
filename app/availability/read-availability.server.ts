import type { ProductReads } from "~/catalog/catalog";
import type { ReservationStore } from "~/reservations/reservation-store";
import { productAvailability, type ProductAvailability } from "./product-availability";

/** Availability of all existing products for a session (null: none). Throws `UnavailableError`. */
export async function readAvailability(
  shop: { readonly lookUpStock: ProductReads["readStock"]; readonly store: Pick<ReservationStore, "held"> },
  sessionHash: string | null,
  productIds: readonly string[],
): Promise<ProductAvailability[]> {
  const held = await shop.store.held({ sessionHash, productIds });
  const now = Date.now();
  // Read rows after holds: in the other order, a unit sold in between would count as free.
  const rows = await shop.lookUpStock(productIds);
  return productIds.flatMap((productId) => {
    const row = rows.get(productId);
    const units = held.get(productId);
    return row === undefined || units === undefined ? [] : [productAvailability(productId, row, units, now)];
  });
}
