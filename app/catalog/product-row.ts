import { z } from "zod";
import type { Money, Product, VersionedStockRow } from "./catalog";
import { descriptionText } from "./description";
import { pictureAddress } from "./picture";
import { parsePrice, type PriceUnit } from "./price";
import type { ProductColumns } from "./product-columns";

/** A row as selected by `productSelect`: the merchant's columns under our names, of any type. Absent: not mapped. */
export const productRowSchema = z.object({
  id: z.coerce.string<string | number>(),
  name: z.unknown(),
  inventory: z.unknown(),
  price: z.unknown().optional(),
  stripe_price: z.unknown().optional(),
  description: z.unknown().optional(),
  image: z.unknown().optional(),
  currency: z.unknown().optional(),
  active: z.unknown().optional(),
  created: z.unknown().optional(),
  version: z.unknown().optional(),
});
export type ProductRow = z.infer<typeof productRowSchema>;

export const stockRowSchema = productRowSchema.pick({
  id: true,
  name: true,
  inventory: true,
  active: true,
  version: true,
});
export type SelectedStockRow = z.infer<typeof stockRowSchema>;
export const idRowSchema = productRowSchema.pick({ id: true });
export const orderRowSchema = productRowSchema.pick({ id: true, inventory: true });

/** The database casts the id to text: a bigint beyond 2^53 would lose digits in JSON. */
export function idSelect(columns: ProductColumns): string {
  return `id:"${columns.id}"::text`;
}

/** PostgreSQL's system column with the transaction that last wrote the row. Tables have it, views do not; PostgREST passes the name through. */
export const VERSION_COLUMN = "xmin";

/** `versioned`: include the row's version, if the relation has one. */
export function stockSelect(columns: ProductColumns, { versioned }: { versioned: boolean }): string {
  return selectList(columns, {
    name: columns.name,
    inventory: columns.inventory,
    active: columns.active,
    version: versioned ? VERSION_COLUMN : null,
  });
}

export function orderSelect(columns: ProductColumns): string {
  return selectList(columns, { inventory: columns.inventory });
}

export function productSelect(columns: ProductColumns): string {
  return selectList(columns, {
    name: columns.name,
    inventory: columns.inventory,
    price: columns.price,
    stripe_price: columns.stripePrice,
    description: columns.description,
    image: columns.image,
    currency: columns.currency,
    active: columns.active,
    created: columns.created,
  });
}

/** Column names are quoted, because supabase-js strips spaces from anything else. */
function selectList(columns: ProductColumns, fields: Readonly<Record<string, string | null>>): string {
  const selected = Object.entries(fields).flatMap(([field, column]) =>
    column === null ? [] : [`${field}:"${column}"`],
  );
  return [idSelect(columns), ...selected].join(",");
}

/** Columns that an update returns. No cast and no alias: for those, the sandbox reads the rows again with conditions that no longer match. */
export function updatedSelect(columns: ProductColumns): string {
  return `"${columns.id}","${columns.inventory}"`;
}

/** The inventory that the database reports for an updated row. */
export function updatedRowSchema(columns: ProductColumns) {
  return z.record(z.string(), z.unknown()).transform((row) => wholeNumber(row[columns.inventory]));
}

/**
 * The inventory as a whole number; null for anything else. PostgREST writes every numeric type as a JSON number, so a string comes from
 * a text column. Only PostgreSQL's own spelling counts there: "05" or "5.0" would be read as 5, but `= 5` would never match them.
 */
export function wholeNumber(value: unknown): number | null {
  if (typeof value === "string") return /^(0|-?[1-9]\d*)$/.test(value) ? wholeNumber(Number(value)) : null;
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

export function toStockRow(row: SelectedStockRow, columns: ProductColumns): VersionedStockRow {
  return {
    name: text(row.name) ?? UNTITLED,
    inventory: isTooLong(row.id) ? null : wholeNumber(row.inventory),
    active: columns.active === null || row.active === true || row.active === "true",
    version: rowVersion(row.version),
  };
}

/** Id of the Stripe Price that the row names; null if none. */
export function stripePriceOf(row: ProductRow): string | null {
  return text(row.stripe_price)?.trim() ?? null;
}

/**
 * The price from the row's own columns. `terms.currency` applies if the table has no currency column or the row leaves it empty; a row
 * with an invalid currency code has no price.
 */
export function ownPrice(
  row: ProductRow,
  terms: { readonly priceUnit: PriceUnit; readonly currency: string },
): Money | null {
  const currency = (text(row.currency) ?? terms.currency).trim().toLowerCase();
  return /^[a-z]{3}$/.test(currency) ? parsePrice(row.price, terms.priceUnit, currency) : null;
}

export function toProduct(
  row: ProductRow,
  terms: {
    readonly columns: ProductColumns;
    readonly price: Money | null;
    readonly imageBaseUrl: string | null;
  },
): Product {
  const { name, inventory, active } = toStockRow(row, terms.columns);
  return {
    id: row.id,
    name,
    description: descriptionText(text(row.description) ?? ""),
    image: pictureAddress(row.image, terms.imageBaseUrl),
    price: terms.price,
    stripePrice: stripePriceOf(row),
    onHand: Math.max(0, inventory ?? 0),
    active,
  };
}

/**
 * Longest product id, in characters of its JSON form, that can be sold. A sale's marks at Stripe have 500 characters for the id and the
 * numbers, and are JSON, where some characters take several. A product with a longer id is shown as sold out and never held.
 */
export const MAX_SELLABLE_ID_LENGTH = 200;

export function isTooLong(id: string): boolean {
  return JSON.stringify(id).length - 2 > MAX_SELLABLE_ID_LENGTH;
}

/** Foreign tables have the column, but it is always 0, which cannot tell writes apart. */
function rowVersion(value: unknown): string | null {
  const version = typeof value === "string" || typeof value === "number" ? String(value) : "0";
  return version === "0" ? null : version;
}

/** Pages and Stripe both require a name. */
const UNTITLED = "Untitled product";

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
