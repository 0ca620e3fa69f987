import { z } from "zod";
import type { Money, Product, VersionedStockRow } from "./catalog";
import { parsePrice, type PriceUnit } from "./price";
import type { ProductColumns } from "./product-columns";

/** A row as `productSelect` asks for it: the merchant's columns under our names, whatever their types. Absent: not mapped. */
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

/** The id is cast to text by the database: a bigint beyond 2^53 would not survive JSON. */
export function idSelect(columns: ProductColumns): string {
  return `id:"${columns.id}"::text`;
}

/** PostgreSQL's own column with the transaction that last wrote the row. Tables have it, views do not; PostgREST passes its name on. */
export const VERSION_COLUMN = "xmin";

/** `versioned`: with the row's version, for a relation that has one. */
export function stockSelect(columns: ProductColumns, { versioned }: { versioned: boolean }): string {
  return selectList(columns, {
    name: columns.name,
    inventory: columns.inventory,
    active: columns.active,
    version: versioned ? VERSION_COLUMN : null,
  });
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
  });
}

/** Quoted, because supabase-js takes spaces out of anything else. */
function selectList(columns: ProductColumns, fields: Readonly<Record<string, string | null>>): string {
  const selected = Object.entries(fields).flatMap(([field, column]) =>
    column === null ? [] : [`${field}:"${column}"`],
  );
  return [idSelect(columns), ...selected].join(",");
}

/** What an update returns. No cast, no alias: the stand-in reads those again, by conditions that no longer hold. */
export function updatedSelect(columns: ProductColumns): string {
  return `"${columns.id}","${columns.inventory}"`;
}

/** The inventory that an updated row has by the database's word. */
export function updatedRowSchema(columns: ProductColumns) {
  return z.record(z.string(), z.unknown()).transform((row) => wholeNumber(row[columns.inventory]));
}

/**
 * The inventory as a whole number; null when it is null or anything else. PostgREST writes numbers of any type as JSON numbers, so a
 * string is a text column. There only PostgreSQL's own spelling counts: "05" or "5.0" would be read as 5, and never be found again by it.
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

/** The Stripe Price that the row names; null: none. */
export function stripePriceOf(row: ProductRow): string | null {
  return text(row.stripe_price)?.trim() ?? null;
}

/**
 * The price by the row's own columns. `currency` holds where the table has no currency column or the row none; a row with a currency
 * that is no code has no price.
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
  { columns, price }: { readonly columns: ProductColumns; readonly price: Money | null },
): Product {
  const { name, inventory, active } = toStockRow(row, columns);
  return {
    id: row.id,
    name,
    description: text(row.description) ?? "",
    image: text(row.image)?.trim() ?? null,
    price,
    stripePrice: stripePriceOf(row),
    onHand: Math.max(0, inventory ?? 0),
    active,
  };
}

/**
 * A sale's marks at Stripe hold the id beside the numbers, in 500 characters. It is written as JSON, where some characters take several.
 * A product with a longer id is shown as sold out, and never held.
 */
export const LONGEST_SELLABLE_ID = 200;

export function isTooLong(id: string): boolean {
  return JSON.stringify(id).length - 2 > LONGEST_SELLABLE_ID;
}

/** Foreign tables have the column and always answer 0, which tells no two writes apart. */
function rowVersion(value: unknown): string | null {
  const version = typeof value === "string" || typeof value === "number" ? String(value) : "0";
  return version === "0" ? null : version;
}

/** Pages and Stripe both need a name. */
const UNTITLED = "Untitled product";

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
