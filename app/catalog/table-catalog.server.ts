import { activeColumnProblem } from "./active-column.server";
import { checkPrices } from "./check-prices.server";
import { createCompareAndSwap } from "./compare-and-swap.server";
import type { MappingReport } from "./detect-columns.server";
import { probeCatalog } from "./probe-catalog.server";
import type { ProductColumns } from "./product-columns";
import { createProductReads } from "./product-reads.server";
import type { ProductsTable } from "./products-table.server";
import { createRowPrices } from "./row-prices";
import { createSharedRead } from "./shared-stock-read";
import { createStockReader } from "./stock-rows.server";
import type { SupabaseCatalog, SupabaseCatalogOptions } from "./supabase-catalog-contract.server";
import { createTableState } from "./table-state";

interface TableCatalogOptions extends SupabaseCatalogOptions {
  readonly columns: ProductColumns;
}

/** The catalog over a table whose columns are known. */
export function createTableCatalog(table: ProductsTable, options: TableCatalogOptions): SupabaseCatalog {
  const { columns, filter = [], prices, log } = options;
  const currency = options.currency.toLowerCase();
  const stock = createStockReader(table, columns);
  const state = createTableState(log);
  const { priceUnit, imageBaseUrl = null } = options;
  const pricesOfRows = () => createRowPrices({ columns, priceUnit, currency, imageBaseUrl, prices, log });
  const order = options.order ?? [{ column: columns.name, ascending: true }];
  const readStock = (ids: readonly string[]) => stock.read(ids);
  const parts = { table, columns, order, prices, readStock };

  const rowPrices = pricesOfRows();
  const offers = createProductReads({ ...parts, filter, rowPrices });
  // Prices of rows that are not for sale cause no warning.
  const all = filter.length === 0 ? offers : createProductReads({ ...parts, filter: [], rowPrices: pricesOfRows() });
  // A separate read, so that a sale does not wait for shoppers' reads.
  const compareAndSwap = createCompareAndSwap({ table, columns, state, read: createSharedRead(readStock) });

  async function examineMapping(): Promise<MappingReport> {
    const message = columns.active === null ? null : await activeColumnProblem(table, columns.active);
    state.noteMapping(message);
    return message === null ? { outcome: "usable", columns, notes: [] } : { outcome: "impossible", message };
  }

  return {
    ...all,
    offers,
    compareAndSwap,
    checkPrices: () => checkPrices({ table, columns, filter, prices, rowPrices }),
    get unavailable() {
      return rowPrices.problems().length;
    },
    examineMapping,
    probe() {
      stock.forget();
      return probeCatalog({
        examineMapping,
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
