import { z } from "zod";

import type { Product, StockRow } from "./catalog";
import { parsePrice } from "./price";
import type { PriceUnit } from "./price";
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
});
export type ProductRow = z.infer<typeof productRowSchema>;

export const stockRowSchema = productRowSchema.pick({ id: true, name: true, inventory: true, active: true });
export const idRowSchema = productRowSchema.pick({ id: true });

/** The id is cast to text by the database: a bigint beyond 2^53 would not survive JSON. */
export function idSelect(columns: ProductColumns): string {
  return `id:"${columns.id}"::text`;
}

export function stockSelect(columns: ProductColumns): string {
  return selectList(columns, { name: columns.name, inventory: columns.inventory, active: columns.active });
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
  const selected = Object.entries(fields).flatMap(([field, column]) => (column === null ? [] : [`${field}:"${column}"`]));
  return [idSelect(columns), ...selected].join(",");
}

/** What an update returns: rows to count. No cast, no alias: the stand-in reads those again, by conditions that no longer hold. */
export function updatedSelect(columns: ProductColumns): string {
  return `"${columns.id}"`;
}
export const updatedRowSchema = z.unknown();

/** The inventory as a whole number; null when it is null or anything else. Numeric columns may come as text ("5.00"). */
export function wholeNumber(value: unknown): number | null {
  if (typeof value === "string" && /^-?\d+(\.0*)?$/.test(value)) return wholeNumber(Number(value));
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

export function toStockRow(row: z.infer<typeof stockRowSchema>, columns: ProductColumns): StockRow {
  return {
    name: text(row.name) ?? UNTITLED,
    inventory: wholeNumber(row.inventory),
    active: columns.active === null || row.active === true || row.active === "true",
    version: null,
  };
}

/** `currency` holds where the table has no currency column or the row none; a row with a currency that is no code has no price. */
export function toProduct(row: ProductRow, terms: { priceUnit: PriceUnit; currency: string; columns: ProductColumns }): Product {
  const { name, inventory, active } = toStockRow(row, terms.columns);
  const currency = (text(row.currency) ?? terms.currency).trim().toLowerCase();
  return {
    id: row.id,
    name,
    description: text(row.description) ?? "",
    image: text(row.image)?.trim() ?? null,
    price: /^[a-z]{3}$/.test(currency) ? parsePrice(row.price, terms.priceUnit, currency) : null,
    stripePrice: text(row.stripe_price)?.trim() ?? null,
    onHand: Math.max(0, inventory ?? 0),
    active,
  };
}

/** Pages and Stripe both need a name. */
const UNTITLED = "Untitled product";

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
