import { z } from "zod";
import { databaseCode, type ProductsTable } from "./products-table.server";

export interface ColumnNames {
  readonly names: ReadonlySet<string>;
  /** False: only the columns that were asked for are known, since the table has no rows or may not be read whole. */
  readonly areAll: boolean;
}

/** The table's columns, from its first row; if it shows none, those of `candidates` that exist. Throws `UnavailableError`. */
export async function readColumnNames(table: ProductsTable, candidates: readonly string[]): Promise<ColumnNames> {
  const row = await firstRow(table);
  if (row !== undefined) return { names: new Set(Object.keys(row)), areAll: true };
  const exist = await Promise.all(candidates.map((column) => hasColumn(table, column)));
  return { names: new Set(candidates.filter((_, index) => exist[index])), areAll: false };
}

export async function hasColumn(table: ProductsTable, column: string): Promise<boolean> {
  try {
    await table.page(z.unknown(), table.from().select(`"${column}"`).limit(1));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Whether a query failed because a column is missing. */
export function isMissing(error: unknown): boolean {
  return databaseCode(error) === "42703";
}

async function firstRow(table: ProductsTable): Promise<Record<string, unknown> | undefined> {
  try {
    const { rows } = await table.page(z.record(z.string(), z.unknown()), table.from().select("*").limit(1));
    return rows[0];
  } catch (error) {
    // The key may read some columns only.
    if (databaseCode(error) === "42501") return undefined;
    throw error;
  }
}

/** For messages: the columns that the table has, as far as they are known. */
export function listNames({ names, areAll }: ColumnNames): string {
  if (names.size === 0) return "";
  return ` ${areAll ? "Its columns are" : "It has at least the columns"} ${[...names].join(", ")}.`;
}
