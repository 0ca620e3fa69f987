import type { Catalog } from "~/catalog/catalog";
import type { ReservationStore } from "~/reservations/reservation-store";
import { productAvailability, type ProductAvailability } from "./product-availability";

/** Live figures of each product that exists, as this session (null: nobody in particular) may use them. Throws `UnavailableError`. */
export async function readAvailability(
  shop: { readonly lookUpStock: Catalog["readStock"]; readonly store: Pick<ReservationStore, "held"> },
  sessionHash: string | null,
  productIds: readonly string[],
): Promise<ProductAvailability[]> {
  const held = await shop.store.held({ sessionHash, productIds });
  const now = Date.now();
  // After the holds: the other way round, a unit that is sold in between would count as free.
  const rows = await shop.lookUpStock(productIds);
  return productIds.flatMap((productId) => {
    const row = rows.get(productId);
    const units = held.get(productId);
    return row === undefined || units === undefined ? [] : [productAvailability(productId, row, units, now)];
  });
}
