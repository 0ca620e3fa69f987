import type { Catalog } from "./catalog";
import { checkPrices, type PriceReport } from "./check-prices.server";
import { createCompareAndSwap } from "./compare-and-swap.server";
import type { PriceUnit } from "./price";
import type { PriceSource } from "./price-source";
import { probeCatalog, type ProbeReport } from "./probe-catalog.server";
import { tableNameProblem, type ProductColumns } from "./product-columns";
import { createProductReads, type TableReads } from "./product-reads.server";
import { createProductsTable, type CatalogLog } from "./products-table.server";
import type { RowFilter } from "./row-filter";
import type { RowOrder } from "./row-order";
import { createRowPrices } from "./row-prices";
import { createSharedRead } from "./shared-stock-read";
import { createStockReader } from "./stock-rows.server";
import { createTableState, type TableClosure } from "./table-state";

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
  /** From `parseProductColumns`. */
  readonly columns: ProductColumns;
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

/** The catalog over the merchant's Supabase table. Throws immediately if the API cannot address the table's name. */
export function createSupabaseCatalog(options: SupabaseCatalogOptions): SupabaseCatalog {
  const { columns, filter = [], prices, log, timeoutMs = 2_500 } = options;
  const problem = tableNameProblem(options.table);
  if (problem !== null) throw new Error(`The products table: ${problem}`);

  const currency = options.currency.toLowerCase();
  const table = createProductsTable({ ...options, timeoutMs });
  const stock = createStockReader(table, columns);
  const state = createTableState(log);
  const { priceUnit, imageBaseUrl = null } = options;
  const pricesOfRows = () => createRowPrices({ columns, priceUnit, currency, imageBaseUrl, prices, log });
  const order = options.order ?? [{ column: columns.name, ascending: true }];
  const readStock = (ids: readonly string[]) => stock.read(ids);
  const parts = { table, columns, order, prices, readStock };

  const rowPrices = pricesOfRows();
  const offers = createProductReads({ ...parts, filter, rowPrices });
  // Prices of rows that are not for sale are nobody's warning.
  const all = filter.length === 0 ? offers : createProductReads({ ...parts, filter: [], rowPrices: pricesOfRows() });
  // A separate read, so that a sale does not wait for shoppers' reads.
  const compareAndSwap = createCompareAndSwap({ table, columns, state, read: createSharedRead(readStock) });

  return {
    ...all,
    offers,
    compareAndSwap,
    checkPrices: () => checkPrices({ table, columns, filter, prices, rowPrices }),
    get unavailable() {
      return rowPrices.problems().length;
    },
    probe() {
      stock.forget();
      return probeCatalog({
        table,
        columns,
        filter,
        order,
        key: options.key,
        priceOf: rowPrices.ownPrice,
        compareAndSwap,
        readStock,
        state,
      });
    },
    get oddities() {
      return [...stock.oddities(), ...rowPrices.warnings()];
    },
    get closedBy() {
      return state.closedBy();
    },
  };
}
