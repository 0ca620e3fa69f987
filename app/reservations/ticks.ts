/**
 * Deadlines of the memory driver are whole ticks, rounded down. Results are computed from the rounded deadline, so a
 * hold ends exactly when its result said, at most one tick before its full lifetime.
 */
export const TICK_MS = 100;

/** The tick of a time in milliseconds. A deadline has passed unless it is after the current tick. */
export function tickOf(milliseconds: number): number {
  return Math.floor(milliseconds / TICK_MS);
}
