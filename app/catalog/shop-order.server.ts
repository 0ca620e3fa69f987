import type { ShopReads } from "./catalog";
import type { ProductColumns } from "./product-columns";
import { orderRowSchema, orderSelect, wholeNumber } from "./product-row";
import type { ProductsTable } from "./products-table.server";
import type { RowFilter } from "./row-filter";
import { ordered, type RowOrder } from "./row-order";
import { selectShown } from "./shown-rows";

/** How long the order is used before it is read again. */
const FRESH_MS = 30_000;
/** Rows in one request, as PostgREST's `max-rows`, and rows known at most. */
const PAGE = 1_000;
const MAX_ROWS = 5_000;

interface OrderOptions {
  readonly table: ProductsTable;
  readonly columns: ProductColumns;
  readonly filter: RowFilter;
  readonly order: RowOrder;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

interface OrderedRow {
  readonly id: string;
  readonly isStocked: boolean;
}

/**
 * What follows a product; see `ShopReads.following`. The order of all rows is read once for everybody, not by position, which a row's own
 * values would have to be compared for. An old order serves while the next is read, so only the first caller waits.
 */
export function createFollowing({ now, ...options }: OrderOptions): ShopReads["following"] {
  let known: readonly OrderedRow[] | null = null;
  let readAt = -Infinity;
  let reading: Promise<readonly OrderedRow[]> | null = null;

  function refresh(): Promise<readonly OrderedRow[]> {
    reading ??= readOrder(options)
      .then((rows) => {
        readAt = now();
        return (known = rows);
      })
      .finally(() => (reading = null));
    return reading;
  }

  return async (productId, count) => {
    if (known !== null && now() - readAt >= FRESH_MS) refresh().catch(() => undefined);
    const rows = known ?? (await refresh());
    const next = rows.findIndex(({ id }) => id === productId) + 1;
    const others = [...rows.slice(next), ...rows.slice(0, next)].filter(({ id }) => id !== productId);
    return [...new Set(others.flatMap(({ id, isStocked }) => (isStocked ? [id] : [])))].slice(0, count);
  };
}

async function readOrder({ table, columns, filter, order }: Omit<OrderOptions, "now">): Promise<readonly OrderedRow[]> {
  const rows: OrderedRow[] = [];
  for (;;) {
    const shown = selectShown({ table, columns, filter }, orderSelect(columns), { part: "all" });
    const query = ordered(shown, order).order(columns.id);
    const { rows: more } = await table.page(orderRowSchema, query.range(rows.length, rows.length + PAGE - 1));
    rows.push(...more.map(({ id, inventory }) => ({ id, isStocked: (wholeNumber(inventory) ?? 0) > 0 })));
    if (more.length < PAGE || rows.length >= MAX_ROWS) return rows;
  }
}
