/**
 * The catalog as other modules see it. The driver is `supabase-catalog.server.ts`.
 *
 * Every method throws `UnavailableError` when the database times out or returns an error;
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
  /** Plain text with line breaks. */
  readonly description: string;
  /** Address of its picture: http(s), or a path on the shop's own site. */
  readonly image: string | null;
  /** Unit price, on pages and at Stripe: from `stripePrice` if the row names one, otherwise from its own columns. Null: shown, not for sale. */
  readonly price: Money | null;
  /** The Stripe Price to charge, if such a column is mapped and the row names one. `price` is its amount; if that is null, the product is unavailable. */
  readonly stripePrice: string | null;
  /** Units in the row when it was read, never below 0; null, negative and fractional values become 0. */
  readonly onHand: number;
  /** False: neither listed nor sold, but the product's page still works. True when no such column is mapped. */
  readonly active: boolean;
}

/** Orders that shoppers may choose instead of the shop's own, as in the list's URL; "-price": the highest first. */
export type ListSort = "price" | "-price" | "newest";

interface ListQuery {
  readonly page: number;
  readonly pageSize: number;
  /** Matches the name, ignoring case. */
  readonly search?: string | undefined;
  /** One of `ShopReads.sorts`; rows for which it is equal are in the order of the options. */
  readonly sort?: ListSort | undefined;
  /**
   * Rows without inventory come after all others, as a second list in the same order. Only the row counts, never holds: an item in a cart
   * moves no page. A row that sells out between the reads of one page is shown once.
   */
  readonly soldOutLast?: boolean | undefined;
}

export interface ProductPage {
  readonly products: readonly Product[];
  /** 1-based. */
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

/** The fields of a row that a reservation decides on. */
export interface VersionedStockRow {
  readonly name: string;
  /**
   * Exactly as in the row; may be negative. Null when there is no number to sell from: the value is null or not a whole number, is text
   * that PostgreSQL would write differently, or several rows share the id.
   */
  readonly inventory: number | null;
  /** As `Product.active`. */
  readonly active: boolean;
  /**
   * PostgreSQL's `xmin` of the row at this read. A different value means that the row was written since, whatever its numbers say.
   * Null if the relation has none (a view).
   */
  readonly version: string | null;
}

/** Stock rows by product id. Products without a row are absent. */
export type Stock = ReadonlyMap<string, VersionedStockRow>;

/** Reads of rows: of all of them, or only of those that are for sale (`PRODUCTS_FILTER`). A row that is left out reads as unknown. */
export interface ProductReads {
  /** One page of active products, in the order of the options. A page beyond the last is empty. */
  list(query: ListQuery): Promise<ProductPage>;

  /** Any number of rows by id, split into several queries if needed. Unknown and malformed ids are absent. Every call reads afresh. */
  products(productIds: readonly string[]): Promise<ReadonlyMap<string, Product>>;

  /** Rows by exact name: all rows with that name; an unknown name is absent. */
  productsNamed(names: readonly string[]): Promise<ReadonlyMap<string, readonly Product[]>>;

  /**
   * Fetches the Stripe Prices of these rows again, so that the next `products` is up to date: for rows without a known price, and after
   * Stripe rejected one. Also throws `UnavailableError` when Stripe does not respond.
   */
  rereadPrices(productIds: readonly string[]): Promise<void>;

  /**
   * A read of id, name, inventory and active that STARTS after this call. Callers that arrive while a read is running share the next
   * one, a single query (`app/reservations/README.md`, "Rules and their reasons": hold first, read second).
   */
  readStock(productIds: readonly string[]): Promise<Stock>;
}

/** What the shop's list needs besides: of rows that are for sale. */
export interface ShopReads extends ProductReads {
  /**
   * The sorts that this table can do. By price: if the price column has numbers, which is learned from the first row with a price, and
   * nothing else decides the price (a Stripe Price, a currency column). Newest: if `created` is mapped.
   */
  sorts(): Promise<readonly ListSort[]>;

  /**
   * Ids of the rows with inventory that follow this one in the shop's order, then those from the start: `count` at most, each once and
   * never the row itself. Up to half a minute old, and of the first 5,000 rows; any other id is followed by the start.
   */
  following(productId: string, count: number): Promise<readonly string[]>;
}

/** Every row, and the one way to change stock. */
export interface Catalog extends ProductReads {
  /**
   * Sets the inventory to `to` if it still is `from` and, when `version` is given, the row still has that version: one conditional
   * UPDATE, atomic in the database, then a read that checks whether the number was kept. A throw means that the outcome is unknown: the
   * update may have been applied. Concurrent swaps share their reads.
   *
   * @example
   * const swap = { productId: "mug", from: 3, to: 2, version: row.version };
   * const { outcome } = await catalog.compareAndSwap(swap); // "swapped", "changed" or "refused"
   */
  compareAndSwap(swap: StockSwap): Promise<SwapOutcome>;
}

export interface StockSwap {
  readonly productId: string;
  readonly from: number;
  readonly to: number;
  /** Version of the `VersionedStockRow` that `from` was read from; null or absent: only the number is compared. */
  readonly version?: string | null | undefined;
}

export type SwapOutcome =
  /** The update returned the row with `to`, and a later read did not show the old number. */
  | { readonly outcome: "swapped" }
  /** Not applied: no row matched (it was edited meanwhile, or deleted). */
  | { readonly outcome: "changed" }
  /** Definitely not applied. */
  | SwapRefusal;

export interface SwapRefusal {
  readonly outcome: "refused";
  /** `row`: this row rejects this change (a constraint, a trigger, a policy). `setup`: every row would (key, read-only mode, schema). */
  readonly by: "row" | "setup";
  /** Code from PostgreSQL or PostgREST, or one of our own if the database gave none. */
  readonly code: string;
  /** For an operator: the database's message and what to do about it. */
  readonly message: string;
}
