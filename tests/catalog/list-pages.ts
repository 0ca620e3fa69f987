/** Pages of the shop's list over random tables: every row once, sold-out rows last, whatever the sort, the filter and the search. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ListSort } from "~/catalog/catalog";
import { parseRowFilter, type RowFilter } from "~/catalog/row-filter";
import { parseRowOrder, type RowOrder } from "~/catalog/row-order";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";

export const LIST_TABLE = `
  create table goods (
    the_id text primary key, name text, price numeric(10, 2), on_hand integer, created_at timestamptz, rank integer, shown boolean);`;
export const LIST_COLUMNS = "id=the_id,name,price,inventory=on_hand,active=shown,created=created_at";

interface Row {
  readonly the_id: string;
  readonly name: string;
  readonly price: number | null;
  readonly on_hand: number | null;
  readonly created_at: string | null;
  readonly rank: number | null;
  readonly shown: boolean;
}

export interface ListDatabase {
  catalog(options: { filter: RowFilter; order: RowOrder }): SupabaseCatalog;
  setRows(rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
}

const aRow: fc.Arbitrary<Row> = fc.record({
  // A database compares as its collation says, and lists need only agree with it. Quotes and commas are part of PostgREST's syntax.
  the_id: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJ", 'x"y', "x,y", "x\\y", "x)y", "x y", "x.y"),
  name: fc.constantFrom("Mug", "mug", "Jug", 'Plate, "blue"', "Bowl (small)", "Écuelle"),
  price: fc.constantFrom(null, 0, 1, 9.5, 10, 100),
  on_hand: fc.constantFrom(null, -2, 0, 0, 1, 2, 30),
  created_at: fc.constantFrom(null, "2026-01-01T00:00:00.000001Z", "2026-01-01T00:00:00.000002Z", "2025-05-05"),
  rank: fc.constantFrom(null, -1, 1, 2),
  shown: fc.constantFrom(true, true, true, false),
});
const someRows = fc.uniqueArray(aRow, { selector: (row) => row.the_id, maxLength: 24 });
const anOrder = fc.constantFrom(
  "name",
  "name.desc",
  "rank.asc.nullsfirst,name",
  "rank,created_at.desc",
  "rank.desc,price.asc.nullslast",
  "rank.desc.nullslast",
  "created_at.desc.nullslast,name.desc",
);
const aFilter = fc.constantFrom("", "rank=not.is.null", "or=(rank.gt.0,price.gt.5)");
const aSort = fc.constantFrom<(ListSort | undefined)[]>(undefined, "price", "-price", "newest");

/** Runs the suite on one kind of database; `runs`: random tables of each property. */
export function describeListPages(name: string, open: () => Promise<ListDatabase>, runs: number): void {
  describe(`pages of the list over ${name}`, () => {
    let database: ListDatabase;
    beforeAll(async () => {
      database = await open();
    }, 60_000);
    afterAll(() => database.close());

    async function fill(rows: readonly Row[], { order = "name", filter = "" } = {}) {
      await database.setRows(rows);
      const { offers } = database.catalog({ order: parseRowOrder(order), filter: parseRowFilter(filter) });
      const inventory = new Map(rows.map((row) => [row.the_id, row.on_hand]));
      const isStocked = (id: string) => (inventory.get(id) ?? 0) > 0;
      return { offers, isStocked };
    }

    it("have every row once, those without inventory last and in the same order, with exact totals", async () => {
      const cases = [
        someRows,
        anOrder,
        aFilter,
        aSort,
        fc.constantFrom("", "ug"),
        fc.integer({ min: 1, max: 9 }),
      ] as const;
      await fc.assert(
        fc.asyncProperty(...cases, async (rows, order, filter, sort, search, pageSize) => {
          const { offers, isStocked } = await fill(rows, { order, filter });
          const whole = await offers.list({ page: 1, pageSize: 50, search, sort });
          const inOrder = whole.products.map(({ id }) => id);
          const expected = [...inOrder.filter(isStocked), ...inOrder.filter((id) => !isStocked(id))];

          const seen: string[] = [];
          const pages = Math.ceil(expected.length / pageSize);
          for (let page = 1; page <= pages + 1; page += 1) {
            const found = await offers.list({ page, pageSize, search, sort, soldOutLast: true });
            expect(found).toMatchObject({ page, pages, total: expected.length });
            expect(found.products.length).toBe(
              Math.min(pageSize, Math.max(0, expected.length - (page - 1) * pageSize)),
            );
            seen.push(...found.products.map(({ id }) => id));
          }
          expect(seen).toEqual(expected);
        }),
        { numRuns: runs },
      );
    }, 120_000);

    it("can be followed from any row to the next with inventory, and on from the start", async () => {
      await fc.assert(
        fc.asyncProperty(someRows, anOrder, aFilter, async (rows, order, filter) => {
          const { offers, isStocked } = await fill(rows, { order, filter });
          const ids = (await offers.list({ page: 1, pageSize: 50 })).products.map(({ id }) => id);
          for (const [index, id] of ids.entries()) {
            const others = [...ids.slice(index + 1), ...ids.slice(0, index)].filter(isStocked);
            expect(await offers.following(id, 4), id).toEqual(others.slice(0, 4));
          }
        }),
        { numRuns: runs },
      );
    }, 120_000);

    it("are sorted by price and by date, rows without one last in both directions", async () => {
      const row = { name: "Mug", on_hand: 1, rank: null, shown: true };
      const { offers } = await fill([
        { ...row, the_id: "a", price: 9.5, created_at: "2026-01-02" },
        { ...row, the_id: "b", price: null, created_at: null },
        { ...row, the_id: "c", price: 10, created_at: "2026-01-01" },
        { ...row, the_id: "d", price: 100, created_at: "2026-01-03" },
      ]);
      const sorted = async (sort: ListSort) =>
        (await offers.list({ page: 1, pageSize: 9, sort })).products.map(({ id }) => id).join("");
      expect(await offers.sorts()).toEqual(["price", "-price", "newest"]);
      expect(await sorted("price")).toBe("acdb");
      expect(await sorted("-price")).toBe("dcab");
      expect(await sorted("newest")).toBe("dacb");
    });
  });
}
