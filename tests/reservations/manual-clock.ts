import type { Clock } from "~/reservations/clock";

/** A clock that moves only by `advance`. */
export class ManualClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
