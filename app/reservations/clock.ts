/** Time as an argument, so that tests own it. */
export interface Clock {
  /** Monotonic milliseconds: deadlines are measured with it. */
  now(): number;
  /** Epoch milliseconds: for display and for dates that leave the process. */
  wall(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
};
