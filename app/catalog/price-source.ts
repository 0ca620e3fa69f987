import type { Money } from "./catalog";

/** Why a Price cannot be charged: unknown to the account, inactive, its product inactive, for a subscription, or without one fixed amount. */
export type PriceProblem = "missing" | "inactive" | "product_inactive" | "recurring" | "no_fixed_amount";

export type PriceReading =
  { readonly state: "usable"; readonly price: Money } | { readonly state: "unusable"; readonly problem: PriceProblem };

/** Readings by Price id; absent: not yet known. */
type PriceReadings = ReadonlyMap<string, PriceReading>;

/**
 * The Stripe Prices that rows name. Amount and currency of a Price never change; whether it may be used does.
 * The driver is `price-book.server.ts` in `app/checkout/stripe`.
 */
export interface PriceSource {
  /** The last known readings. Waits half a second at most for Prices never read before. Never throws. */
  read(priceIds: readonly string[]): Promise<PriceReadings>;
  /** Reads each of them again with one call. Throws `UnavailableError` if one cannot be read. */
  reread(priceIds: readonly string[]): Promise<void>;
  /**
   * Reads all of them again with few calls, at a lower priority than any call that somebody waits for. Throws `UnavailableError` if one
   * cannot be read; the others are known by then.
   */
  warm(priceIds: readonly string[]): Promise<void>;
}
