import { detectColumns } from "./detect-columns.server";
import { createDetectedCatalog } from "./detected-catalog.server";
import { tableNameProblem, type ProductColumns } from "./product-columns";
import { createProductsTable } from "./products-table.server";
import type { SupabaseCatalog, SupabaseCatalogOptions } from "./supabase-catalog-contract.server";
import { createTableCatalog } from "./table-catalog.server";

/** The catalog over the merchant's Supabase table. Throws immediately if the API cannot address the table's name. */
export function createSupabaseCatalog(options: SupabaseCatalogOptions): SupabaseCatalog {
  const { columns, timeoutMs = 2_500, log } = options;
  const problem = tableNameProblem(options.table);
  if (problem !== null) throw new Error(`The products table: ${problem}`);

  const table = createProductsTable({ ...options, timeoutMs });
  const open = (known: ProductColumns) => createTableCatalog(table, { ...options, columns: known });
  return columns === null ? createDetectedCatalog({ detect: () => detectColumns(table), open, log }) : open(columns);
}
