import { databaseCode, inList } from "./products-table.server";
import type { ProductsTable } from "./products-table.server";
import { idRowSchema, idSelect } from "./product-row";
import type { ProductColumns } from "./product-columns";

/**
 * Types whose malformed ids are told by their form: a value that the type takes, and how PostgreSQL itself writes such an id.
 * Another spelling ("007", an upper-case uuid) is the id of no row.
 */
const ID_TYPES = [
  { sample: "0", spelling: /^(0|-?[1-9]\d{0,18})$/ },
  { sample: "00000000-0000-0000-0000-000000000000", spelling: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/ },
];
const ANY_SPELLING = /^/;

/**
 * Reads by id, where an id that the column's type cannot hold (PostgreSQL refuses the whole query: 22P02, or 22003 when out
 * of range) is unknown instead of an outage, and hides none of the other ids of the query.
 *
 * The type is learned when the first such refusal is met, by one or two more queries; from then on a malformed id costs none.
 */
export function createIdReader(table: ProductsTable, columns: ProductColumns) {
  let spelling: Promise<RegExp> | undefined;

  async function learnSpelling(): Promise<RegExp> {
    for (const type of ID_TYPES) {
      try {
        const query = table.from().select(idSelect(columns)).filter(columns.id, "in", inList([type.sample])).limit(1);
        await table.page(idRowSchema, query);
        return type.spelling;
      } catch (error) {
        if (!isMalformed(error)) throw error;
      }
    }
    return ANY_SPELLING;
  }

  async function wellFormed(ids: readonly string[]): Promise<readonly string[]> {
    const known = await spelling;
    return known === undefined ? ids : ids.filter((id) => known.test(id));
  }

  return async function readByIds<Row>(asked: readonly string[], read: (ids: readonly string[]) => Promise<Row[]>): Promise<Row[]> {
    const ids = await wellFormed(asked);
    if (ids.length === 0) return [];
    try {
      return await read(ids);
    } catch (error) {
      if (!isMalformed(error)) throw error;
      if (spelling === undefined) {
        spelling = learnSpelling();
        // A failed attempt to learn is not remembered.
        spelling.catch(() => (spelling = undefined));
        return await readByIds(ids, read);
      }
      // Right in form and yet refused: out of range, or another type. Found by halving.
      if (ids.length === 1) return [];
      const middle = Math.ceil(ids.length / 2);
      const halves = await Promise.all([readByIds(ids.slice(0, middle), read), readByIds(ids.slice(middle), read)]);
      return halves.flat();
    }
  };
}

export function isMalformed(error: unknown): boolean {
  const code = databaseCode(error);
  return code === "22P02" || code === "22003";
}
