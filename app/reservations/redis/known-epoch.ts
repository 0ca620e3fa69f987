/**
 * The epochs of the store that one server knows of. An epoch identifies one rebuild: a counter that grows with each, and a
 * random id that tells apart two Redis servers with the same counter. It is never a time, because two servers have two
 * clocks.
 *
 * A server cannot be sure that there is no newer epoch when it starts, or when its last epoch from Redis is so old that
 * another Redis may have been rebuilt and sold stock since. It then reads the epochs in Stripe's sessions.
 * Times are monotonic milliseconds.
 */
export class KnownEpoch {
  readonly #trustForMs: number;
  #newest: string | null = null;
  #isProven = false;
  #observedAt = -Infinity;

  /** `trustForMs`: shorter than the time between the last reply of one Redis and the first sale on another. */
  constructor(trustForMs: number) {
    this.#trustForMs = trustForMs;
  }

  get newest(): string | null {
    return this.#newest;
  }

  isProven(now: number): boolean {
    if (now - this.#observedAt > this.#trustForMs) this.#isProven = false;
    return this.#isProven;
  }

  /** Takes the epoch of a reply to a script that was sent at `sentAt`. */
  observe(sentAt: number, epoch: string): void {
    this.#note(epoch);
    this.#observedAt = Math.max(this.#observedAt, sentAt);
  }

  /** Takes epochs of which one, or the newest known before, is certain to be the newest. */
  prove(now: number, epochs: Iterable<string>): void {
    for (const epoch of epochs) this.#note(epoch);
    this.#observedAt = now;
    this.#isProven = true;
  }

  #note(epoch: string): void {
    if (counterOf(epoch) > counterOf(this.#newest)) this.#newest = epoch;
  }
}

function counterOf(epoch: string | null): number {
  return Number(/^(\d{1,15})\./.exec(epoch ?? "")?.[1] ?? 0);
}
