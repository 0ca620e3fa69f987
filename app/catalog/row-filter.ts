import { nameProblem } from "./product-columns";

/** `key=condition`, as in PostgREST's query string. */
interface RowCondition {
  /** A column; or `and`, `or`, `not.and`, `not.or`. */
  readonly key: string;
  /** `eq.active`; for a logical key `(a.eq.1,b.is.null)`. */
  readonly condition: string;
}

/** All conditions must hold; none: every row passes. */
export type RowFilter = readonly RowCondition[];

/** PostgREST's query parameters that are no conditions. The shop's own queries set them. */
const PARAMETERS = new Set(["select", "order", "limit", "offset", "columns", "on_conflict"]);
const LOGICAL = new Set(["and", "or", "not.and", "not.or"]);
/** Source: PostgREST, "Operators" and "Operator modifiers". */
const CONDITION = new RegExp(
  String.raw`^(not\.)?((eq|gte?|lte?|i?like|i?match)(\((any|all)\))?|(pl|ph|w)?fts(\([^()]+\))?|neq|in|is|isdistinct|c[sd]|ov|s[lr]|nx[lr]|adj)\.`,
);

/**
 * Parses `PRODUCTS_FILTER`, which is PostgREST's own query string.
 * @throws {Error} whose message lists every problem, for the person who set the variable.
 *
 * @example
 * parseRowFilter("status=eq.active&deleted_at=is.null");
 * // [{ key: "status", condition: "eq.active" }, { key: "deleted_at", condition: "is.null" }]
 */
export function parseRowFilter(text: string): RowFilter {
  const conditions = [...new URLSearchParams(text.trim())].map(([key, condition]) => ({ key, condition }));
  const problems = conditions.flatMap((one) => problemOf(one) ?? []);
  if (problems.length > 0) throw new Error(problems.join("; "));
  return conditions;
}

function problemOf({ key, condition }: RowCondition): string | null {
  if (PARAMETERS.has(key)) return `"${key}" is not a condition; only conditions on rows may be set`;
  if (LOGICAL.has(key))
    return /^\(.*\..*\)$/s.test(condition)
      ? null
      : `"${key}=${condition}" is not a list of conditions, such as ${key}=(stock.gt.0,featured.is.true)`;
  const problem = nameProblem(key);
  if (problem !== null) return problem;
  return CONDITION.test(condition)
    ? null
    : `"${key}=${condition}" has no operator of PostgREST; write ${key}=eq.${condition === "" ? "value" : condition}, ${key}=is.null or similar`;
}

/** Columns that the filter names, also inside `and` and `or`. */
export function columnsOf(filter: RowFilter): string[] {
  return filter.flatMap(({ key, condition }) =>
    LOGICAL.has(key) ? [...condition.matchAll(/[(,]\s*([^.,()]+)\./g)].map(([, name = ""]) => name) : [key],
  );
}

interface Filterable {
  filter(column: string, operator: string, value: unknown): this;
}

/** Adds the conditions to a query, unchanged: the query builder joins its last two arguments with a dot. */
export function narrowed<Query extends Filterable>(query: Query, filter: RowFilter): Query {
  return filter.reduce((narrower, { key, condition }) => {
    const dot = condition.indexOf(".");
    return narrower.filter(key, condition.slice(0, dot), condition.slice(dot + 1));
  }, query);
}
