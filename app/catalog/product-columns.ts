/** The column of the merchant's table for each field of a product; null: none. */
export interface ProductColumns {
  readonly id: string;
  readonly name: string;
  readonly inventory: string;
  /** At least one of `price` and `stripePrice` is mapped. */
  readonly price: string | null;
  readonly stripePrice: string | null;
  readonly description: string | null;
  readonly image: string | null;
  readonly currency: string | null;
  readonly active: string | null;
  /** When a row was added, for sorting. */
  readonly created: string | null;
}

const FIELDS = [
  "id",
  "name",
  "price",
  "inventory",
  "description",
  "image",
  "currency",
  "stripe_price",
  "active",
  "created",
] as const;
type Field = (typeof FIELDS)[number];

/** Names that PostgREST reads in a URL without quotes; not every version can filter by a name with `.`, `:`, `"` or `(`. */
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_$-]*( +[\p{L}\p{N}_$-]+)*$/u;

/** PostgREST's own query parameters: a filter on a column of that name would be read as that parameter. */
const RESERVED = new Set(["select", "order", "limit", "offset", "columns", "on_conflict", "and", "or", "not"]);

/** Why the API cannot address a column of this name, as a message; null if it can. */
export function nameProblem(name: string): string | null {
  if (RESERVED.has(name)) return `"${name}" is reserved by Supabase's REST API; expose it under another name in a view`;
  return plainNameProblem(name);
}

/** The same for a table, whose name is part of the path, so that query parameters do not matter. */
export function tableNameProblem(name: string): string | null {
  const [schema, table, ...rest] = name.split(".");
  if (schema !== undefined && table !== undefined && rest.length === 0 && plainNameProblem(table) === null)
    return `"${name}" has a schema in it; set PRODUCTS_SCHEMA=${schema} and PRODUCTS_TABLE=${table}`;
  return plainNameProblem(name);
}

function plainNameProblem(name: string): string | null {
  if (!PLAIN_NAME.test(name))
    return `"${name}" is not a plain name (letters, digits, _, $, - and inner spaces); expose it under another name in a view`;
  return null;
}

/**
 * Parses `PRODUCTS_COLUMNS`: comma-separated `field=column` pairs; a bare word maps to itself.
 * @throws {Error} whose message lists every problem, for the person who set the variable.
 *
 * @example
 * parseProductColumns("id,name,price,inventory=stock"); // { id: "id", name: "name", inventory: "stock", … }
 */
export function parseProductColumns(text: string): ProductColumns {
  const problems: string[] = [];
  const mapped = new Map<Field, string>();

  for (const pair of text.split(",")) {
    const [word = "", column = word, ...rest] = pair.split("=").map((part) => part.trim());
    const field = FIELDS.find((known) => known === word);
    if (field === undefined) {
      problems.push(
        word === ""
          ? "a pair has no field before its column"
          : `"${word}" is not a field (fields: ${FIELDS.join(", ")})`,
      );
    } else if (rest.length > 0 || column === "") {
      problems.push(`"${pair.trim()}" is not a field=column pair`);
    } else if (mapped.has(field)) {
      problems.push(`"${field}" is mapped twice`);
    } else {
      const problem = nameProblem(column);
      if (problem !== null) problems.push(problem);
      mapped.set(field, column);
    }
  }

  const column = (field: Field): string | null => mapped.get(field) ?? null;
  const id = column("id");
  const name = column("name");
  const inventory = column("inventory");
  if (id === null) problems.push("no column is mapped to id");
  if (name === null) problems.push("no column is mapped to name");
  if (inventory === null) problems.push("no column is mapped to inventory");
  if (column("price") === null && column("stripe_price") === null)
    problems.push("no column is mapped to price or stripe_price");
  if (problems.length > 0 || id === null || name === null || inventory === null) throw new Error(problems.join("; "));

  return {
    id,
    name,
    inventory,
    price: column("price"),
    stripePrice: column("stripe_price"),
    description: column("description"),
    image: column("image"),
    currency: column("currency"),
    active: column("active"),
    created: column("created"),
  };
}

/** The mapping in the form that `parseProductColumns` reads. */
export function columnsText(columns: ProductColumns): string {
  const { stripePrice, ...others } = columns;
  const byField: Readonly<Record<Field, string | null>> = { ...others, stripe_price: stripePrice };
  return FIELDS.flatMap((field) => {
    const column = byField[field];
    return column === null ? [] : [column === field ? field : `${field}=${column}`];
  }).join(",");
}
