import { onHandOf, type StockRow } from "./stock";

/** More than any shop sells at once, and a bound on the memory that it takes. */
const MAX_PRODUCTS = 10_000;

/**
 * The stock figure that was last read of each product, of any age, for `PlaceRequest.lines`. A hint and nothing more: one that
 * is too low costs its call a read, one that is too high costs what a call without any costs. So nothing feeds it but
 * the reads that reservations make anyway.
 */
export class LastFigures {
  readonly #figures = new Map<string, number>();
  readonly #blind = new Map<string, Promise<void>>();

  /** Null when no figure is known. */
  of(productId: string): number | null {
    return this.#figures.get(productId) ?? null;
  }

  /**
   * Runs an attempt for a product. While no figure is known of it the first attempt goes ahead, which will note one, and the others wait
   * for its end: so of one server only one ever holds a product in vain for want of a figure.
   */
  async afterFirst<Result>(productId: string, attempt: () => Promise<Result>): Promise<Result> {
    if (this.of(productId) !== null) return attempt();
    const first = this.#blind.get(productId);
    if (first !== undefined) {
      await first;
      return attempt();
    }
    const result = attempt();
    const end = () => void this.#blind.delete(productId);
    this.#blind.set(productId, result.then(end, end));
    return result;
  }

  /** Notes what a read of these products found. Absent rows are forgotten: made-up ids must not push out real ones. */
  note(productIds: readonly string[], rows: ReadonlyMap<string, StockRow>): void {
    for (const productId of productIds) {
      const row = rows.get(productId);
      if (row === undefined) this.#figures.delete(productId);
      else this.#figures.set(productId, onHandOf(row));
    }
    if (this.#figures.size <= MAX_PRODUCTS) return;
    for (const first of this.#figures.keys()) {
      this.#figures.delete(first);
      if (this.#figures.size <= MAX_PRODUCTS) return;
    }
  }
}
