/** The deadline of what does not lapse by time. */
export const NEVER = Infinity;

/**
 * A sum of units each of which counts until its own deadline, exact at every moment without anybody visiting the holds:
 * units are kept per deadline, and time moving on drops whole deadlines from the front. Deadlines are ticks (see `ticks.ts`),
 * so there are at most as many as a life has ticks, however many holds there are.
 *
 * `add` with negative units takes back what an earlier `add` with the same deadline put in; taking back what has lapsed
 * meanwhile does nothing.
 */
export class ExpiringTally {
  /** Ascending, and `#units[i]` counts until `#deadlines[i]`. A deadline stays until it passes, also when its units are back at 0. */
  readonly #deadlines: number[] = [];
  readonly #units: number[] = [];
  #sum = 0;
  /** How many of the deadlines have units. */
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

  /** The units that count at `now`. Time does not go back: an earlier `now` than before reads as the latest. */
  at(now: number): number {
    this.#drop(now);
    return this.#sum;
  }

  /** Nothing counts at `now` nor will later. Not the same as a sum of 0, which a tally with negative units may pass through. */
  isEmpty(now: number): boolean {
    this.#drop(now);
    return this.#filled === 0;
  }

  /** The first deadline at which units lapse other than those that one's own hold, until `ownDeadline`, adds; null when there is none. */
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

  /** Index of the first deadline that is not before this one. */
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
