import { z } from "zod";
import { UnavailableError } from "~/errors";
import type { Catalog, Money, Stock, SwapRefusal } from "./catalog";
import type { ProductColumns } from "./product-columns";
import { idSelect, productRowSchema, productSelect, wholeNumber, type ProductRow } from "./product-row";
import { databaseCode, inList, type ProductsTable } from "./products-table.server";
import { NO_ROW_UPDATED } from "./swap-refusals";
import { READS_FROM_REPLICA, type TableState } from "./table-state";

/** Sentences for the person who sets the shop up. `ok`: no fault, so the shop can sell; warnings do not hinder it. */
export interface ProbeReport {
  readonly ok: boolean;
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

interface ProbeOptions {
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  readonly key: string;
  readonly priceOf: (row: ProductRow) => Money | null;
  readonly compareAndSwap: Catalog["compareAndSwap"];
  /** Shared with nobody: each call is a query of its own. */
  readonly readStock: (productIds: readonly string[]) => Promise<Stock>;
  readonly state: TableState;
}

/** A row that shoppers buy all the time may change between read and write; that often in a row it does not. */
const WRITE_ATTEMPTS = 5;
/** Reads sent at once after the write: among them is a replica's, where there are any. */
const READS_BACK = 4;

/**
 * Is the table there, does it have each mapped column, may this key write the inventory, and do reads show what was written? The write
 * is a swap of the first row's inventory for the number that it has: no number changes. (Triggers on the table do run.) So it does not
 * prove that a *change* is taken; a sale does, or doctor's `--write`.
 */
export async function probeCatalog(options: ProbeOptions): Promise<ProbeReport> {
  const faults: string[] = [];
  const warnings: string[] = [];
  const keyFault = describeWeakKey(options.key);
  if (keyFault !== null) faults.push(keyFault);

  try {
    await probeTable(options, { faults, warnings });
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    faults.push(error.message);
  }
  return { ok: faults.length === 0, faults, warnings };
}

interface Findings {
  readonly faults: string[];
  readonly warnings: string[];
}

async function probeTable(options: ProbeOptions, { faults, warnings }: Findings): Promise<void> {
  const { table, columns, priceOf, compareAndSwap, readStock } = options;
  const missing = await missingColumns(table, columns);
  if (missing.length > 0) {
    faults.push(...missing);
    return;
  }

  for (let attempt = 1; attempt <= WRITE_ATTEMPTS; attempt += 1) {
    const [first] = await firstRow(options);
    if (first === undefined) {
      warnings.push(
        `The table "${table.table}" shows no rows: it is empty, or row level security hides them. That the inventory can be written could not be proven.`,
      );
      return;
    }
    if (attempt === 1) warnings.push(...describeOddities(first, columns, priceOf));

    const row = (await readStock([first.id])).get(first.id);
    if (row === undefined) continue;
    if (row.inventory === null) {
      await explainNoNumber(options, first, { faults, warnings });
      return;
    }
    const written = await compareAndSwap({ productId: first.id, from: row.inventory, to: row.inventory });
    if (written.outcome === "changed") continue;
    if (written.outcome === "refused") faults.push(sentenceOf(written, { table, columns, id: first.id }));
    else await readBack(options, { id: first.id, version: row.version }, faults);
    return;
  }
  warnings.push(`The first row of "${table.table}" changes too often to be checked.`);
}

async function firstRow({ table, columns }: ProbeOptions): Promise<ProductRow[]> {
  const rows = await table.page(
    productRowSchema,
    table.from().select(productSelect(columns)).order(columns.id).limit(1),
  );
  return rows.rows;
}

/** The first row has no number that could be written. */
async function explainNoNumber(
  { table, columns }: ProbeOptions,
  first: ProductRow,
  { faults, warnings }: Findings,
): Promise<void> {
  const { rows } = await table.page(
    z.unknown(),
    table
      .from()
      .select(idSelect(columns))
      .filter(columns.id, "in", inList([first.id])),
  );
  if (rows.length > 1) faults.push(describeTwins(first.id, columns));
  else
    warnings.push(`That the inventory can be written could not be proven: the first row of "${table.table}" has none.`);
}

function describeTwins(id: string, columns: ProductColumns): string {
  return `Several rows have the id ${id}: the column "${columns.id}" must be unique.`;
}

function sentenceOf(
  refusal: SwapRefusal,
  { table, columns, id }: { table: ProductsTable; columns: ProductColumns; id: string },
): string {
  if (refusal.code === "PGRST124") return describeTwins(id, columns);
  if (refusal.code !== NO_ROW_UPDATED.code) return refusal.message;
  return `Rows of "${table.table}" can be read but not updated: row level security, a trigger or a missing grant hides them from the update. Use the project's secret key, and grant it UPDATE.`;
}

/** Every write gives the row another version: a read that still shows the old one comes from somewhere else. Views have no version to tell by. */
async function readBack(
  { readStock, state }: ProbeOptions,
  { id, version }: { id: string; version: string | null },
  faults: string[],
): Promise<void> {
  if (version === null) return;
  const reads = await Promise.all(Array.from({ length: READS_BACK }, () => readStock([id])));
  const areBehind = reads.some((stock) => stock.get(id)?.version === version);
  state.noteReads(areBehind);
  if (areBehind) faults.push(READS_FROM_REPLICA.message);
}

/** One sentence for each mapped column that the table does not have. */
async function missingColumns(table: ProductsTable, columns: ProductColumns): Promise<string[]> {
  const anyRows = z.unknown();
  const isMissing = (error: unknown): boolean => databaseCode(error) === "42703";
  try {
    await table.page(anyRows, table.from().select(productSelect(columns)).limit(1));
    return [];
  } catch (error) {
    if (!isMissing(error)) throw error;
  }

  const faults: string[] = [];
  for (const [field, column] of Object.entries(columns)) {
    if (typeof column !== "string") continue;
    try {
      await table.page(anyRows, table.from().select(`"${column}"`).limit(1));
    } catch (error) {
      if (!isMissing(error)) throw error;
      faults.push(
        `The table "${table.table}" has no column "${column}" (mapped to ${field === "stripePrice" ? "stripe_price" : field} in PRODUCTS_COLUMNS).`,
      );
    }
  }
  return faults;
}

function describeOddities(
  row: ProductRow,
  columns: ProductColumns,
  priceOf: (row: ProductRow) => Money | null,
): string[] {
  const oddities: string[] = [];
  if (wholeNumber(row.inventory) === null) {
    oddities.push(`The first row's "${columns.inventory}" is not a whole number: such a product counts as sold out.`);
  }
  if (columns.price !== null && columns.stripePrice === null && priceOf(row) === null) {
    oddities.push(`The first row's "${columns.price}" is not a price: such a product is shown and not sold.`);
  }
  return oddities;
}

const claimsSchema = z.object({ role: z.string() });

function describeWeakKey(key: string): string | null {
  const advice = "it cannot be relied on to see and change every row; use the secret key (sb_secret_… or service_role)";
  if (key.startsWith("sb_publishable_")) return `The Supabase key is a publishable key: ${advice}.`;
  const [, claims, signature] = key.split(".");
  if (claims === undefined || signature === undefined) return null;
  try {
    const { role } = claimsSchema.parse(JSON.parse(Buffer.from(claims, "base64url").toString()));
    return role === "service_role" ? null : `The Supabase key bears the role "${role}": ${advice}.`;
  } catch {
    return null;
  }
}
