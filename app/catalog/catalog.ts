/**
 * What the shop sells, as the other rooms see it. The driver is `supabase-catalog.server.ts`.
 *
 * Every method throws `UnavailableError` when the database does not answer in time or answers with an error;
 * an outage never reads as "sold out" or "unknown product".
 */

/** Characters of the longest id or name that is looked up: a longer one would not fit in a URL, so it is unknown without asking. */
export const MAX_ID_OR_NAME_LENGTH = 1_000;

/** Minor units (cents; yen for JPY) with a lower-case ISO 4217 code. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** One row of the merchant's table. */
export interface Product {
  /** The row's id as a string, whatever its type in the table (uuid, integer or text). */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly image: string | null;
  /** What one unit is sold for, on pages and at Stripe: by `stripePrice` where the row names one, else by its own columns. Null: shown, not for sale. */
  readonly price: Money | null;
  /** The Stripe Price that is charged, where the merchant maps such a column and the row names one. Its amount is `price`; null there: unavailable. */
  readonly stripePrice: string | null;
  /** Units in the row at the time of the read, never below 0; null, negative and fractional values read as 0. */
  readonly onHand: number;
  /** False: not listed, not sold; pages of the product still answer. True where no such column is mapped. */
  readonly active: boolean;
}

export interface ProductPage {
  readonly products: readonly Product[];
  /** 1-based. */
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

/** The little of a row that a reservation decides on. */
export interface VersionedStockRow {
  readonly name: string;
  /**
   * Exactly as in the row; may be negative. Null when there is no number to sell from: null, not a whole number, a text that is not
   * spelt as PostgreSQL spells numbers, or several rows with one id.
   */
  readonly inventory: number | null;
  /** As `Product.active`. */
  readonly active: boolean;
  /**
   * PostgreSQL's `xmin` of the row at this read: another value means that the row was written since, whatever its numbers say.
   * Null where the relation has none (a view).
   */
  readonly version: string | null;
}

/** Stock rows by product id. A product without a row is absent. */
export type Stock = ReadonlyMap<string, VersionedStockRow>;

export interface Catalog {
  /** Active products ordered by name, one page; `search` matches the name, case-insensitively. A page beyond the last is empty. */
  list(query: { page: number; pageSize: number; search?: string | undefined }): Promise<ProductPage>;

  /** Rows by id in any number (split into several queries where needed). Unknown and malformed ids are absent from the map. One read each call. */
  products(productIds: readonly string[]): Promise<ReadonlyMap<string, Product>>;

  /** Rows by exact name: several where the name is borne by several rows, none where it is unknown. */
  productsNamed(names: readonly string[]): Promise<ReadonlyMap<string, readonly Product[]>>;

  /**
   * Asks Stripe once more for the Prices of these rows, so that the next `products` tells what they are now: for rows that have none,
   * and after Stripe refused one. Throws `UnavailableError` also when Stripe does not answer.
   */
  rereadPrices(productIds: readonly string[]): Promise<void>;

  /**
   * A fresh read of id, name, inventory and active that STARTS after this call: callers that come while a read is running share
   * the next one (`app/reservations/README.md`: hold first, read second). One query serves all that wait.
   */
  readStock(productIds: readonly string[]): Promise<Stock>;

  /**
   * Sets inventory to `to` if it still is `from`, and the row still has this `version` where one is given: one conditional UPDATE,
   * atomic in the database, and a read that sees whether the number was kept. A throw means that the outcome is unknown: it may have
   * been applied. Swaps of several products that run side by side share their reads.
   */
  compareAndSwap(swap: StockSwap): Promise<SwapOutcome>;
}

export interface StockSwap {
  readonly productId: string;
  readonly from: number;
  readonly to: number;
  /** From the `VersionedStockRow` that `from` was read from; null or absent: the number alone decides. */
  readonly version?: string | null | undefined;
}

export type SwapOutcome =
  /** The database answered with the row and `to`, and a read after it did not show the old number. */
  | { readonly outcome: "swapped" }
  /** Not applied: no row matched (edited meanwhile, or gone). */
  | { readonly outcome: "changed" }
  /** Certainly not applied. */
  | SwapRefusal;

export interface SwapRefusal {
  readonly outcome: "refused";
  /** `row`: this row does not take this change (a constraint, a trigger, a policy). `setup`: no row would (key, read-only mode, schema). */
  readonly by: "row" | "setup";
  /** PostgreSQL's or PostgREST's code, or one of ours where the database gave none. */
  readonly code: string;
  /** For an operator: what the database said and what to do. */
  readonly message: string;
}
