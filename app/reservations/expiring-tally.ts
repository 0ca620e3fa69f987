/** The deadline of units that do not lapse. */
export const NEVER = Infinity;

/**
 * A sum of units that each count until their own deadline, exact at any time without visiting the holds. Units are kept
 * per deadline, and passing time drops whole deadlines from the front. Deadlines are ticks (see `ticks.ts`), so their
 * number is bounded by the ticks of a lifetime, however many holds there are.
 *
 * `add` with negative units reverts an earlier `add` with the same deadline; it does nothing if those have lapsed.
 */
export class ExpiringTally {
  /** Ascending; `#units[i]` counts until `#deadlines[i]`. A deadline stays until it passes, even at 0 units. */
  readonly #deadlines: number[] = [];
  readonly #units: number[] = [];
  #sum = 0;
  /** Number of deadlines with units. */
  #filled = 0;
  #now = -Infinity;

  add(deadline: number, units: number): void {
    if (deadline <= this.#now || units === 0) return;
    this.#sum += units;
    const at = this.#position(deadline);
    if (this.#deadlines[at] !== deadline) {
      this.#deadlines.splice(at, 0, deadline);
      this.#units.splice(at, 0, 0);
    }
    const before = this.#units[at] ?? 0;
    this.#units[at] = before + units;
    if (before === 0) this.#filled += 1;
    else if (before + units === 0) this.#filled -= 1;
  }

  /** The units that count at `now`. Time never goes back: an earlier `now` reads as the latest one. */
  at(now: number): number {
    this.#drop(now);
    return this.#sum;
  }

  /** Whether nothing counts at `now` or later. Differs from a sum of 0, which negative units can produce. */
  isEmpty(now: number): boolean {
    this.#drop(now);
    return this.#filled === 0;
  }

  /**
   * The first deadline at which units of others lapse; null if none. `ownUnits` until `ownDeadline` are the session's
   * own.
   */
  nextDeadline(now: number, ownDeadline: number, ownUnits: number): number | null {
    this.#drop(now);
    if (this.#filled === 0) return null;
    for (let i = 0; i < this.#deadlines.length; i += 1) {
      const deadline = this.#deadlines[i] ?? NEVER;
      const units = this.#units[i] ?? 0;
      if (deadline === NEVER) return null;
      if (units !== (deadline === ownDeadline ? ownUnits : 0)) return deadline;
    }
    return null;
  }

  #drop(now: number): void {
    if (now <= this.#now) return;
    this.#now = now;
    let lapsed = 0;
    for (
      let deadline = this.#deadlines[0];
      deadline !== undefined && deadline <= now;
      deadline = this.#deadlines[lapsed]
    ) {
      const units = this.#units[lapsed] ?? 0;
      this.#sum -= units;
      if (units !== 0) this.#filled -= 1;
      lapsed += 1;
    }
    if (lapsed === 0) return;
    this.#deadlines.splice(0, lapsed);
    this.#units.splice(0, lapsed);
  }

  /** Index of the first deadline at or after this one. */
  #position(deadline: number): number {
    let low = 0;
    let high = this.#deadlines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#deadlines[middle] ?? NEVER) < deadline) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
