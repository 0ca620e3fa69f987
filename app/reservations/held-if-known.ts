import { UnavailableError } from "~/errors";
import type { HeldUnits, ReservationStore } from "./reservation-store";

/**
 * Held units, or an empty map while the store is unavailable or not rebuilt. Browsing goes on without them; adding to
 * the cart reports the error.
 */
export async function heldIfKnown(
  store: Pick<ReservationStore, "held">,
  sessionHash: string | null,
  productIds: readonly string[],
): Promise<ReadonlyMap<string, HeldUnits>> {
  try {
    return await store.held({ sessionHash, productIds });
  } catch (error) {
    if (error instanceof UnavailableError) return new Map();
    throw error;
  }
}
