import type { z } from "zod";
import type { Product, ProductReads, ShopReads, Stock } from "./catalog";
import { createDisplayRead } from "./display-read";
import { createList } from "./list-pages.server";
import { createListSorts } from "./list-sorts.server";
import type { PriceSource } from "./price-source";
import type { ProductColumns } from "./product-columns";
import { createIdReader } from "./product-ids.server";
import { idRowSchema, idSelect, productRowSchema, productSelect, stripePriceOf, type ProductRow } from "./product-row";
import { inList, inLists, type ProductsTable } from "./products-table.server";
import { narrowed, type RowFilter } from "./row-filter";
import type { RowOrder } from "./row-order";
import type { RowPrices } from "./row-prices";
import { createSharedRead } from "./shared-stock-read";
import { createFollowing } from "./shop-order.server";

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

export interface TableReads extends ShopReads {
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
    sorts: createListSorts(table, columns),
    following: createFollowing({ ...options, now: () => performance.now() }),

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
