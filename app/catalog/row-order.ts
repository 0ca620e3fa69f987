import { nameProblem } from "./product-columns";

interface OrderKey {
  readonly column: string;
  readonly ascending: boolean;
  /** Absent: PostgreSQL's default, as if null were the largest value. */
  readonly nullsFirst?: boolean;
}

/** The first key decides; the next ones only between rows for which it is equal. */
export type RowOrder = readonly OrderKey[];

/**
 * Parses `PRODUCTS_ORDER`, in the syntax of PostgREST's `order`.
 * @throws {Error} whose message lists every problem, for the person who set the variable.
 *
 * @example
 * parseRowOrder("sort_order.asc.nullslast,created_at.desc");
 * // [{ column: "sort_order", ascending: true, nullsFirst: false }, { column: "created_at", ascending: false }]
 */
export function parseRowOrder(text: string): RowOrder {
  const problems: string[] = [];
  const keys = text.split(",").map((part): OrderKey => {
    const [, column = "", direction, nulls] =
      /^([^.]+)(?:\.(asc|desc))?(?:\.(nullsfirst|nullslast))?$/.exec(part.trim()) ?? [];
    const problem = column === "" ? `"${part.trim()}" is not a column, such as name.asc` : nameProblem(column);
    if (problem !== null) problems.push(problem);
    return {
      column,
      ascending: direction !== "desc",
      ...(nulls === undefined ? {} : { nullsFirst: nulls === "nullsfirst" }),
    };
  });
  if (problems.length > 0) throw new Error(problems.join("; "));
  return keys;
}

interface Orderable {
  order(column: string, options: { ascending: boolean; nullsFirst?: boolean }): this;
}

export function ordered<Query extends Orderable>(query: Query, order: RowOrder): Query {
  return order.reduce((sorted, { column, ...options }) => sorted.order(column, options), query);
}
