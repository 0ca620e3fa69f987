import type { z } from "zod";
import { UnavailableError } from "~/errors";
import { MAX_ID_OR_NAME_LENGTH, type Catalog, type Product, type ProductPage } from "./catalog";
import { checkPrices, type PriceReport } from "./check-prices.server";
import { createCompareAndSwap } from "./compare-and-swap.server";
import { createDisplayRead } from "./display-read";
import type { PriceUnit } from "./price";
import type { PriceSource } from "./price-source";
import { probeCatalog, type ProbeReport } from "./probe-catalog.server";
import { nameProblem, type ProductColumns } from "./product-columns";
import { createIdReader } from "./product-ids.server";
import { productRowSchema, productSelect, stripePriceOf, type ProductRow } from "./product-row";
import { createProductsTable, databaseCode, inList, inLists, type CatalogLog } from "./products-table.server";
import { createRowPrices } from "./row-prices";
import { createSharedRead } from "./shared-stock-read";
import { createStockReader } from "./stock-rows.server";
import { createTableState, type TableClosure } from "./table-state";

export interface SupabaseCatalogOptions {
  /** The project's URL, without `/rest/v1`. */
  readonly url: string;
  /** A secret key (`sb_secret_…`) or the older service_role key. */
  readonly key: string;
  /** Replaces the global fetch, for the sandbox or a test. */
  readonly fetch?: typeof fetch | undefined;
  readonly table: string;
  /** From `parseProductColumns`. */
  readonly columns: ProductColumns;
  readonly priceUnit: PriceUnit;
  /** ISO 4217; applies if the table has no currency column. */
  readonly currency: string;
  /** Comes before pictures that are paths; see `pictureAddress`. */
  readonly imageBaseUrl?: string | undefined;
  /** Reads the Stripe Prices that rows name; without it such rows have no price. */
  readonly prices?: PriceSource | undefined;
  /** Deadline for one query; a call may make several. Default: 2,500. */
  readonly timeoutMs?: number | undefined;
  readonly log?: CatalogLog | undefined;
}

export type SupabaseCatalog = Catalog & {
  /** Checks table, columns and rights at startup; never throws. It writes: one row's inventory is set to the number it already has. */
  probe(): Promise<ProbeReport>;
  /** Why nothing can be sold from the table; null if it accepts updates, as far as this process knows. */
  readonly closedBy: TableClosure | null;
  /** Rows that cannot be sold as they are, one sentence each. */
  readonly oddities: readonly string[];
  /** Checks the Stripe Price of every row that names one. */
  checkPrices(): Promise<PriceReport>;
  /** Number of products known to be unavailable because of their Stripe Prices. */
  readonly unavailable: number;
  /** A separate read for stock that is only displayed; see `createDisplayRead`. */
  displayReader(): Catalog["readStock"];
};

/** The catalog over the merchant's Supabase table. Throws immediately if the API cannot address the table's name. */
export function createSupabaseCatalog(options: SupabaseCatalogOptions): SupabaseCatalog {
  const { columns, timeoutMs = 2_500 } = options;
  const problem = nameProblem(options.table);
  if (problem !== null) throw new Error(`The products table: ${problem}`);

  const currency = options.currency.toLowerCase();
  const table = createProductsTable({ ...options, timeoutMs });
  const readByIds = createIdReader(table, columns);

  const rowPrices = createRowPrices({
    columns,
    priceUnit: options.priceUnit,
    currency,
    imageBaseUrl: options.imageBaseUrl ?? null,
    prices: options.prices,
    log: options.log,
  });
  const rowsWhereIn = <Row>(
    schema: z.ZodType<Row>,
    select: string,
    column: string,
    values: readonly string[],
  ): Promise<Row[]> =>
    table.all(schema, () =>
      table.from().select(select, { count: "exact" }).filter(column, "in", inList(values)).order(columns.id),
    );

  const stock = createStockReader(table, columns);
  const state = createTableState(options.log);
  // A separate read, so that a sale does not wait for shoppers' reads.
  const compareAndSwap = createCompareAndSwap({
    table,
    columns,
    state,
    read: createSharedRead((ids) => stock.read(ids)),
  });

  async function list({ page, pageSize, search = "" }: Parameters<Catalog["list"]>[0]): Promise<ProductPage> {
    const text = search.trim();
    // PostgreSQL's text type cannot contain NUL, and a longer text would not fit in a URL: no product has such a name.
    if (text.includes("\0") || text.length > MAX_ID_OR_NAME_LENGTH) return { products: [], page, pages: 0, total: 0 };

    const matching = (range: { head: boolean }) => {
      const query = table.from().select(productSelect(columns), { count: "exact", head: range.head });
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
        const query = matching({ head: false }).order(columns.name).order(columns.id);
        const { rows: more, count } = await table.page(
          productRowSchema,
          query.range(first + rows.length, first + pageSize - 1),
        );
        rows.push(...more);
        const total = requireCount(count, options.table);
        if (more.length === 0 || rows.length >= Math.min(pageSize, total - first)) return await found(total);
      }
    } catch (error) {
      // PGRST103: the range begins beyond the last row.
      if (databaseCode(error) !== "PGRST103") throw error;
      return found(requireCount(await table.count(matching({ head: true })), options.table));
    }
  }

  const rowsOf = (productIds: readonly string[]): Promise<ProductRow[]> =>
    inLists(productIds, (list) =>
      readByIds(list, (ids) => rowsWhereIn(productRowSchema, productSelect(columns), columns.id, ids)),
    );

  return {
    list,

    async products(productIds) {
      const asked = new Set(productIds);
      const rows = await rowPrices.toProducts((await rowsOf(productIds)).filter(({ id }) => asked.has(id)));
      const found = new Map<string, Product>();
      // If two rows share an id, neither can be sold.
      for (const row of rows) found.set(row.id, found.has(row.id) ? { ...row, onHand: 0 } : row);
      return found;
    },

    async rereadPrices(productIds) {
      const rows = await rowsOf(productIds);
      await options.prices?.reread(rows.flatMap((row) => stripePriceOf(row) ?? []));
      await rowPrices.toProducts(rows);
    },

    checkPrices: () => checkPrices({ table, columns, prices: options.prices, rowPrices }),
    get unavailable() {
      return rowPrices.problems().length;
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

    readStock: createSharedRead((ids) => stock.read(ids)),

    compareAndSwap,

    probe() {
      stock.forget();
      return probeCatalog({
        table,
        columns,
        key: options.key,
        priceOf: rowPrices.ownPrice,
        compareAndSwap,
        readStock: (ids) => stock.read(ids),
        state,
      });
    },
    displayReader: () => createDisplayRead({ read: (ids) => stock.read(ids), now: () => performance.now() }),
    get oddities() {
      return [...stock.oddities(), ...rowPrices.warnings()];
    },
    get closedBy() {
      return state.closedBy();
    },
  };
}

function requireCount(count: number | null, table: string): number {
  if (count === null) throw new UnavailableError(`The database did not count the rows of "${table}"`);
  return count;
}
