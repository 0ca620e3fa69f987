import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Catalog } from "~/catalog/catalog";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";
import { UnavailableError } from "~/errors";
import { openPostgresqlApi, type PostgresqlApi } from "./postgresql-api";

const COLUMNS = "id,name,price,inventory";
const TABLES = [
  "plain",
  "resets",
  "clamps",
  "puts_back",
  "puts_back_later",
  "drops",
  "lower_limit",
  "raises",
  "doubled",
  "worded",
];

let api: PostgresqlApi;
beforeAll(async () => {
  api = await openPostgresqlApi({
    schema: `
      ${TABLES.map((table) => `create table ${table} (id text, name text, price integer, inventory ${table === "worded" ? "text" : "integer"});`).join("\n")}
      alter table plain add primary key (id);

      create function reset() returns trigger language plpgsql as 'begin new.inventory = old.inventory; return new; end';
      create trigger t before update on resets for each row execute function reset();

      create function clamp() returns trigger language plpgsql as 'begin new.inventory = greatest(new.inventory, 3); return new; end';
      create trigger t before update on clamps for each row execute function clamp();

      create function put_back() returns trigger language plpgsql as
        'begin if new.inventory < old.inventory then execute format(''update %I set inventory = $1 where id = $2'', tg_table_name) using old.inventory, old.id; end if; return null; end';
      create trigger t after update on puts_back for each row execute function put_back();
      create constraint trigger t after update on puts_back_later deferrable initially deferred for each row execute function put_back();

      create function drop_it() returns trigger language plpgsql as 'begin return null; end';
      create trigger t before update on drops for each row execute function drop_it();

      create view says_yes as select * from plain;
      create function say_yes() returns trigger language plpgsql as 'begin return new; end';
      create trigger t instead of update on says_yes for each row execute function say_yes();
      create view shown as select * from plain;

      alter table lower_limit add check (inventory >= 3);
      create function raise_it() returns trigger language plpgsql as 'begin raise exception ''locked for stocktaking''; end';
      create trigger t before update on raises for each row execute function raise_it();
    `,
  });
});
afterAll(() => api.close());
beforeEach(async () => {
  for (const table of TABLES) {
    await api.sql.unsafe(
      `alter table ${table} disable trigger user; delete from ${table}; alter table ${table} enable trigger user;`,
    );
    await api.sql.unsafe(
      `insert into ${table} values ('mug', 'Mug', 1, '5')${table === "doubled" ? ", ('mug', 'Mug', 1, '5')" : ""}`,
    );
  }
});

const urlOf = (input: Parameters<typeof fetch>[0]): string => (input instanceof Request ? input.url : input.toString());
const over = (table: string): SupabaseCatalog => api.catalog({ table, columns: COLUMNS });
const inventoriesIn = async (table: string): Promise<unknown[]> =>
  [...(await api.sql.unsafe<{ inventory: unknown }[]>(`select inventory from ${table}`))].map((row) => row.inventory);

/** Sells until the table is out of stock or a swap fails. Returns the number of sales. */
async function sell(swap: (from: number) => Promise<boolean>, catalog: Catalog): Promise<number> {
  for (let sold = 0; sold < 10; sold += 1) {
    const left = (await catalog.readStock(["mug"])).get("mug")?.inventory ?? 0;
    if (left === 0 || !(await swap(left))) return sold;
  }
  return 10;
}

describe.each(["resets", "puts_back", "puts_back_later", "says_yes"])(
  "a table whose trigger returns a row and changes nothing (%s)",
  (table) => {
    it("refuses the sale because the number was not kept", async () => {
      const outcome = await over(table).compareAndSwap({ productId: "mug", from: 5, to: 4 });
      expect(outcome).toMatchObject({ outcome: "refused", by: "row", code: "number_not_kept" });
      expect(await inventoriesIn(table)).toEqual([5]);
    });

    it("sells nothing", async () => {
      const catalog = over(table);
      expect(
        await sell(
          async (from) =>
            (await catalog.compareAndSwap({ productId: "mug", from, to: from - 1 })).outcome === "swapped",
          catalog,
        ),
      ).toBe(0);
    });
  },
);

it.each([
  ["resets", 10],
  ["puts_back", 10],
  ["says_yes", 10],
])(
  "a swap that only counts updated rows sells the same units of %s again and again (negative control)",
  async (table, sales) => {
    const catalog = over(table);
    const countsRows = async (from: number): Promise<boolean> => {
      const rows = await api.sql.unsafe(
        `update ${table} set inventory = ${from - 1} where id = 'mug' and inventory = ${from} returning id`,
      );
      return rows.length === 1;
    };
    expect(await sell(countsRows, catalog)).toBe(sales);
  },
);

describe("an update that reaches no row", () => {
  it("is refused if the row still has the number (a trigger that returns null)", async () => {
    expect(await over("drops").compareAndSwap({ productId: "mug", from: 5, to: 4 })).toMatchObject({
      outcome: "refused",
      by: "row",
      code: "no_row_updated",
    });
  });

  it("is a lost race if the row has another number or is gone", async () => {
    expect(await over("drops").compareAndSwap({ productId: "mug", from: 6, to: 5 })).toEqual({ outcome: "changed" });
    expect(await over("drops").compareAndSwap({ productId: "cup", from: 5, to: 4 })).toEqual({ outcome: "changed" });
  });
});

describe("a row that rejects the number", () => {
  it("is reported with the constraint's code, and nothing changes", async () => {
    const catalog = over("lower_limit");
    expect(await catalog.compareAndSwap({ productId: "mug", from: 5, to: 3 })).toEqual({ outcome: "swapped" });
    expect(await catalog.compareAndSwap({ productId: "mug", from: 3, to: 2 })).toMatchObject({
      outcome: "refused",
      by: "row",
      code: "23514",
    });
    expect(await inventoriesIn("lower_limit")).toEqual([3]);
  });

  it("is reported with the trigger's message", async () => {
    const outcome = await over("raises").compareAndSwap({ productId: "mug", from: 5, to: 4 });
    expect(outcome).toMatchObject({ outcome: "refused", by: "row", code: "P0001" });
    expect(outcome.outcome === "refused" && outcome.message).toContain("locked for stocktaking");
  });

  it("is reported when the column is out of range", async () => {
    expect(await over("plain").compareAndSwap({ productId: "mug", from: 5, to: 3_000_000_000 })).toMatchObject({
      outcome: "refused",
      by: "row",
      code: "22003",
    });
  });
});

it("a trigger that writes a third number leaves the outcome unknown", async () => {
  await expect(over("clamps").compareAndSwap({ productId: "mug", from: 5, to: 2 })).rejects.toThrow(UnavailableError);
  expect(await inventoriesIn("clamps")).toEqual([3]);
});

describe("two rows with one id", () => {
  it("are never both changed, and have no inventory to sell", async () => {
    const catalog = over("doubled");
    expect(await catalog.compareAndSwap({ productId: "mug", from: 5, to: 4 })).toMatchObject({
      outcome: "refused",
      by: "row",
      code: "PGRST124",
    });
    expect(await inventoriesIn("doubled")).toEqual([5, 5]);
    expect((await catalog.readStock(["mug"])).get("mug")?.inventory).toBeNull();
    expect((await catalog.products(["mug"])).get("mug")?.onHand).toBe(0);
    expect(catalog.oddities).toEqual([expect.stringContaining("Several rows have the id mug")]);
  });
});

it("an id that is too long for the marks of a sale has no inventory to sell, and is listed", async () => {
  const [fits, tooLong] = ["m".repeat(200), '"'.repeat(101)];
  await api.sql`insert into plain values (${fits}, 'Fits', 1, 5), (${tooLong}, 'Too long', 1, 5)`;
  const catalog = api.catalog({ table: "plain", columns: COLUMNS });
  const stock = await catalog.readStock([fits, tooLong]);
  expect([stock.get(fits)?.inventory, stock.get(tooLong)?.inventory]).toEqual([5, null]);
  expect(catalog.oddities).toEqual([expect.stringContaining("longer than 200 characters")]);
});

describe("inventory in a text column", () => {
  it("can be sold if it is written as PostgreSQL writes numbers", async () => {
    const catalog = over("worded");
    expect(await catalog.compareAndSwap({ productId: "mug", from: 5, to: 4 })).toEqual({ outcome: "swapped" });
    expect(await inventoriesIn("worded")).toEqual(["4"]);
  });

  it.each(["5.0", "05", " 5", "5e0", "+5", "-0", "five", ""])("cannot be sold if it reads %j", async (spelling) => {
    await api.sql`update worded set inventory = ${spelling}`;
    const catalog = over("worded");
    expect((await catalog.readStock(["mug"])).get("mug")?.inventory).toBeNull();
    expect((await catalog.products(["mug"])).get("mug")?.onHand).toBe(0);
    expect(catalog.oddities).toEqual([expect.stringContaining(JSON.stringify(spelling))]);
    await api.sql`update worded set inventory = '5'`;
    await catalog.readStock(["mug"]);
    expect(catalog.oddities).toEqual([]);
  });
});

describe("the version of a row", () => {
  const versionIn = async (catalog: Catalog) => (await catalog.readStock(["mug"])).get("mug")?.version ?? null;

  it("changes with every write, whatever the numbers", async () => {
    const catalog = over("plain");
    const before = await versionIn(catalog);
    await api.sql`update plain set inventory = 4`;
    await api.sql`update plain set inventory = 5`;
    expect(before).toMatch(/^\d+$/);
    expect(await versionIn(catalog)).not.toBe(before);
    expect((await catalog.readStock(["mug"])).get("mug")?.inventory).toBe(5);
  });

  it("keeps a late swap from a row that was written since and has its old number again", async () => {
    const catalog = over("plain");
    const version = await versionIn(catalog);
    await api.sql`update plain set inventory = 4`;
    await api.sql`update plain set inventory = 5`;
    expect(await catalog.compareAndSwap({ productId: "mug", from: 5, to: 4, version })).toEqual({ outcome: "changed" });
    expect(await inventoriesIn("plain")).toEqual([5]);
    // Without the version, the same late swap takes the unit.
    expect(await catalog.compareAndSwap({ productId: "mug", from: 5, to: 4 })).toEqual({ outcome: "swapped" });
  });

  it("lets the swap through if the row is unchanged", async () => {
    const catalog = over("plain");
    expect(
      await catalog.compareAndSwap({ productId: "mug", from: 5, to: 4, version: await versionIn(catalog) }),
    ).toEqual({ outcome: "swapped" });
  });

  it("is null for a view, which can still be read and sold from", async () => {
    const catalog = over("shown");
    expect((await catalog.readStock(["mug"])).get("mug")).toEqual({
      name: "Mug",
      inventory: 5,
      active: true,
      version: null,
    });
    expect(await catalog.compareAndSwap({ productId: "mug", from: 5, to: 4, version: null })).toEqual({
      outcome: "swapped",
    });
  });

  it("is selected once if there is none", async () => {
    const asked: string[] = [];
    const catalog = api.catalog({
      table: "shown",
      columns: COLUMNS,
      through: (next) => (input, init) => (asked.push(urlOf(input)), next(input, init)),
    });
    await catalog.readStock(["mug"]);
    await catalog.readStock(["mug"]);
    expect(asked.filter((url) => url.includes("xmin"))).toHaveLength(1);
    expect(asked).toHaveLength(3);
  });

  it("is null behind a gateway that rejects its name, and selected again after an outage", async () => {
    const refusing = api.catalog({
      table: "plain",
      columns: COLUMNS,
      through: (next) => async (input, init) =>
        urlOf(input).includes("xmin") ? new Response("<html>Blocked", { status: 403 }) : next(input, init),
    });
    expect((await refusing.readStock(["mug"])).get("mug")).toMatchObject({ inventory: 5, version: null });
    let isDown = true;
    const blinking = api.catalog({
      table: "plain",
      columns: COLUMNS,
      through: (next) => async (input, init) => (isDown ? new Response("", { status: 503 }) : next(input, init)),
    });
    await expect(blinking.readStock(["mug"])).rejects.toThrow(UnavailableError);
    isDown = false;
    expect(await versionIn(blinking)).toMatch(/^\d+$/);
  });
});

describe("reads that come from a replica", () => {
  it("leave the outcome of a swap unknown, so that the sale is not made twice", async () => {
    const [row] = await api.sql`select id, name, inventory, xmin::text as version from plain`;
    const behind = Response.json([row], { headers: { "content-range": "0-0/1" } });
    const catalog = api.catalog({
      table: "plain",
      columns: COLUMNS,
      through: (next) => async (input, init) => (init?.method === "GET" ? behind.clone() : next(input, init)),
    });
    await expect(catalog.compareAndSwap({ productId: "mug", from: 5, to: 4 })).rejects.toThrow(
      "reads come from a replica",
    );
    expect(await inventoriesIn("plain")).toEqual([4]);
  });
});
