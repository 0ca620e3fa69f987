import { UnavailableError } from "~/errors";
import { examineDecidingColumns } from "./deciding-columns.server";
import { examineReads } from "./examine-reads.server";
import { examineRows } from "./examine-rows.server";
import { failed, note, ok, type Finding } from "./finding";
import { sampleRows, type SoldTable } from "./sampled-rows.server";
import { showRows, type Pictures } from "./show-rows.server";

/** Shows what the shop would sell from the table, and finds what would keep it from selling, or have it sell wrongly. */
export async function* examineTable(settings: Omit<SoldTable, "columns">, pictures: Pictures): AsyncGenerator<Finding> {
  const { catalog, table } = settings;
  const report = await catalog.probe();
  if (report.ok) yield ok(`Table "${table.table}" has all columns, and its rows can be read and updated.`);
  for (const text of report.problems) yield failed(text);
  for (const text of report.warnings) yield note(text);
  try {
    const mapping = await catalog.examineMapping();
    // An impossible one is among the problems above.
    if (mapping.outcome === "impossible") return;
    yield* mapping.notes.map(note);
    const sold = { ...settings, columns: mapping.columns };
    const sample = await sampleRows(sold);
    yield* await showRows(sample, pictures);
    yield* examineRows(sold, sample);
    yield* examineDecidingColumns(sold, sample.offered);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    if (report.ok) yield failed(`The rows cannot be read: ${error.message}`);
    return;
  }
  yield* await examineReads(catalog.offers, pictures.publicUrl);
}
