/** Time as an argument, so that tests control it. */
export interface Clock {
  /** Monotonic milliseconds, for deadlines. */
  now(): number;
  /** Epoch milliseconds, for display and for dates that leave the process. */
  wall(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
};
