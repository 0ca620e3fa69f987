import type { ProductsTable } from "~/catalog/products-table.server";
import { UnavailableError } from "~/errors";
import { examineDecidingColumns } from "./deciding-columns.server";
import { examinePublicWrite, findStockRow, type StockRow } from "./examine-public-write.server";
import { examineReads } from "./examine-reads.server";
import { examineRows } from "./examine-rows.server";
import { failed, note, ok, type Finding } from "./finding";
import { proposeView } from "./propose-view.server";
import { proveSwaps, UNPROVEN_SWAPS } from "./prove-swaps";
import { proveWrite } from "./prove-write";
import { sampleRows, type SoldTable } from "./sampled-rows.server";
import { showRows, type Pictures } from "./show-rows.server";

export interface TableSettings extends Omit<SoldTable, "columns"> {
  /** The table with the publishable key; null if there is none. */
  readonly publicTable: ProductsTable | null;
  /** Id of a product that one unit may be taken of, and returned; null: none. */
  readonly writeTo: string | null;
}

/** Shows what the shop would sell from the table, and finds what would prevent sales or make them wrong. */
export async function* examineTable(settings: TableSettings, pictures: Pictures): AsyncGenerator<Finding> {
  const { catalog, table } = settings;
  const report = await catalog.probe();
  if (report.ok) yield ok(`Table "${table.table}" has all columns, and its rows can be read and updated.`);
  for (const text of report.problems) yield failed(text);
  for (const text of report.warnings) yield note(text);
  try {
    const mapping = await catalog.examineMapping();
    // An impossible one is among the problems above.
    if (mapping.outcome === "impossible") {
      yield* proposal(table);
      return;
    }
    yield* mapping.notes.map(note);
    const sold = { ...settings, columns: mapping.columns };
    const sample = await sampleRows(sold);
    yield* await showRows(sample, pictures);
    yield* examineRows(sold, sample);
    yield* examineDecidingColumns(sold, sample.offered);
    yield* examineWrites(settings, sold, await findStockRow(sold, sample));
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    if (report.ok) yield failed(`The rows cannot be read: ${error.message}`);
    else yield* proposal(table);
    return;
  }
  yield* await examineReads(catalog.offers, pictures.publicUrl);
}

/** Tests whether the public can change the stock, and whether the shop can. */
async function* examineWrites(
  { publicTable, writeTo }: TableSettings,
  sold: SoldTable,
  row: StockRow | null,
): AsyncGenerator<Finding> {
  if (row !== null) yield await examinePublicWrite(sold, publicTable, row);
  const written = await proveWrite(sold.catalog, writeTo);
  yield written;
  if (row?.isView !== true) return;
  if (writeTo === null) yield UNPROVEN_SWAPS;
  else if (written.state === "ok") yield await proveSwaps(sold.catalog, writeTo);
}

async function* proposal(table: ProductsTable): AsyncGenerator<Finding> {
  const sql = await proposeView(table);
  if (sql !== null)
    yield note(
      `The missing columns are in the table that "${table.table}" refers to. Run this in Supabase's SQL editor, set PRODUCTS_TABLE=shop_products, and run doctor again:\n\n${sql}\n`,
    );
}
