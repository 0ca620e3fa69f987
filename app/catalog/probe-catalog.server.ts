import { z } from "zod";
import { UnavailableError } from "~/errors";
import type { Catalog, Money, Stock, SwapRefusal } from "./catalog";
import { hasColumn, isMissing, listNames, readColumnNames } from "./column-names.server";
import type { MappingReport } from "./detect-columns.server";
import { sortOrder } from "./list-sorts.server";
import type { ProductColumns } from "./product-columns";
import { idSelect, productRowSchema, productSelect, wholeNumber, type ProductRow } from "./product-row";
import { databaseError, inList, type ProductsTable } from "./products-table.server";
import { narrowed, type RowFilter } from "./row-filter";
import { ordered, type RowOrder } from "./row-order";
import { NO_ROW_UPDATED } from "./swap-refusals";
import { READS_FROM_REPLICA, type TableState } from "./table-state";

/** Messages for the person who sets the shop up. `ok`: no problems, so the shop can sell; warnings do not prevent that. */
export interface ProbeReport {
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

interface ProbeOptions {
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  readonly filter: RowFilter;
  readonly order: RowOrder;
  readonly key: string;
  readonly examineMapping: () => Promise<MappingReport>;
  readonly priceOf: (row: ProductRow) => Money | null;
  readonly compareAndSwap: Catalog["compareAndSwap"];
  /** Not shared: each call sends its own query. */
  readonly readStock: (productIds: readonly string[]) => Promise<Stock>;
  readonly state: TableState;
}

/** A row in demand may change between read and write, but hardly this often in a row. */
const WRITE_ATTEMPTS = 5;
/** Refusals for what this one row contains: a value out of range, a constraint, an id that is not unique. */
const OF_THIS_ROW = /^(22|23|44|PGRST124$)/;
/** Concurrent reads after the write: if there are replicas, one of them probably serves one. */
const READS_BACK = 4;

/**
 * Checks that the table exists and every mapped column, that it can be filtered and ordered, that this key may write the inventory, and that reads show what was
 * written. The write sets the first row's inventory to the number it already has, so no number changes (but triggers on the table run).
 * It therefore does not prove that a *change* is accepted; a sale does, or doctor's `--write`.
 */
export async function probeCatalog(options: ProbeOptions): Promise<ProbeReport> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const keyProblem = describeWeakKey(options.key);
  if (keyProblem !== null) problems.push(keyProblem);

  try {
    await probeTable(options, { problems, warnings });
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    problems.push(error.message);
  }
  return { ok: problems.length === 0, problems, warnings };
}

interface Findings {
  readonly problems: string[];
  readonly warnings: string[];
}

async function probeTable(options: ProbeOptions, { problems, warnings }: Findings): Promise<void> {
  const { table, columns, priceOf, compareAndSwap, readStock } = options;
  const missing = await missingColumns(table, columns);
  if (missing.length > 0) {
    problems.push(...missing);
    return;
  }
  const mapping = await options.examineMapping();
  if (mapping.outcome === "impossible") {
    problems.push(mapping.message);
    return;
  }
  const unlisted = await listingProblem(options);
  if (unlisted !== null) {
    problems.push(unlisted);
    return;
  }

  for (let attempt = 1; attempt <= WRITE_ATTEMPTS; attempt += 1) {
    const [first] = await firstRow(options);
    if (first === undefined) {
      warnings.push(
        options.filter.length > 0
          ? `No row of "${table.table}" passes PRODUCTS_FILTER, so nothing is for sale. Not tested: whether the inventory can be written.`
          : `The table "${table.table}" shows no rows: it is empty, or row level security hides them. Not tested: whether the inventory can be written.`,
      );
      return;
    }
    if (attempt === 1) warnings.push(...describeFirstRow(first, columns, priceOf));

    const row = (await readStock([first.id])).get(first.id);
    if (row === undefined) continue;
    if (row.inventory === null) {
      await explainNoNumber(options, first, { problems, warnings });
      return;
    }
    const written = await compareAndSwap({ productId: first.id, from: row.inventory, to: row.inventory });
    if (written.outcome === "changed") continue;
    if (written.outcome === "refused") {
      const message = describeRefusal(written, { table, columns, id: first.id });
      problems.push(message);
      if (!OF_THIS_ROW.test(written.code)) options.state.noteRefusedCheck({ code: written.code, message });
    } else await readBack(options, { id: first.id, version: row.version }, problems);
    return;
  }
  warnings.push(`The first row of "${table.table}" changes too often to be checked.`);
}

/** Of the rows for sale: the others may be private, such as another tenant's. */
async function firstRow({ table, columns, filter }: ProbeOptions): Promise<ProductRow[]> {
  const rows = await table.page(
    productRowSchema,
    narrowed(table.from().select(productSelect(columns)), filter)
      .order(columns.id)
      .limit(1),
  );
  return rows.rows;
}

/** Which setting keeps the rows from being listed, and why; null if they can be. */
async function listingProblem({ table, columns, filter, order }: ProbeOptions): Promise<string | null> {
  const ids = () => table.from().select(idSelect(columns)).limit(1);
  for (const [name, query] of [
    ["PRODUCTS_FILTER", narrowed(ids(), filter)],
    ["PRODUCTS_ORDER", ordered(ids(), order)],
    ["PRODUCTS_COLUMNS", ordered(ids(), sortOrder([], columns.created === null ? undefined : "newest", columns))],
  ] as const) {
    try {
      await table.page(z.unknown(), query);
    } catch (error) {
      const response = databaseError(error);
      if (response === null || response.status >= 500) throw error;
      return `${name} does not fit the table "${table.table}": ${response.message}`;
    }
  }
  return null;
}

/** Reports why the first row has no number to write back. */
async function explainNoNumber(
  { table, columns }: ProbeOptions,
  first: ProductRow,
  { problems, warnings }: Findings,
): Promise<void> {
  const { rows } = await table.page(
    z.unknown(),
    table
      .from()
      .select(idSelect(columns))
      .filter(columns.id, "in", inList([first.id])),
  );
  if (rows.length > 1) problems.push(describeDuplicateId(first.id, columns));
  else if (first.inventory === null || typeof first.inventory === "number")
    warnings.push(
      `Not tested: whether the inventory can be written. The first row of "${table.table}" has no whole number of units.`,
    );
  else
    problems.push(
      `The column "${columns.inventory}" has ${JSON.stringify(first.inventory).slice(0, 40)} where a whole number should be: map inventory to a column with the number of units.`,
    );
}

function describeDuplicateId(id: string, columns: ProductColumns): string {
  return `Several rows have the id ${id}: the column "${columns.id}" must be unique.`;
}

function describeRefusal(
  refusal: SwapRefusal,
  { table, columns, id }: { table: ProductsTable; columns: ProductColumns; id: string },
): string {
  if (refusal.code === "PGRST124") return describeDuplicateId(id, columns);
  if (refusal.code !== NO_ROW_UPDATED.code) return refusal.message;
  return `Rows of "${table.table}" can be read but not updated: row level security, a trigger or a missing grant blocks the update. Use the project's secret key and grant it UPDATE.`;
}

/** Detects read replicas: every write changes the row's version, so a read with the old one is stale. Views have no version to compare. */
async function readBack(
  { readStock, state }: ProbeOptions,
  { id, version }: { id: string; version: string | null },
  problems: string[],
): Promise<void> {
  if (version === null) return;
  const reads = await Promise.all(Array.from({ length: READS_BACK }, () => readStock([id])));
  const areBehind = reads.some((stock) => stock.get(id)?.version === version);
  state.noteReads(areBehind);
  if (areBehind) problems.push(READS_FROM_REPLICA.message);
}

/** One message for each mapped column that the table lacks; the last one lists the columns that it has. */
async function missingColumns(table: ProductsTable, columns: ProductColumns): Promise<string[]> {
  try {
    await table.page(z.unknown(), table.from().select(productSelect(columns)).limit(1));
    return [];
  } catch (error) {
    if (!isMissing(error)) throw error;
  }

  const mapped = Object.entries(columns).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  const known = await readColumnNames(
    table,
    mapped.map(([, column]) => column),
  );
  const problems: string[] = [];
  for (const [field, column] of mapped) {
    if (known.names.has(column) || (await hasColumn(table, column))) continue;
    problems.push(
      `The table "${table.table}" has no column "${column}" (mapped to ${field === "stripePrice" ? "stripe_price" : field} in PRODUCTS_COLUMNS).`,
    );
  }
  const last = problems.pop();
  return last === undefined
    ? []
    : [...problems, `${last}${listNames(known)} description and image may be left out of PRODUCTS_COLUMNS.`];
}

function describeFirstRow(
  row: ProductRow,
  columns: ProductColumns,
  priceOf: (row: ProductRow) => Money | null,
): string[] {
  const oddities: string[] = [];
  if (wholeNumber(row.inventory) === null) {
    oddities.push(`The first row's "${columns.inventory}" is not a whole number: such a product is shown as sold out.`);
  }
  if (columns.price !== null && columns.stripePrice === null && priceOf(row) === null) {
    oddities.push(`The first row's "${columns.price}" is not a price: such a product is shown but cannot be bought.`);
  }
  if (columns.created !== null && !isMoment(row.created)) {
    oddities.push(
      `The first row's "${columns.created}" is not a date or number: "newest" may sort wrongly (created in PRODUCTS_COLUMNS).`,
    );
  }
  return oddities;
}

/** Null is fine: such a row comes last. */
function isMoment(value: unknown): boolean {
  return (
    value === null || typeof value === "number" || (typeof value === "string" && /^-?\d{4,}-\d\d-\d\d/.test(value))
  );
}

const claimsSchema = z.object({ role: z.string() });

function describeWeakKey(key: string): string | null {
  const advice = "it may not see and change every row; use the secret key (sb_secret_… or service_role)";
  if (key.startsWith("sb_publishable_")) return `The Supabase key is a publishable key: ${advice}.`;
  const [, claims, signature] = key.split(".");
  if (claims === undefined || signature === undefined) return null;
  try {
    const { role } = claimsSchema.parse(JSON.parse(Buffer.from(claims, "base64url").toString()));
    return role === "service_role" ? null : `The Supabase key has the role "${role}": ${advice}.`;
  } catch {
    return null;
  }
}
