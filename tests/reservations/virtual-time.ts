import type { Clock } from "~/reservations/clock";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Time that advances only after everything possible at the current moment has happened, so that minutes of a crowd take
 * seconds and always give the same result. Calls that leave the process (Redis) go through `during`: time stands still
 * until they return.
 */
export class VirtualTime implements Clock {
  #now = 0;
  #underWay = 0;
  /** Latest first. */
  readonly #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    const at = this.#now + milliseconds;
    return new Promise((wake) => {
      let low = 0;
      let high = this.#sleepers.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((this.#sleepers[middle]?.at ?? 0) > at) low = middle + 1;
        else high = middle;
      }
      this.#sleepers.splice(low, 0, { at, wake });
    });
  }

  async during<Result>(call: Promise<Result>): Promise<Result> {
    this.#underWay += 1;
    try {
      return await call;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Lets time pass until `isOver`, which is checked before each step, or until nothing is left to wait for. */
  async run(isOver: () => boolean): Promise<void> {
    for (;;) {
      await this.#settled();
      if (isOver()) return;
      const next = this.#sleepers.pop();
      if (next === undefined) return;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }

  /** Waits for one turn of the event loop, in which every promise resolves that needs neither time nor another process. */
  async #settled(): Promise<void> {
    do await new Promise<void>((resume) => setImmediate(resume));
    while (this.#underWay > 0);
  }
}
