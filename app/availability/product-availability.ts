import type { HeldUnits } from "~/reservations/reservation-store";
import { available, onHandOf, type StockRow } from "~/reservations/stock";

/** Live figures of one product, as API answers and stream events tell them. Units are whole. */
export interface ProductAvailability {
  readonly product_id: string;
  readonly inventory: number;
  readonly held: number;
  /** What this viewer may hold in all, own units included. */
  readonly available: number;
  readonly held_by_you: number;
  /** ISO 8601; when the next unit in another cart may free up. */
  readonly next_release_at: string | null;
}

/** `row` undefined: there is none (any more), so nothing can be sold. `now`: epoch milliseconds at which `units` was read. */
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

// The same moment, computed twice from durations, differs by some milliseconds.
const SAME_MOMENT_MS = 1_000;

/** Whether a viewer who was told `before` has to be told `after`. */
export function isNews(before: ProductAvailability | undefined, after: ProductAvailability): boolean {
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
