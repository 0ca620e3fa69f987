import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSupabaseCatalog } from "~/catalog/supabase-catalog.server";
import { openTestDatabase, type TestDatabase } from "../sandbox/test-database";

const TABLES: Record<string, string> = {
  counted: "inventory_count integer, stock integer, description text, image_url text",
  stocked: "stock integer, body text, details text, images text[], photo text",
  bare: "quantity integer",
  twice: "stock integer, quantity integer, description text",
  unstocked: "in_stock boolean, color text",
  shapeless: "stock_quantity integer",
  unnamed: "color text",
};

let database: TestDatabase;
beforeAll(async () => {
  const tables = Object.entries(TABLES).map(
    ([table, columns]) => `create table ${table} (id integer primary key, name text, price numeric, ${columns});`,
  );
  database = await openTestDatabase({
    schema: `
      ${tables.join("\n")}
      alter table shapeless drop name, add title text;
      alter table unnamed drop name;
      create table emptied (like stocked);
      create table mixed (id integer primary key, name text, price numeric, stock integer, status text,
        state text, is_active integer, deleted_at timestamptz, published_at timestamptz, condition text, active boolean);`,
  });
  for (const table of Object.keys(TABLES)) await database.exec(`insert into ${table} (id) values (1)`);
});
afterAll(() => database.close());

/** A catalog for which PRODUCTS_COLUMNS is not set. */
function detecting(table: string, options: { fetch?: typeof fetch; log?: string[] } = {}) {
  const note = (_fields: object, message: string): void => void options.log?.push(message);
  return createSupabaseCatalog({
    url: "http://sandbox.supabase.local",
    key: "sb_secret_sandbox",
    fetch: options.fetch ?? database.fetch,
    table,
    columns: null,
    priceUnit: "major",
    currency: "usd",
    log: { info: note, warn: () => undefined },
  });
}

describe("a table for which PRODUCTS_COLUMNS is not set", () => {
  it("is read with inventory_count if it has that, and with the first of each optional column, and says so once", async () => {
    const log: string[] = [];
    const catalog = detecting("counted", { log });
    expect(await catalog.examineMapping()).toMatchObject({ outcome: "usable" });
    await catalog.examineMapping();
    expect(log).toEqual([
      'PRODUCTS_COLUMNS is not set: the table "counted" is read as id,name,price,inventory=inventory_count,description,image=image_url. Set that before going live, so that a column added later changes nothing.',
      'The stock is read from "inventory_count", not from "stock"; to change that, set PRODUCTS_COLUMNS.',
    ]);
  });

  it("is read with the one other column that may be the stock", async () => {
    expect(await detecting("stocked").examineMapping()).toMatchObject({
      outcome: "usable",
      columns: { inventory: "stock", description: "body", image: "images" },
      notes: [
        expect.anything(),
        expect.stringContaining('"body", not from "details"'),
        expect.stringContaining('"photo"'),
      ],
    });
    expect(await detecting("bare").examineMapping()).toMatchObject({
      columns: { inventory: "quantity", description: null, image: null },
    });
  });

  it("is detected without rows too", async () => {
    expect(await detecting("emptied").examineMapping()).toMatchObject({
      outcome: "usable",
      columns: { inventory: "stock", description: "body", image: "images" },
    });
  });

  it.each([
    [
      "twice",
      'PRODUCTS_COLUMNS: not set, and the table "twice" has several columns that may be the stock: "stock" and "quantity". Set PRODUCTS_COLUMNS=id,name,price,inventory=stock,description or PRODUCTS_COLUMNS=id,name,price,inventory=quantity,description.',
    ],
    [
      "unstocked",
      'PRODUCTS_COLUMNS: not set, and the table "unstocked" has no column for the stock (inventory_count, inventory, stock, stock_quantity, quantity). Its columns are id, name, price, in_stock, color. Set PRODUCTS_COLUMNS=id,name,price,inventory=COLUMN with the table\'s own names for COLUMN; description and image may be left out.',
    ],
    [
      "shapeless",
      'PRODUCTS_COLUMNS: not set, and the table "shapeless" has no column "name". Its columns are id, price, stock_quantity, title. If these are right, set PRODUCTS_COLUMNS=id,name=title,price,inventory=stock_quantity.',
    ],
    [
      "unnamed",
      'PRODUCTS_COLUMNS: not set, and the table "unnamed" has no column "name" and no column for the stock (inventory_count, inventory, stock, stock_quantity, quantity). Its columns are id, price, color. Set PRODUCTS_COLUMNS=id,name=COLUMN,price,inventory=COLUMN with the table\'s own names for COLUMN; description and image may be left out.',
    ],
  ])("%s is refused with what to set", async (table, message) => {
    const catalog = detecting(table);
    expect(await catalog.examineMapping()).toEqual({ outcome: "impossible", message });
    expect(catalog.closedBy).toEqual({ code: "mapping", message });
    expect(await catalog.probe()).toEqual({ ok: false, problems: [message], warnings: [] });
    await expect(catalog.list({ page: 1, pageSize: 5 })).rejects.toThrow(message);
  });

  it("is opened by the next check once it has been given a stock", async () => {
    let isFixed = false;
    const hidden: typeof fetch = async (input, init) => {
      const response = await database.fetch(input, init);
      if (isFixed) return response;
      const rows = (await response.json()) as object[];
      return Response.json(rows.map((row) => ({ ...row, quantity: undefined })));
    };
    const catalog = detecting("bare", { fetch: hidden });
    expect(await catalog.examineMapping()).toMatchObject({ outcome: "impossible" });
    isFixed = true;
    await catalog.probe();
    expect(catalog.closedBy).toBeNull();
    expect(await catalog.readStock(["1"])).toEqual(new Map([["1", expect.objectContaining({ inventory: null })]]));
  });

  it("is detected by the first call that reaches the database, once for all calls", async () => {
    let isDown = true;
    const asked: string[] = [];
    const flaky: typeof fetch = (input, init) => {
      if (isDown) return Promise.reject(new TypeError("fetch failed"));
      asked.push(decodeURIComponent(new Request(input, init).url));
      return database.fetch(input, init);
    };
    const catalog = detecting("stocked", { fetch: flaky });
    const [lookUp, feed] = [catalog.offers.displayReader(), catalog.offers.displayReader()];
    await expect(catalog.examineMapping()).rejects.toThrow("did not respond");
    await expect(lookUp(["1"])).rejects.toThrow("did not respond");
    expect([catalog.closedBy, catalog.oddities, catalog.unavailable]).toEqual([null, [], 0]);
    isDown = false;
    const reads = await Promise.all([lookUp(["1"]), feed(["1"]), catalog.readStock(["1"]), catalog.products(["1"])]);
    expect(reads.map((read) => [...read.keys()])).toEqual([["1"], ["1"], ["1"], ["1"]]);
    expect(asked.filter((url) => url.includes("select=*"))).toHaveLength(1);
  });
});

describe("a column mapped to active that is not a boolean", () => {
  beforeEach(async () => {
    await database.exec("truncate mixed");
    await database.exec(`insert into mixed (id, status, state, is_active, condition, published_at, active) values
      (1, 'draft', 'Live', 1, 'new', '2026-01-01', true), (2, 'active', 'off', 0, 'used', null, false)`);
  });

  it.each([
    ["status", "set PRODUCTS_FILTER=status=eq.active instead."],
    ["state", "set PRODUCTS_FILTER=state=eq.Live instead."],
    ["is_active", "set PRODUCTS_FILTER=is_active=eq.1 instead."],
    ["deleted_at", "set PRODUCTS_FILTER=deleted_at=is.null instead."],
    ["published_at", "set PRODUCTS_FILTER=published_at=not.is.null instead."],
    [
      "condition",
      'set PRODUCTS_FILTER=condition=eq.VALUE instead, with the value that means for sale (seen: "new", "used").',
    ],
  ])("%s is refused with the filter that says the same", async (column, advice) => {
    const catalog = database.catalogWith({ table: "mixed", columns: `id,name,price,inventory=stock,active=${column}` });
    const report = await catalog.examineMapping();
    expect(report).toEqual({
      outcome: "impossible",
      message: `PRODUCTS_COLUMNS: "${column}" is mapped to active, but it is not a boolean column. Leave active out and ${advice}`,
    });
    expect(catalog.closedBy?.message).toContain(advice);
    expect(await catalog.probe()).toMatchObject({ ok: false, problems: [expect.stringContaining(advice)] });
  });

  it("a boolean is not refused", async () => {
    const catalog = database.catalogWith({ table: "mixed", columns: "id,name,price,inventory=stock,active" });
    expect(await catalog.examineMapping()).toMatchObject({ outcome: "usable", notes: [] });
    expect(catalog.closedBy).toBeNull();
  });
});
