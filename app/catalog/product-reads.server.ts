import type { z } from "zod";
import { UnavailableError } from "~/errors";
import { MAX_ID_OR_NAME_LENGTH, type Product, type ProductPage, type ProductReads, type Stock } from "./catalog";
import { createDisplayRead } from "./display-read";
import type { PriceSource } from "./price-source";
import type { ProductColumns } from "./product-columns";
import { createIdReader } from "./product-ids.server";
import { idRowSchema, idSelect, productRowSchema, productSelect, stripePriceOf, type ProductRow } from "./product-row";
import { databaseCode, inList, inLists, type ProductsTable } from "./products-table.server";
import { narrowed, type RowFilter } from "./row-filter";
import { ordered, type RowOrder } from "./row-order";
import type { RowPrices } from "./row-prices";
import { createSharedRead } from "./shared-stock-read";

interface ReadsOptions {
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  /** Rows that do not pass are absent from every read. */
  readonly filter: RowFilter;
  readonly order: RowOrder;
  readonly rowPrices: RowPrices;
  readonly prices: PriceSource | undefined;
  /** Reads the stock of rows, whether they pass the filter or not. */
  readonly readStock: (productIds: readonly string[]) => Promise<Stock>;
}

export interface TableReads extends ProductReads {
  /** A separate read for stock that is only displayed; see `createDisplayRead`. */
  displayReader(): ProductReads["readStock"];
}

/** The reads of a catalog, of the rows that pass the filter. */
export function createProductReads(options: ReadsOptions): TableReads {
  const { table, columns, filter, rowPrices } = options;
  const readByIds = createIdReader(table, columns);

  const rowsWhereIn = <Row>(
    schema: z.ZodType<Row>,
    select: string,
    column: string,
    values: readonly string[],
  ): Promise<Row[]> =>
    table.all(schema, () =>
      narrowed(table.from().select(select, { count: "exact" }).filter(column, "in", inList(values)), filter).order(
        columns.id,
      ),
    );

  const rowsOf = (productIds: readonly string[]): Promise<ProductRow[]> =>
    inLists(productIds, (list) =>
      readByIds(list, (ids) => rowsWhereIn(productRowSchema, productSelect(columns), columns.id, ids)),
    );

  /**
   * Stock is that of the whole table, and the filter only decides which ids are absent: if rows share an id, the filter must not hide
   * that they cannot be sold. Fails without: "a row that shares its id with a hidden row has nothing to sell".
   */
  async function readStock(productIds: readonly string[]): Promise<Stock> {
    if (filter.length === 0) return options.readStock(productIds);
    const passing = inLists(productIds, (list) =>
      readByIds(list, (ids) => rowsWhereIn(idRowSchema, idSelect(columns), columns.id, ids)),
    );
    const [stock, rows] = await Promise.all([options.readStock(productIds), passing]);
    const passed = new Set(rows.map(({ id }) => id));
    return new Map([...stock].filter(([id]) => passed.has(id)));
  }

  return {
    list: createList(options),

    async products(productIds) {
      const asked = new Set(productIds);
      const rows = await rowPrices.toProducts((await rowsOf(productIds)).filter(({ id }) => asked.has(id)));
      const found = new Map<string, Product>();
      // If two rows share an id, neither can be sold.
      for (const row of rows) found.set(row.id, found.has(row.id) ? { ...row, onHand: 0 } : row);
      return found;
    },

    async productsNamed(names) {
      const rows = await inLists(names, (list) =>
        rowsWhereIn(productRowSchema, productSelect(columns), columns.name, list),
      );
      const named = new Map<string, Product[]>();
      for (const product of await rowPrices.toProducts(rows)) {
        // A case-insensitive column (citext) also finds other spellings.
        const name = names.find((asked) => asked === product.name);
        if (name !== undefined) named.set(name, [...(named.get(name) ?? []), product]);
      }
      return named;
    },

    async rereadPrices(productIds) {
      const rows = await rowsOf(productIds);
      await options.prices?.reread(rows.flatMap((row) => stripePriceOf(row) ?? []));
      await rowPrices.toProducts(rows);
    },

    readStock: createSharedRead(readStock),
    displayReader: () => createDisplayRead({ read: readStock, now: () => performance.now() }),
  };
}

function createList({ table, columns, filter, order, rowPrices }: ReadsOptions): ProductReads["list"] {
  return async ({ page, pageSize, search = "" }): Promise<ProductPage> => {
    const text = search.trim();
    // PostgreSQL's text type cannot contain NUL, and a longer text would not fit in a URL: no product has such a name.
    if (text.includes("\0") || text.length > MAX_ID_OR_NAME_LENGTH) return { products: [], page, pages: 0, total: 0 };

    const matching = (range: { head: boolean }) => {
      const query = narrowed(table.from().select(productSelect(columns), { count: "exact", head: range.head }), filter);
      const active = columns.active === null ? query : query.eq(columns.active, true);
      // Not `ilike`: PostgREST reads `*` as a wildcard there and offers no way to escape it.
      return text === "" ? active : active.filter(columns.name, "imatch", text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&"));
    };
    const first = (page - 1) * pageSize;
    const rows: ProductRow[] = [];
    const found = async (total: number) => ({
      products: await rowPrices.toProducts(rows),
      page,
      pages: Math.ceil(total / pageSize),
      total,
    });
    try {
      // PostgREST truncates a response at its max-rows, which may be less than one page: keep reading.
      for (;;) {
        const query = ordered(matching({ head: false }), order).order(columns.id);
        const { rows: more, count } = await table.page(
          productRowSchema,
          query.range(first + rows.length, first + pageSize - 1),
        );
        rows.push(...more);
        const total = requireCount(count, table.table);
        if (more.length === 0 || rows.length >= Math.min(pageSize, total - first)) return await found(total);
      }
    } catch (error) {
      // PGRST103: the range begins beyond the last row.
      if (databaseCode(error) !== "PGRST103") throw error;
      return found(requireCount(await table.count(matching({ head: true })), table.table));
    }
  };
}

function requireCount(count: number | null, table: string): number {
  if (count === null) throw new UnavailableError(`The database did not count the rows of "${table}"`);
  return count;
}
