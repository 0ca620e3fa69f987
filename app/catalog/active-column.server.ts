import { z } from "zod";
import { databaseCode, type ProductsTable } from "./products-table.server";

/** Values read to find out what the column says instead of true. */
const SAMPLE = 1_000;
const MAX_LISTED = 8;
/** Most common first. */
const FOR_SALE = ["active", "published", "live", "available", "enabled", "visible", "public", "true", "yes"];
const ENDED = /delet|archiv|remov|disab|hid|discontinu|retire|expire|ended|sold/i;
const STARTED = /publish|activ|releas|approv|launch|list/i;

/**
 * Why the column cannot be mapped to `active`, with the filter that says what it probably means; null if it is a boolean.
 * Throws `UnavailableError`.
 */
export async function activeColumnProblem(table: ProductsTable, column: string): Promise<string | null> {
  try {
    await table.page(z.unknown(), table.from().select(`"${column}"`).is(column, true).limit(1));
    return null;
  } catch (error) {
    // `is.true` of any other type: "argument of IS TRUE must be type boolean".
    if (databaseCode(error) !== "42804") throw error;
  }
  const sample = await table.page(
    z.record(z.string(), z.unknown()),
    table.from().select(`"${column}"`).not(column, "is", null).limit(SAMPLE),
  );
  const values = [...new Set(sample.rows.map((row) => row[column]))];
  return `PRODUCTS_COLUMNS: "${column}" is mapped to active, but it is not a boolean column. Leave active out and ${advice(column, values)}`;
}

function advice(column: string, values: readonly unknown[]): string {
  const condition = conditionOf(column, values);
  if (condition !== null) return `set PRODUCTS_FILTER=${column}=${condition} instead.`;
  const seen = values
    .slice(0, MAX_LISTED)
    .map((value) => JSON.stringify(value))
    .join(", ");
  return `set PRODUCTS_FILTER=${column}=eq.VALUE instead, with the value that means for sale (${seen === "" ? "the column is empty" : `seen: ${seen}`}).`;
}

function conditionOf(column: string, values: readonly unknown[]): string | null {
  if (values.length > 0 && values.every((value) => value === 0 || value === 1))
    return ENDED.test(column) ? "eq.0" : "eq.1";
  const words = values.filter((value) => typeof value === "string");
  const isMoment = words.every((word) => /^-?\d{4,}-\d\d-\d\d/.test(word));
  if (isMoment) return ENDED.test(column) ? "is.null" : words.length > 0 && STARTED.test(column) ? "not.is.null" : null;
  for (const word of FOR_SALE) {
    const value = words.find((one) => one.trim().toLowerCase() === word);
    // As in a URL's query, where these have a meaning.
    if (value !== undefined) return `eq.${value.replace(/[%&+]/g, encodeURIComponent)}`;
  }
  return null;
}
