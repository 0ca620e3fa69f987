import type { ProductColumns } from "./product-columns";
import { idRowSchema, idSelect } from "./product-row";
import { databaseCode, inList, type ProductsTable } from "./products-table.server";

/** Predicts from an id's syntax whether the id column's type accepts it, to avoid a query per malformed id. */
interface IdType {
  /** A value that this type accepts, and the types before it in `ID_TYPES` do not. */
  readonly sample: string;
  /** Accepts PostgreSQL's own spelling only: no row has an id in another one ("007", an upper-case uuid). */
  readonly accepts: (id: string) => boolean;
}

const ID_TYPES: readonly IdType[] = [
  wholeNumbers(2n ** 63n - 1n),
  wholeNumbers(2n ** 31n - 1n),
  wholeNumbers(2n ** 15n - 1n),
  {
    sample: "00000000-0000-0000-0000-000000000000",
    accepts: (id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id),
  },
];

function wholeNumbers(most: bigint): IdType {
  const isInRange = (id: bigint) => -most <= id && id <= most;
  return { sample: String(most), accepts: (id) => /^(0|-?[1-9]\d{0,18})$/.test(id) && isInRange(BigInt(id)) };
}

const acceptsAny = () => true;

/**
 * Creates a read by id that treats ids the column's type cannot hold as unknown. PostgreSQL rejects the whole query for one of them
 * (22P02, or 22003 if out of range); here it neither reads as an outage nor hides the query's other ids.
 *
 * The type is learned at the first such error, with up to four more queries; from then on, a malformed id costs none.
 */
export function createIdReader(table: ProductsTable, columns: ProductColumns) {
  let accepts: Promise<IdType["accepts"]> | undefined;

  /** Whether the id column's type can hold this id. */
  async function canHold(id: string): Promise<boolean> {
    const query = table
      .from()
      .select(idSelect(columns))
      .filter(columns.id, "in", inList([id]))
      .limit(1);
    try {
      await table.page(idRowSchema, query);
      return true;
    } catch (error) {
      if (isMalformed(error)) return false;
      throw error;
    }
  }

  async function learnType(): Promise<IdType["accepts"]> {
    for (const type of ID_TYPES) if (await canHold(type.sample)) return type.accepts;
    return acceptsAny;
  }

  async function wellFormed(ids: readonly string[]): Promise<readonly string[]> {
    const known = await accepts;
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
      if (accepts === undefined) {
        accepts = learnType();
        // Try again next time if learning failed.
        accepts.catch(() => (accepts = undefined));
        return await readByIds(ids, read);
      }
      // Well-formed and still rejected: the type is not in the list. Find the ids by bisection.
      if (ids.length === 1) {
        // It is a value of the products filter that is malformed; the id must not read as unknown for that.
        if (await canHold(ids[0] ?? "")) throw error;
        return [];
      }
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
