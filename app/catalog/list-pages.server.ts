import { UnavailableError } from "~/errors";
import { MAX_ID_OR_NAME_LENGTH, type ProductPage, type ProductReads } from "./catalog";
import { sortOrder } from "./list-sorts.server";
import type { ProductColumns } from "./product-columns";
import { productRowSchema, productSelect, type ProductRow } from "./product-row";
import { databaseCode, type ProductsTable } from "./products-table.server";
import type { RowFilter } from "./row-filter";
import { ordered, type RowOrder } from "./row-order";
import type { RowPrices } from "./row-prices";
import { selectShown, type Part } from "./shown-rows";

interface ListOptions {
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  readonly filter: RowFilter;
  readonly order: RowOrder;
  readonly rowPrices: RowPrices;
}

interface Range {
  readonly first: number;
  readonly length: number;
}

/** Some rows of an ordered list, and the number of all. */
interface Slice {
  readonly rows: readonly ProductRow[];
  readonly total: number;
}

type ReadSlice = (range: Range) => Promise<Slice>;

/** Pages of the list; see `ProductReads.list`. */
export function createList(options: ListOptions): ProductReads["list"] {
  return async ({ page, pageSize, search = "", sort, soldOutLast = false }): Promise<ProductPage> => {
    const text = search.trim();
    // PostgreSQL's text type cannot contain NUL, and a longer text would not fit in a URL: no product has such a name.
    if (text.includes("\0") || text.length > MAX_ID_OR_NAME_LENGTH) return { products: [], page, pages: 0, total: 0 };

    const order = sortOrder(options.order, sort, options.columns);
    const reading =
      (part: Part): ReadSlice =>
      (range) =>
        readSlice({ ...options, order }, { part, text }, range);
    const range = { first: (page - 1) * pageSize, length: pageSize };
    const { rows, total } = await (soldOutLast
      ? readBoth(reading("stocked"), reading("soldOut"), range)
      : reading("all")(range));
    return {
      products: await options.rowPrices.toProducts(rows),
      page,
      pages: Math.ceil(total / pageSize),
      total,
    };
  };
}

/**
 * A range of two lists, one after the other. The second is read from its start at the same time, since most pages need no other part of
 * it: its total at least, or on the page where the first list ends.
 */
async function readBoth(before: ReadSlice, after: ReadSlice, { first, length }: Range): Promise<Slice> {
  const [stocked, start] = await Promise.all([before({ first, length }), after({ first: 0, length })]);
  const skipped = Math.max(0, first - stocked.total);
  const rest = skipped === 0 ? start : await after({ first: skipped, length });
  const shown = new Set(stocked.rows.map(({ id }) => id));
  const soldOut = rest.rows.filter(({ id }) => !shown.has(id));
  return { rows: [...stocked.rows, ...soldOut].slice(0, length), total: stocked.total + rest.total };
}

async function readSlice(
  { table, columns, filter, order }: ListOptions,
  { part, text }: { readonly part: Part; readonly text: string },
  { first, length }: Range,
): Promise<Slice> {
  const matching = (head: boolean) => {
    const shown = selectShown({ table, columns, filter }, productSelect(columns), { part, count: "exact", head });
    // Not `ilike`: PostgREST reads `*` as a wildcard there and offers no way to escape it.
    return text === "" ? shown : shown.filter(columns.name, "imatch", text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&"));
  };
  const rows: ProductRow[] = [];
  try {
    // PostgREST truncates a response at its max-rows, which may be less than one page: keep reading.
    for (;;) {
      const query = ordered(matching(false), order).order(columns.id);
      const { rows: more, count } = await table.page(
        productRowSchema,
        query.range(first + rows.length, first + length - 1),
      );
      rows.push(...more);
      const total = requireCount(count, table.table);
      if (more.length === 0 || rows.length >= Math.min(length, total - first)) return { rows, total };
    }
  } catch (error) {
    // PGRST103: the range begins beyond the last row.
    if (databaseCode(error) !== "PGRST103") throw error;
    return { rows, total: requireCount(await table.count(matching(true)), table.table) };
  }
}

function requireCount(count: number | null, table: string): number {
  if (count === null) throw new UnavailableError(`The database did not count the rows of "${table}"`);
  return count;
}
