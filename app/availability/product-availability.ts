import type { HeldUnits } from "~/reservations/reservation-store";
import { available, onHandOf, type StockRow } from "~/reservations/stock";

/** Availability of one product in API responses and stream events, in whole units. */
export interface ProductAvailability {
  readonly product_id: string;
  readonly inventory: number;
  readonly held: number;
  /** Units that this viewer may hold in all, including those already held. */
  readonly available: number;
  readonly held_by_you: number;
  /** ISO 8601: when the next unit in another cart may become available. */
  readonly next_release_at: string | null;
}

/** `row` undefined: the product has no row, so nothing can be sold. `now`: when `units` was read, in epoch milliseconds. */
export function productAvailability(
  productId: string,
  row: StockRow | undefined,
  units: HeldUnits,
  now: number,
): ProductAvailability {
  const onHand = row === undefined ? 0 : onHandOf(row);
  return {
    product_id: productId,
    inventory: onHand,
    held: units.total,
    available: available(onHand, units.units),
    held_by_you: units.byYou,
    next_release_at: units.nextReleaseInMs === null ? null : new Date(now + units.nextReleaseInMs).toISOString(),
  };
}

// The same moment, computed twice from durations, may differ by some milliseconds.
const SAME_MOMENT_MS = 1_000;

/** Whether a viewer that was sent `before` needs `after`. */
export function hasChanged(before: ProductAvailability | undefined, after: ProductAvailability): boolean {
  if (before === undefined) return true;
  const figures = ["inventory", "held", "available", "held_by_you"] as const;
  return (
    figures.some((figure) => before[figure] !== after[figure]) ||
    !isSameMoment(before.next_release_at, after.next_release_at)
  );
}

function isSameMoment(before: string | null, after: string | null): boolean {
  if (before === null || after === null) return before === after;
  return Math.abs(Date.parse(before) - Date.parse(after)) < SAME_MOMENT_MS;
}
