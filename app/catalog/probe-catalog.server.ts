import { z } from "zod";

import { UnavailableError } from "~/errors";

import type { Money } from "./catalog";
import type { ProductColumns } from "./product-columns";
import { productRowSchema, productSelect, updatedRowSchema, updatedSelect, wholeNumber } from "./product-row";
import type { ProductRow } from "./product-row";
import { databaseCode, inList } from "./products-table.server";
import type { ProductsTable } from "./products-table.server";

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
}

/** A row that shoppers buy all the time may change between read and write; that often in a row it does not. */
const WRITE_ATTEMPTS = 5;

/**
 * Is the table there, does it have each mapped column, and may this key write the inventory? The write sets the first row's
 * inventory to the number that it has, on the condition that it still has it: no number changes. (Triggers on the table do run.)
 */
export async function probeCatalog({ table, columns, key, priceOf }: ProbeOptions): Promise<ProbeReport> {
  const faults: string[] = [];
  const warnings: string[] = [];
  const keyFault = describeWeakKey(key);
  if (keyFault !== null) faults.push(keyFault);

  try {
    await probeTable({ table, columns, priceOf, faults, warnings });
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    faults.push(error.message);
  }
  return { ok: faults.length === 0, faults, warnings };
}

async function probeTable({
  table,
  columns,
  priceOf,
  faults,
  warnings,
}: Omit<ProbeOptions, "key"> & { faults: string[]; warnings: string[] }): Promise<void> {
  const missing = await missingColumns(table, columns);
  if (missing.length > 0) {
    faults.push(...missing);
    return;
  }

  for (let attempt = 1; attempt <= WRITE_ATTEMPTS; attempt += 1) {
    const { rows } = await table.page(productRowSchema, table.from().select(productSelect(columns)).order(columns.id).limit(1));
    const [first] = rows;
    if (first === undefined) {
      warnings.push(`The table "${table.table}" shows no rows: it is empty, or row level security hides them. That the inventory can be written could not be proven.`);
      return;
    }
    if (attempt === 1) warnings.push(...describeOddities(first, columns, priceOf));

    const onHand = wholeNumber(first.inventory);
    const byId = table.from().update({ [columns.inventory]: onHand }).filter(columns.id, "in", inList([first.id]));
    const conditional = onHand === null ? byId.is(columns.inventory, null) : byId.eq(columns.inventory, onHand);
    const written = await table.page(updatedRowSchema(columns), conditional.select(updatedSelect(columns)));
    if (written.rows.length > 1) faults.push(`Several rows bear the id ${first.id}: the column "${columns.id}" must be unique.`);
    if (written.rows.length > 0) return;
  }
  faults.push(
    `Rows of "${table.table}" can be read but not updated: row level security, a trigger or a missing grant hides them from the update. Use the project's secret key, and grant it UPDATE.`,
  );
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
      faults.push(`The table "${table.table}" has no column "${column}" (mapped to ${field === "stripePrice" ? "stripe_price" : field} in PRODUCTS_COLUMNS).`);
    }
  }
  return faults;
}

function describeOddities(row: ProductRow, columns: ProductColumns, priceOf: (row: ProductRow) => Money | null): string[] {
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
