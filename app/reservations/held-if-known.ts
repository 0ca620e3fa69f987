import { UnavailableError } from "~/errors";
import type { HeldUnits, ReservationStore } from "./reservation-store";

/**
 * Looking goes on while the store does not answer, or cannot count what was lost: nothing is known to be held then, and adding
 * to the cart says so.
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
