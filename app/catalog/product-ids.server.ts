import type { ProductColumns } from "./product-columns";
import { idRowSchema, idSelect } from "./product-row";
import { databaseCode, inList, type ProductsTable } from "./products-table.server";

/** What an id column takes, told by the form of an id: asking costs a query, and whoever sends a hundred bad ids would have hundreds of them. */
interface IdType {
  /** A value that the type takes, and those before it in the list below do not. */
  readonly sample: string;
  /** In PostgreSQL's own spelling only: another one ("007", an upper-case uuid) is the id of no row. */
  readonly takes: (id: string) => boolean;
}

const ID_TYPES: readonly IdType[] = [
  wholeNumbers(2n ** 63n - 1n),
  wholeNumbers(2n ** 31n - 1n),
  wholeNumbers(2n ** 15n - 1n),
  {
    sample: "00000000-0000-0000-0000-000000000000",
    takes: (id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id),
  },
];

function wholeNumbers(most: bigint): IdType {
  const isInRange = (id: bigint) => -most <= id && id <= most;
  return { sample: String(most), takes: (id) => /^(0|-?[1-9]\d{0,18})$/.test(id) && isInRange(BigInt(id)) };
}

const takesAny = () => true;

/**
 * Reads by id, where an id that the column's type cannot hold (PostgreSQL refuses the whole query: 22P02, or 22003 when out
 * of range) is unknown instead of an outage, and hides none of the other ids of the query.
 *
 * The type is learned when the first such refusal is met, by up to four more queries; from then on a malformed id costs none.
 */
export function createIdReader(table: ProductsTable, columns: ProductColumns) {
  let takes: Promise<IdType["takes"]> | undefined;

  async function learnType(): Promise<IdType["takes"]> {
    for (const type of ID_TYPES) {
      try {
        const query = table
          .from()
          .select(idSelect(columns))
          .filter(columns.id, "in", inList([type.sample]))
          .limit(1);
        await table.page(idRowSchema, query);
        return type.takes;
      } catch (error) {
        if (!isMalformed(error)) throw error;
      }
    }
    return takesAny;
  }

  async function wellFormed(ids: readonly string[]): Promise<readonly string[]> {
    const known = await takes;
    return known === undefined ? ids : ids.filter((id) => known(id));
  }

  return async function readByIds<Row>(
    asked: readonly string[],
    read: (ids: readonly string[]) => Promise<Row[]>,
  ): Promise<Row[]> {
    const ids = await wellFormed(asked);
    if (ids.length === 0) return [];
    try {
      return await read(ids);
    } catch (error) {
      if (!isMalformed(error)) throw error;
      if (takes === undefined) {
        takes = learnType();
        // A failed attempt to learn is not remembered.
        takes.catch(() => (takes = undefined));
        return await readByIds(ids, read);
      }
      // Right in form and yet refused: of a type that is not in the list. Found by halving.
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
