import { z } from "zod";
import type { ProductsTable } from "~/catalog/products-table.server";
import { UnavailableError } from "~/errors";
import { isDeciding } from "./deciding-columns.server";

/** Columns of a row, and of the row of another table that it belongs to. */
interface Family {
  readonly own: readonly string[];
  /** The column that refers to the parent's id. */
  readonly key: string;
  readonly parent: { readonly table: string; readonly columns: readonly string[] };
}

const NAMES = ["name", "title", "product_name", "label"];
const PRICES = ["sale_price", "price", "unit_price", "amount"];
const STOCKS = ["inventory_count", "inventory", "stock", "stock_quantity", "stock_count", "quantity", "qty"];
const DESCRIPTIONS = ["description", "body", "details"];
const IMAGES = ["image_url", "image", "images", "image_urls", "picture", "photo", "thumbnail"];
/** What tells a variant from its siblings. */
const TRAITS = ["size", "color", "colour", "variant", "option", "material", "style", "sku"];
const quoted = (name: string) => (/^[a-z_][a-z\d_]*$/.test(name) ? name : `"${name}"`);

/**
 * A view to sell from, filled in for a table of variants whose name or price is in the table that it refers to; null if that is not the
 * shape of the table. It has one table in FROM and everything else in scalar subqueries, so PostgreSQL can update it without a trigger.
 */
export async function proposeView(table: ProductsTable): Promise<string | null> {
  const [row] = await rowsOf(table, "*");
  if (row === undefined) return null;
  const own = Object.keys(row);
  if (first(own, NAMES) !== undefined && first(own, PRICES) !== undefined) return null;
  for (const key of own.filter((column) => /_?id$/i.test(column) && column !== "id")) {
    for (const parent of parentNames(key)) {
      const [found] = await rowsOf(table, `parent:${parent}!${key}(*)`);
      const columns = embedded.safeParse(found).data?.parent;
      if (columns === undefined) continue;
      const sql = viewOf(table.table, { own, key, parent: { table: parent, columns: Object.keys(columns) } });
      if (sql !== null) return sql;
    }
  }
  return null;
}

const anyRow = z.record(z.string(), z.unknown());
const embedded = z.object({ parent: anyRow });

/** The first row; none if it cannot be read. */
async function rowsOf(table: ProductsTable, select: string): Promise<Record<string, unknown>[]> {
  try {
    return (await table.page(anyRow, table.from().select(select).limit(1))).rows;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return [];
  }
}

/** Names that the table which `product_id` or `productId` refers to may have. */
function parentNames(key: string): string[] {
  const base = key.replace(/_?id$/i, "");
  return [`${base}s`, base, base.replace(/y$/, "ies"), `${base}es`];
}

function viewOf(table: string, { own, key, parent }: Family): string | null {
  const id = first(own, ["id", "variant_id"]);
  const stock = first(own, STOCKS);
  const name = first(parent.columns, NAMES);
  const ownPrices = PRICES.filter((column) => own.includes(column)).map((column) => `v.${quoted(column)}`);
  const parents = PRICES.filter((column) => parent.columns.includes(column)).map(fromParent);
  const prices = [...ownPrices, ...parents];
  if (id === undefined || stock === undefined || name === undefined || prices.length === 0) return null;
  function fromParent(column: string): string {
    return `(select p.${quoted(column)} from ${quoted(parent.table)} p where p.id = v.${quoted(key)})`;
  }
  const either = (columns: readonly string[]): string | null => {
    const mine = first(own, columns);
    const theirs = first(parent.columns, columns);
    if (mine !== undefined) return `v.${quoted(mine)}`;
    return theirs === undefined ? null : fromParent(theirs);
  };
  const traits = [first(own, NAMES), ...TRAITS.filter((column) => own.includes(column))].flatMap((column) =>
    column === undefined ? [] : [`v.${quoted(column)}`],
  );
  const described = { description: either(DESCRIPTIONS), image_url: either(IMAGES) };
  const lines = [
    `v.${quoted(id)} as id`,
    `concat_ws(' · ', ${[fromParent(name), ...traits].join(", ")}) as name`,
    `${prices.length === 1 ? (prices[0] ?? "") : `coalesce(${prices.join(", ")})`} as price`,
    `v.${quoted(stock)} as inventory_count`,
    ...Object.entries(described).flatMap(([field, from]) => (from === null ? [] : [`${from} as ${field}`])),
    // What decides what is sold stays visible, for PRODUCTS_FILTER.
    ...own.filter((column) => isDeciding(column) && !PRICES.includes(column)).map((column) => `v.${quoted(column)}`),
    ...parent.columns
      .filter((column) => isDeciding(column) && !PRICES.includes(column))
      .map((column) => `${fromParent(column)} as ${quoted(`product_${column}`)}`),
  ];
  return `create view shop_products with (security_invoker = on) as\nselect ${lines.join(",\n       ")}\n  from ${quoted(table)} v;`;
}

function first(columns: readonly string[], wanted: readonly string[]): string | undefined {
  return wanted.find((column) => columns.includes(column));
}
