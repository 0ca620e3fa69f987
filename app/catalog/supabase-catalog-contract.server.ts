import type { Catalog } from "./catalog";
import type { PriceReport } from "./check-prices.server";
import type { MappingReport } from "./detect-columns.server";
import type { PriceUnit } from "./price";
import type { PriceSource } from "./price-source";
import type { ProbeReport } from "./probe-catalog.server";
import type { ProductColumns } from "./product-columns";
import type { TableReads } from "./product-reads.server";
import type { CatalogLog } from "./products-table.server";
import type { RowFilter } from "./row-filter";
import type { RowOrder } from "./row-order";
import type { TableClosure } from "./table-state";

export interface SupabaseCatalogOptions {
  /** The project's URL, without `/rest/v1`. */
  readonly url: string;
  /** A secret key (`sb_secret_…`) or the older service_role key. */
  readonly key: string;
  /** Replaces the global fetch, for the sandbox or a test. */
  readonly fetch?: typeof fetch | undefined;
  /** Default: `public`. */
  readonly schema?: string | undefined;
  readonly table: string;
  /** From `parseProductColumns`; null: detected by `detectColumns`. */
  readonly columns: ProductColumns | null;
  /** Which rows are for sale; default: all. */
  readonly filter?: RowFilter | undefined;
  /** Order of lists; default: by name. Rows for which it is equal are ordered by id. */
  readonly order?: RowOrder | null | undefined;
  readonly priceUnit: PriceUnit;
  /** ISO 4217; applies if the table has no currency column. */
  readonly currency: string;
  /** Comes before pictures that are paths; see `pictureAddress`. */
  readonly imageBaseUrl?: string | undefined;
  /** Reads the Stripe Prices that rows name; without it such rows have no price. */
  readonly prices?: PriceSource | undefined;
  /** Deadline for one query; a call may make several. Default: 2,500. */
  readonly timeoutMs?: number | undefined;
  readonly log?: CatalogLog | undefined;
}

/** Every row of the table, for operators and for whatever follows a payment. */
export type SupabaseCatalog = Catalog & {
  /** Only rows that are for sale, for shoppers. Without a filter both share their reads. */
  readonly offers: TableReads;
  /**
   * Whether the mapping of columns fits the table: detects it if none is set, and checks that `active` is a boolean. An impossible one
   * also closes the shop. Throws `UnavailableError`.
   */
  examineMapping(): Promise<MappingReport>;
  /** Checks table, columns and rights at startup; never throws. It writes: one row's inventory is set to the number it already has. */
  probe(): Promise<ProbeReport>;
  /** Why nothing can be sold from the table; null if it accepts updates, as far as this process knows. */
  readonly closedBy: TableClosure | null;
  /** Rows that cannot be sold as they are, one sentence each. */
  readonly oddities: readonly string[];
  /** Checks the Stripe Price of every row for sale that names one. */
  checkPrices(): Promise<PriceReport>;
  /** Number of products known to be unavailable because of their Stripe Prices. */
  readonly unavailable: number;
};
