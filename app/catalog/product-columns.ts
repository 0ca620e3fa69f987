/** Which column of the merchant's table carries which field of a product; null: the table has no such column. */
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
] as const;
type Field = (typeof FIELDS)[number];

/** What PostgREST reads in a URL without quotes; a name with `.`, `:`, `"` or `(` cannot be filtered by on every version. */
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_$-]*( +[\p{L}\p{N}_$-]+)*$/u;

/** Query parameters with a meaning of their own: a filter on a column of that name would be read as that parameter. */
const RESERVED = new Set(["select", "order", "limit", "offset", "columns", "on_conflict", "and", "or", "not"]);

/** Why the API cannot address a table or column of this name, for a person; null when it can. */
export function nameFault(name: string): string | null {
  if (RESERVED.has(name))
    return `"${name}" is a word of Supabase's REST API and cannot be used as a name; offer it under another name in a view`;
  if (!PLAIN_NAME.test(name))
    return `"${name}" is not a plain name (letters, digits, _, $, - and inner spaces); offer it under another name in a view`;
  return null;
}

/**
 * Reads `PRODUCTS_COLUMNS`: `field=column` pairs, separated by commas; a bare word maps to itself.
 * @throws {Error} whose message names every fault, for the person who wrote the variable.
 */
export function parseProductColumns(text: string): ProductColumns {
  const faults: string[] = [];
  const mapped = new Map<Field, string>();

  for (const pair of text.split(",")) {
    const [word = "", column = word, ...rest] = pair.split("=").map((part) => part.trim());
    const field = FIELDS.find((known) => known === word);
    if (field === undefined) {
      faults.push(
        word === ""
          ? "a pair has no field before its column"
          : `"${word}" is not a field (fields: ${FIELDS.join(", ")})`,
      );
    } else if (rest.length > 0 || column === "") {
      faults.push(`"${pair.trim()}" is not a field=column pair`);
    } else if (mapped.has(field)) {
      faults.push(`"${field}" is mapped twice`);
    } else {
      const fault = nameFault(column);
      if (fault !== null) faults.push(fault);
      mapped.set(field, column);
    }
  }

  const column = (field: Field): string | null => mapped.get(field) ?? null;
  const id = column("id");
  const name = column("name");
  const inventory = column("inventory");
  if (id === null) faults.push("no column is mapped to id");
  if (name === null) faults.push("no column is mapped to name");
  if (inventory === null) faults.push("no column is mapped to inventory");
  if (column("price") === null && column("stripe_price") === null)
    faults.push("no column is mapped to price or stripe_price");
  if (faults.length > 0 || id === null || name === null || inventory === null) throw new Error(faults.join("; "));

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
  };
}
