import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import { openTestDatabase, type TestDatabase } from "../sandbox/test-database";

const HARD_NAMES = [
  'He said "tide"',
  "Salt, pepper",
  "Cup (small)",
  "100% linen",
  "back\\slash",
  "under_score",
  "star*fish",
  "Crème brûlée 🍮 皿",
  "O'Hara's",
  "null",
  "a.b:c;d&e=f?g#h+i/j",
  "  spaced  ",
];

let database: TestDatabase;
/** The URLs that the catalog requested, in order. */
let asked: string[] = [];

beforeAll(async () => {
  database = await openTestDatabase({
    schema: `
      create table by_number (id integer primary key, name text, price float8, inventory_count integer);
      create table by_big_number (id bigint primary key, name text, price numeric, inventory_count numeric(12, 2));
      create table by_text (id text primary key, name text, price integer, inventory_count integer, shown boolean, money text, stripe text);
      create table "Odd Things" ("Thing No" integer primary key, "näme-x$" text, "on hand" integer, price numeric, listed boolean);
      create table many (id integer primary key, name text, price numeric, inventory_count integer);
      insert into many select n, case when n <= 1500 then 'Shell' else 'Shell ' || n end, 1, n % 7 from generate_series(1, 2300) n;`,
  });
});
afterAll(() => database.close());

const counting: typeof fetch = (input, init) => {
  asked.push(decodeURIComponent(input instanceof Request ? input.url : String(input)));
  return database.fetch(input, init);
};

function over(table: string, columns = "id,name,price,inventory=inventory_count") {
  asked = [];
  return database.catalogWith({ table, columns, fetch: counting });
}

describe("ids", () => {
  it("treats a malformed id as unknown and still finds the others of the call", async () => {
    const [first] = DEMO_PRODUCTS;
    if (first === undefined) throw new Error("The demo shop is empty");
    const catalog = over("products", "id,name,price,inventory=inventory_count");
    const ids = [
      "abc",
      first.id,
      "1; drop table products",
      first.id.toUpperCase(),
      "00000000-0000-0000-0000-000000000000",
      "",
      "a\0b",
      "x".repeat(50_000),
    ];
    expect([...(await catalog.products(ids)).keys()]).toEqual([first.id]);
    expect([...(await catalog.readStock(ids)).keys()]).toEqual([first.id]);
  });

  it("learns the ids' type once, and sends no more queries for malformed ones", async () => {
    const catalog = over("products");
    await catalog.products(["abc"]);
    const learning = asked.length;
    await catalog.products(["abc"]);
    await catalog.products(["def", "7"]);
    expect(learning).toBeGreaterThan(1);
    expect(asked).toHaveLength(learning);
  });

  it("treats an integer out of range as unknown and still finds the others", async () => {
    await database.setRows(
      [
        { id: 7, name: "Cup", price: 1, inventory_count: 2 },
        { id: 8, name: "Jug", price: 1, inventory_count: 3 },
      ],
      "by_number",
    );
    const catalog = over("by_number");
    const found = await catalog.readStock(["abc", "7", "99999999999", "8", "007", "7.0", "-1", "9".repeat(40)]);
    expect([...found.keys()].sort()).toEqual(["7", "8"]);
  });

  it.each(["by_number", "by_big_number"])(
    "sends no more queries for integers out of range (%s), however many there are",
    async (table) => {
      const catalog = over(table);
      await catalog.readStock(["abc"]);
      const learning = asked.length;
      await catalog.readStock(
        Array.from({ length: 100 }, (_, index) => String(9_999_999_999_999_999_000n + BigInt(index))),
      );
      if (table === "by_number")
        await catalog.readStock(Array.from({ length: 100 }, (_, index) => String(2_147_483_648 + index)));
      expect(asked).toHaveLength(learning);
    },
  );

  it("keeps every digit of a bigint that JSON numbers cannot hold", async () => {
    await database.exec("truncate by_big_number; insert into by_big_number values (9007199254740993, 'Mug', 12.5, 5)");
    const catalog = over("by_big_number");
    const found = await catalog.products(["9007199254740993", "9007199254740992"]);
    expect([...found]).toMatchObject([["9007199254740993", { id: "9007199254740993", onHand: 5 }]]);
    expect(await catalog.compareAndSwap({ productId: "9007199254740993", from: 5, to: 4 })).toEqual({
      outcome: "swapped",
    });
  });

  it("takes text ids literally", async () => {
    await database.setRows(
      [...HARD_NAMES, "007", "true"].map((id) => ({ id, name: id, price: 1, inventory_count: 1 })),
      "by_text",
    );
    const catalog = over("by_text");
    expect([...(await catalog.products([...HARD_NAMES, "007", "7"])).keys()].sort()).toEqual(
      [...HARD_NAMES, "007"].sort(),
    );
    for (const productId of [...HARD_NAMES, "007", "true"]) {
      expect(await catalog.compareAndSwap({ productId, from: 1, to: 0 }), productId).toEqual({ outcome: "swapped" });
    }
  });
});

describe("names", () => {
  it("are matched exactly, whatever characters they contain", async () => {
    await database.setRows(
      [...HARD_NAMES, "SALT, PEPPER"].map((name, id) => ({ id, name, price: 1, inventory_count: 1 })),
      "by_number",
    );
    const found = await over("by_number").productsNamed([...HARD_NAMES, "salt, pepper", "star%", "nobody", "a\0b", ""]);
    expect([...found.keys()].sort()).toEqual([...HARD_NAMES].sort());
    for (const [name, products] of found) expect(products.map((product) => product.name)).toEqual([name]);
  });

  it("that many rows have return all of them, beyond the 1,000 rows of one PostgREST response", async () => {
    const found = await over("many").productsNamed(["Shell", "Shell 1501"]);
    expect(found.get("Shell")).toHaveLength(1500);
    expect(found.get("Shell 1501")).toHaveLength(1);
  });

  it("are searched for literally and case-insensitively", async () => {
    await database.setRows(
      HARD_NAMES.map((name, id) => ({ id, name, price: 1, inventory_count: 1 })),
      "by_number",
    );
    const catalog = over("by_number");
    const search = async (text: string) =>
      (await catalog.list({ page: 1, pageSize: 50, search: text })).products.map((product) => product.name);
    expect(await search("%")).toEqual(["100% linen"]);
    expect(await search("_")).toEqual(["under_score"]);
    expect(await search("*")).toEqual(["star*fish"]);
    expect(await search("\\")).toEqual(["back\\slash"]);
    expect(await search("(")).toEqual(["Cup (small)"]);
    expect(await search("R*F")).toEqual(["star*fish"]);
    expect(await search("SALT, ")).toEqual(["Salt, pepper"]);
    expect(await search(".*")).toEqual([]);
    expect(await search("CRÈME")).toEqual(["Crème brûlée 🍮 皿"]);
    expect(await search("a\0")).toEqual([]);
    expect(await search("x".repeat(20_000))).toEqual([]);
    expect(await search("   ")).toHaveLength(HARD_NAMES.length);
  });
});

describe("a catalogue of 2,300 rows", () => {
  it("is listed page by page with its exact total, each row once", async () => {
    const catalog = over("many");
    const seen = new Set<string>();
    for (let page = 1; page <= 3; page += 1) {
      const { products, total, pages } = await catalog.list({ page, pageSize: 900 });
      expect({ total, pages }).toEqual({ total: 2300, pages: 3 });
      for (const product of products) seen.add(product.id);
    }
    expect(seen.size).toBe(2300);
  });

  it("has an empty page beyond the last, with the correct total", async () => {
    const page = await over("many").list({ page: 99, pageSize: 50, search: "shell 23" });
    expect(page).toEqual({ products: [], page: 99, pages: 1, total: 1 });
  });

  it("reads 2,300 ids in lists of at most 100", async () => {
    const catalog = over("many");
    const ids = Array.from({ length: 2300 }, (_, index) => String(index + 1));
    expect((await catalog.readStock(ids)).size).toBe(2300);
    expect((await catalog.products(ids)).size).toBe(2300);
    expect(asked).toHaveLength(46);
    expect(Math.max(...asked.map((url) => url.length))).toBeLessThan(2_000);
  });

  it("keeps reading when a response has fewer rows than a page", async () => {
    expect((await over("many").list({ page: 1, pageSize: 2000 })).products).toHaveLength(2000);
    const tight: typeof fetch = (input, init) =>
      database.fetch(
        new Request(
          String(input instanceof Request ? input.url : input).replace(
            /limit=(\d+)/,
            (_, limit: string) => `limit=${Math.min(7, Number(limit))}`,
          ),
          init,
        ),
      );
    const catalog = database.catalogWith({
      table: "many",
      columns: "id,name,price,inventory=inventory_count",
      fetch: tight,
    });
    const whole = await over("many").list({ page: 3, pageSize: 24 });
    expect(await catalog.list({ page: 3, pageSize: 24 })).toEqual(whole);
    expect(whole.products).toHaveLength(24);
    expect((await catalog.list({ page: 96, pageSize: 24 })).products).toHaveLength(2300 - 95 * 24);
  });
});

describe("rows", () => {
  it("become products, with the merchant's own columns and minor units", async () => {
    await database.setRows(
      [
        { id: "a", name: "Aster", price: 1250, inventory_count: 4, shown: true, money: "EUR", stripe: "price_1" },
        { id: "b", name: "Birch", price: -1, inventory_count: -3, shown: true, money: null, stripe: null },
        { id: "c", name: null, price: null, inventory_count: null, shown: null, money: "euros", stripe: " " },
        { id: "d", name: "Dory", price: 1, inventory_count: 1, shown: false, money: "jpy", stripe: null },
      ],
      "by_text",
    );
    const catalog = database.catalogWith({
      table: "by_text",
      columns: "id,name,price,inventory=inventory_count,active=shown,currency=money,stripe_price=stripe",
      priceUnit: "minor",
      currency: "USD",
      prices: {
        read: async () => new Map([["price_1", { state: "usable", price: { amount: 990, currency: "chf" } }]]),
        reread: async () => undefined,
        warm: async () => undefined,
      },
    });
    const products = await catalog.products(["a", "b", "c", "d"]);
    expect(products.get("a")).toEqual({
      id: "a",
      name: "Aster",
      description: "",
      image: null,
      price: { amount: 990, currency: "chf" },
      stripePrice: "price_1",
      onHand: 4,
      active: true,
    });
    expect(products.get("b")).toMatchObject({ price: null, stripePrice: null, onHand: 0, active: true });
    expect(products.get("c")).toMatchObject({
      name: "Untitled product",
      price: null,
      stripePrice: null,
      onHand: 0,
      active: false,
    });
    expect(products.get("d")).toMatchObject({ price: { amount: 1, currency: "jpy" }, active: false });
    expect((await catalog.list({ page: 1, pageSize: 10 })).products.map((product) => product.id)).toEqual(["a", "b"]);
  });

  it("have exact stock: null, negative and numeric", async () => {
    await database.exec(
      "truncate by_big_number; insert into by_big_number values (1, 'a', 1, null), (2, 'b', 1, -2), (3, 'c', 1, 5.00), (4, 'd', 1, 2.5)",
    );
    const stock = await over("by_big_number").readStock(["1", "2", "3", "4", "5"]);
    expect([...stock].sort().map(([id, row]) => [id, row.inventory])).toEqual([
      ["1", null],
      ["2", -2],
      ["3", 5],
      ["4", null],
    ]);
  });

  it("are found in tables and columns with spaces, dashes, dollars and accents in their names", async () => {
    await database.setRows(
      [{ "Thing No": 1, "näme-x$": "Mug", "on hand": 3, price: "12.5", listed: true }],
      "Odd Things",
    );
    const catalog = over("Odd Things", "id=Thing No,name=näme-x$,inventory=on hand,price,active=listed");
    expect((await catalog.list({ page: 1, pageSize: 5, search: "mug" })).products).toMatchObject([
      { id: "1", name: "Mug", onHand: 3, price: { amount: 1250 } },
    ]);
    expect((await catalog.productsNamed(["Mug"])).size).toBe(1);
    expect(await catalog.compareAndSwap({ productId: "1", from: 3, to: 2 })).toEqual({ outcome: "swapped" });
    expect((await catalog.readStock(["1"])).get("1")).toMatchObject({ name: "Mug", inventory: 2, active: true });
    expect(await catalog.probe()).toEqual({ ok: true, problems: [], warnings: [] });
  });
});

describe("a broken setup", () => {
  it("throws UnavailableError that names the missing table or column", async () => {
    await expect(over("nowhere").readStock(["1"])).rejects.toThrow(UnavailableError);
    await expect(over("nowhere").readStock(["1"])).rejects.toThrow(/table "nowhere" does not exist/);
    await expect(over("many", "id,name,price,inventory=stock").readStock(["1"])).rejects.toThrow(
      /column is missing.*stock/,
    );
    expect(
      await over("many", "id,name,price,inventory=stock").compareAndSwap({ productId: "1", from: 1, to: 0 }),
    ).toMatchObject({ outcome: "refused", by: "setup", code: "PGRST204" });
  });

  it("throws UnavailableError if the key is invalid", async () => {
    await expect(database.catalogWith({ key: "sb_secret_other" }).list({ page: 1, pageSize: 1 })).rejects.toThrow(
      /Invalid API key/,
    );
  });
});
