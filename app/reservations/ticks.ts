/**
 * Deadlines of the memory driver are whole ticks. They are rounded down, so that no hold outlives what its answer said, and
 * answers are computed from the rounded deadline, so that it ends exactly when they said: at most one tick before the full time.
 */
export const TICK_MS = 100;

/** The tick that time is in. A deadline has passed when it is not after this tick. */
export function tickOf(milliseconds: number): number {
  return Math.floor(milliseconds / TICK_MS);
}
