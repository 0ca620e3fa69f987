/**
 * What one server knows of the epochs of its store. An epoch names one rebuild: a counter that grows with each, and a random
 * id that tells two Redis servers with the same counter apart. It is never a time, because two servers have two clocks.
 *
 * A server cannot be sure that there is no newer epoch when it starts, nor when Redis last showed it one so long ago that
 * another Redis may have been rebuilt and have sold meanwhile. Then it has to read those that Stripe's sessions name.
 * Times are monotonic milliseconds.
 */
export class KnownEpoch {
  readonly #sureForMs: number;
  #newest: string | null = null;
  #isProven = false;
  #shownAt = -Infinity;

  /** `sureForMs`: shorter than what passes between the last word of one Redis and the first sale of another. */
  constructor(sureForMs: number) {
    this.#sureForMs = sureForMs;
  }

  get newest(): string | null {
    return this.#newest;
  }

  isProven(now: number): boolean {
    if (now - this.#shownAt > this.#sureForMs) this.#isProven = false;
    return this.#isProven;
  }

  /** Redis showed this epoch in response to what was sent at `sentAt`. */
  show(sentAt: number, epoch: string): void {
    this.#note(epoch);
    this.#shownAt = Math.max(this.#shownAt, sentAt);
  }

  /** There is no newer epoch than these and those known before. */
  prove(now: number, epochs: Iterable<string>): void {
    for (const epoch of epochs) this.#note(epoch);
    this.#shownAt = now;
    this.#isProven = true;
  }

  #note(epoch: string): void {
    if (counterOf(epoch) > counterOf(this.#newest)) this.#newest = epoch;
  }
}

function counterOf(epoch: string | null): number {
  return Number(/^(\d{1,15})\./.exec(epoch ?? "")?.[1] ?? 0);
}
