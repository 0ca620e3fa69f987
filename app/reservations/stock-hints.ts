import { onHandOf, type StockRow } from "./stock";

/** Bounds the memory, and is more than any shop sells at once. */
const MAX_PRODUCTS = 10_000;

/**
 * The last stock figure read for each product, of any age, for `PlaceRequest.lines`. Only a hint: one that is too low
 * costs a read, and one that is too high costs the same as none. It is therefore fed only by the reads of reservations.
 */
export class StockHints {
  readonly #hints = new Map<string, number>();
  /** First attempts without a hint that are still running, by product. */
  readonly #firstAttempts = new Map<string, Promise<void>>();

  /** The hint for a product, or null. */
  get(productId: string): number | null {
    return this.#hints.get(productId) ?? null;
  }

  /**
   * Runs an attempt for a product. While there is no hint, the first attempt runs at once and records one, and all
   * others wait until it ends. Each server therefore makes at most one call per product that blocks others needlessly.
   */
  async afterFirst<Result>(productId: string, attempt: () => Promise<Result>): Promise<Result> {
    if (this.get(productId) !== null) return attempt();
    const first = this.#firstAttempts.get(productId);
    if (first !== undefined) {
      await first;
      return attempt();
    }
    const result = attempt();
    const end = () => void this.#firstAttempts.delete(productId);
    this.#firstAttempts.set(productId, result.then(end, end));
    return result;
  }

  /** Records the rows found by a read of these products. Forgets absent ones: made-up ids must not evict real ones. */
  record(productIds: readonly string[], rows: ReadonlyMap<string, StockRow>): void {
    for (const productId of productIds) {
      const row = rows.get(productId);
      if (row === undefined) this.#hints.delete(productId);
      else this.#hints.set(productId, onHandOf(row));
    }
    if (this.#hints.size <= MAX_PRODUCTS) return;
    for (const first of this.#hints.keys()) {
      this.#hints.delete(first);
      if (this.#hints.size <= MAX_PRODUCTS) return;
    }
  }
}
