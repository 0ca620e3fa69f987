import { z } from "zod";
import type { Product } from "~/catalog/catalog";
import type { PriceUnit } from "~/catalog/price";
import type { ProductColumns } from "~/catalog/product-columns";
import { productRowSchema, type ProductRow } from "~/catalog/product-row";
import type { ProductsTable } from "~/catalog/products-table.server";
import { narrowed, type RowFilter } from "~/catalog/row-filter";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";

/** The merchant's table as the shop reads it. */
export interface SoldTable {
  readonly catalog: SupabaseCatalog;
  /** The same table, for what the shop itself never asks. */
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  readonly filter: RowFilter;
  readonly priceUnit: PriceUnit;
  /** Whether PRICE_UNIT is set, and not just its default. */
  readonly isPriceUnitSet: boolean;
  /** Lower-case ISO 4217. */
  readonly currency: string;
  /** Columns that doctor does not ask about. */
  readonly ignored: ReadonlySet<string>;
}

/** Rows that the checks look at. */
export const SAMPLE = 1_000;

export interface SampledRow {
  /** Null: the row has none. */
  readonly id: string | null;
  /** All columns of the table, by their own names. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** The same row under the shop's names. */
  readonly mapped: ProductRow;
  /** As the shop shows it; undefined if it hides the row. */
  readonly product: Product | undefined;
}

export interface Sample {
  /** Rows that the shop offers. */
  readonly offered: readonly SampledRow[];
  /** A few rows of the table, whether they pass PRODUCTS_FILTER or not. */
  readonly any: readonly SampledRow[];
}

/** The id as text, since a bigint does not fit a JSON number. */
const ID = "holdfast_id";
const anyRow = z.record(z.string(), z.unknown());

export async function sampleRows(sold: SoldTable): Promise<Sample> {
  const offered = await read(sold, { filter: sold.filter, limit: SAMPLE });
  const any = sold.filter.length === 0 ? offered : await read(sold, { filter: [], limit: 100 });
  return { offered: offered.filter(({ product }) => product?.active !== false), any };
}

async function read(
  { table, catalog, columns }: SoldTable,
  { filter, limit }: { filter: RowFilter; limit: number },
): Promise<SampledRow[]> {
  const query = table.from().select(`${ID}:"${columns.id}"::text,*`);
  const { rows } = await table.page(anyRow, narrowed(query, filter).order(columns.id).limit(limit));
  const ids = rows.flatMap(({ [ID]: id }) => (typeof id === "string" ? [id] : []));
  const products = await catalog.offers.products(ids);
  return rows.map(({ [ID]: given, ...raw }) => {
    const id = typeof given === "string" ? given : null;
    const of = (column: string | null): unknown => (column === null ? undefined : raw[column]);
    const mapped = productRowSchema.parse({
      id: id ?? "",
      name: of(columns.name),
      inventory: of(columns.inventory),
      price: of(columns.price),
      stripe_price: of(columns.stripePrice),
      currency: of(columns.currency),
      active: of(columns.active),
      image: of(columns.image),
    });
    return { id, raw, mapped, product: id === null ? undefined : products.get(id) };
  });
}
