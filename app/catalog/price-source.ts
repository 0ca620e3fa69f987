import type { Money } from "./catalog";

/** Why a Price is no price of a product: unknown to the account, switched off, its product switched off, a subscription's, or without one fixed amount. */
export type PriceFault = "missing" | "inactive" | "product_inactive" | "recurring" | "no_fixed_amount";

export type PriceReading =
  { readonly state: "usable"; readonly price: Money } | { readonly state: "unusable"; readonly fault: PriceFault };

/** Readings by Price id; absent: not known yet. */
type PriceReadings = ReadonlyMap<string, PriceReading>;

/**
 * The Prices that rows name, as the catalog needs them: amounts and currencies of a Price never change, whether it may be sold by does.
 * The driver is `price-book.server.ts` in `app/checkout/stripe`.
 */
export interface PriceSource {
  /** The last that is known, after half a second at most for those never read before. Never throws. */
  read(priceIds: readonly string[]): Promise<PriceReadings>;
  /** Reads them again, each by one call. Throws `UnavailableError` when one of them could not be read. */
  reread(priceIds: readonly string[]): Promise<void>;
  /**
   * Reads all of them again with few calls, behind everything that somebody waits for. Throws `UnavailableError` when one of them
   * could not be read; the others are known then.
   */
  warm(priceIds: readonly string[]): Promise<void>;
}
