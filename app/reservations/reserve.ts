import type { Claim, Line, ReservationStore, SessionView } from "./reservation-store";

/** The little of a product row that a reservation decides on; inventory as in the row. */
export interface StockRow {
  readonly name: string;
  readonly inventory: number | null;
  readonly active: boolean;
}

/** Reads rows by product id; the read must START after the call. Unknown products are absent. Throws `UnavailableError`. */
export type ReadStock = (productIds: readonly string[]) => Promise<ReadonlyMap<string, StockRow>>;

export interface ReserveDependencies {
  readonly store: ReservationStore;
  readonly readStock: ReadStock;
  readonly limits: { readonly maxUnitsPerLine: number; readonly maxLinesPerCart: number };
  readonly newOperationId: () => string;
  /** Waits a random 20 to 100 ms between tries; injected so that tests own time. */
  readonly backOff: () => Promise<void>;
}

export interface ReserveRequest {
  readonly session: string;
  /** Sets the session's quantity of each product; 0 releases it. Lines of one product are summed. */
  readonly lines: readonly Line[];
}

export type ReserveOutcome =
  | { readonly outcome: "granted"; readonly lines: readonly DecidedLine[]; readonly view: SessionView }
  | { readonly outcome: "refused"; readonly lines: readonly DecidedLine[] }
  | { readonly outcome: "unknown_product"; readonly productIds: readonly string[] }
  | { readonly outcome: "limit_exceeded"; readonly limit: "units_per_line" | "lines_per_cart"; readonly max: number }
  | { readonly outcome: "checkout_open"; readonly claim: Claim };

/** What became of one line, with the facts that a person needs to understand it. */
export interface DecidedLine {
  readonly productId: string;
  /** Null for a product that no longer exists (only ever released). */
  readonly name: string | null;
  readonly requested: number;
  /** What this session may hold in all, its own units included. */
  readonly available: number;
  /** Null: the line fits. `held_by_others`: units are there but in other carts. `sold_out`: the stock itself is too short. */
  readonly shortage: "sold_out" | "held_by_others" | null;
  /** Until the next unit in another cart may lapse; null when unknown or none. */
  readonly nextReleaseInMs: number | null;
}
