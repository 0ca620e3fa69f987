import type { HeldUnits } from "~/reservations/reservation-store";
import { available } from "~/reservations/stock";

/** The stock of a product as a shopper sees it, in units. */
export interface StockView {
  readonly onHand: number;
  /** Units that this shopper may hold in all, including those already held. */
  readonly available: number;
  readonly heldByYou: number;
  /** When a unit in another cart may become available, in epoch milliseconds; null if none has a deadline. */
  readonly nextReleaseAt: number | null;
}

/** `held` undefined: no holds. `now`: epoch milliseconds. */
export function stockView(onHand: number, held: HeldUnits | undefined, now: number): StockView {
  const nextReleaseInMs = held?.nextReleaseInMs ?? null;
  return {
    onHand,
    available: available(onHand, held?.units ?? 0),
    heldByYou: held?.byYou ?? 0,
    nextReleaseAt: nextReleaseInMs === null ? null : now + nextReleaseInMs,
  };
}
