import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "~/doctor/finding";
import { openTestDatabase, type Row, type TestDatabase } from "../sandbox/test-database";
import { failuresOf, notesOf } from "./merchant-stripe";
import { examine, servePictures, type TableSetup } from "./merchant-table";

let database: TestDatabase;
let pictures: Awaited<ReturnType<typeof servePictures>>;
beforeAll(async () => {
  pictures = await servePictures();
  database = await openTestDatabase({
    schema: `
      create table goods (id integer, name text, price numeric, stock integer, image_url text);
      create table measured (id integer, name text, price text, stock numeric);
      create table worded (id bigint, title text, price_cents integer, stock text);
      create table flagged (
        id integer primary key, name text, price numeric, stock integer,
        status text, deleted_at timestamptz, is_active boolean, published boolean, archived boolean, sold boolean,
        tenant_id text, sale_price numeric, "discountPrice" numeric, reserved integer, is_deleted boolean,
        visible boolean, published_at timestamptz, currency text, "createdAt" timestamptz,
        enabled integer, hidden smallint, listed text);
      create table shirts (id integer primary key, title text, price numeric);
      create table shirt_sizes (id integer primary key, shirt_id integer references shirts, size text, stock integer);
      insert into shirts values (1, 'Shirt', 20);
      create view goods_view as select * from goods;`,
  });
});
afterAll(async () => {
  pictures.close();
  await database.close();
});

const POSTER = { id: 1, name: "Poster", price: 19, stock: 5 };
const MUG = { id: 2, name: "Mug", price: 12.5, stock: 3 };

async function look(rows: readonly Row[], setup: Partial<TableSetup> = {}): Promise<readonly Finding[]> {
  const table = setup.table ?? "goods";
  await database.setRows(rows, table);
  return examine(database, { table, ...setup });
}

describe("what doctor shows of a table", () => {
  it("is three rows as the shop shows them, with their pictures", async () => {
    const findings = await look(
      [
        { ...POSTER, image_url: `${pictures.url}/poster.png` },
        { ...MUG, image_url: `${pictures.url}/gone.png` },
        { ...POSTER, id: 3, name: "Print", stock: 0 },
        { ...POSTER, id: 4, name: "Card" },
      ],
      { columns: "id,name,price,inventory=stock,image=image_url" },
    );

    expect(findings).toContainEqual({
      state: "note",
      text: "Poster · $19.00 · 5 in stock · picture loads · for sale.",
    });
    expect(findings).toContainEqual({
      state: "note",
      text: "Mug · $12.50 · 3 in stock · picture does not load (404) · for sale.",
    });
    expect(findings).toContainEqual({
      state: "note",
      text: "Print · $19.00 · 0 in stock · no picture · not for sale: sold out.",
    });
    expect(findings.filter(({ text }) => text.includes(" · "))).toHaveLength(3);
    expect(failuresOf(findings)).toEqual([]);
    expect(findings).toContainEqual({ state: "ok", text: "3 products of 4 rows are for sale now." });
    expect(findings.at(-1)?.text).toMatch(/^The product list \(4 in all\), a search, a product page and the sitemap/);
  });

  it("says of a row that the filter hides, and of a page in place of a picture, what they are", async () => {
    const findings = await look([{ ...POSTER, image_url: `${pictures.url}/page` }, MUG], {
      columns: "id,name,price,inventory=stock,image=image_url",
      filter: "id=eq.1",
    });

    expect(findings.filter(({ text }) => text.includes(" · ")).map(({ text }) => text)).toEqual([
      expect.stringContaining("picture does not load (its type is text/html)"),
      "Mug · not for sale: hidden by PRODUCTS_FILTER.",
    ]);
  });
});

describe("rows that cannot be sold", () => {
  it.each<[string, readonly Row[], RegExp]>([
    ["an empty table", [], /^Nothing is for sale: the table "goods" is empty/],
    ["a table that is sold out", [{ ...POSTER, stock: 0 }], /^Nothing is for sale: none of 1 row/],
    ["ids that are null", [POSTER, { ...MUG, id: null }], /^1 row has no "id" \(null\)/],
    [
      "ids that are not unique",
      [POSTER, { ...MUG, id: 1 }, { ...MUG, id: 3 }],
      /^1 id is shared .* 1: .*must be unique/,
    ],
    ["stock that is null everywhere", [{ ...POSTER, stock: null }], /^Every row's "stock" is null/],
    ["no price anywhere", [{ ...POSTER, price: null }], /^1 row's "price" is not a price, for example null/],
    [
      "prices that look like cents",
      [
        { ...POSTER, price: 1900 },
        { ...MUG, price: 250 },
      ],
      /^PRICE_UNIT looks wrong: .*1900 is sold for \$1,900\.00.*should be \$19\.00, set PRICE_UNIT=minor/,
    ],
  ])("fail: %s", async (_what, rows, failure) => {
    expect(failuresOf(await look(rows))).toContainEqual(expect.stringMatching(failure));
  });

  it("are counted in a note if others can be sold", async () => {
    const rows = [
      POSTER,
      { ...MUG, stock: null },
      { ...MUG, id: 3, stock: null },
      { ...MUG, id: 4, price: null },
      { ...MUG, id: 5, stock: -1 },
    ];
    const findings = await look(rows);

    expect(failuresOf(findings)).toEqual([]);
    expect(notesOf(findings)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^2 rows have no stock \("stock" is null\)/),
        expect.stringMatching(/^1 row's "price" is not a price/),
        expect.stringMatching(/^1 row's "stock" is negative/),
      ]),
    );
  });

  it("are found for fractional stock and prices in words", async () => {
    const row = (id: number, price: string, stock: number) => ({ id, name: `N${id}`, price, stock });
    const findings = await look([row(1, "12.50", 2.5), row(2, "ask us", 1), row(3, "7", 1)], { table: "measured" });
    expect(failuresOf(findings)).toEqual([]);
    expect(notesOf(findings)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^1 row's "stock" is not a whole number, for example 2\.5/),
        expect.stringMatching(/^1 row's "price" is not a price, for example "ask us"/),
      ]),
    );
    expect(failuresOf(await look([row(1, "12.50", 2.5)], { table: "measured" }))).toContainEqual(
      expect.stringMatching(/is not a whole number/),
    );
  });

  it("fail for decimals with PRICE_UNIT=minor, and a confirmed PRICE_UNIT=major passes", async () => {
    const minor = { changes: { priceUnit: "minor", isPriceUnitSet: true } } as const;
    expect(failuresOf(await look([MUG], minor))).toContainEqual(expect.stringMatching(/^PRICE_UNIT=minor, but/));
    const major = { changes: { isPriceUnitSet: true } } as const;
    expect(failuresOf(await look([{ ...POSTER, price: 1900 }], major))).toEqual([]);
    expect(failuresOf(await look([{ ...POSTER, price: 1900 }], { changes: { currency: "jpy" } }))).toEqual([]);
  });

  it("keep ids apart that only differ beyond 2^53", async () => {
    const row = (id: string) => ({ id, title: id, price_cents: 1900, stock: "3" });
    const findings = await look([row("9007199254740993"), row("9007199254740992")], {
      table: "worded",
      columns: "id,name=title,price=price_cents,inventory=stock",
      changes: { priceUnit: "minor", isPriceUnitSet: true },
    });
    expect(failuresOf(findings)).toEqual([]);
    expect(findings).toContainEqual({ state: "ok", text: "2 products of 2 rows are for sale now." });
  });
});

describe("a filter that no row passes", () => {
  it.each<[string, string]>([
    ["status=eq.active", 'Values in "status": "Active", "draft".'],
    ["or=(status.eq.live,tenant_id.eq.b)", 'Values in "status": "Active", "draft". Values in "tenant_id": "a", null.'],
  ])("fails with the values of its columns: %s", async (filter, values) => {
    const rows = [
      { ...POSTER, status: "Active", tenant_id: "a" },
      { ...MUG, status: "draft", tenant_id: null },
    ];
    expect(failuresOf(await look(rows, { table: "flagged", filter }))).toContain(
      `Nothing is for sale: no row of "flagged" passes PRODUCTS_FILTER. ${values}`,
    );
  });
});

describe("unmapped columns that decide what is sold", () => {
  const rows = (column: string, ...values: readonly unknown[]) =>
    values.map((value, index) => ({ ...POSTER, id: index + 1, name: `N${index}`, price: 9.5, [column]: value }));

  it.each<[string, readonly unknown[], string]>([
    ["status", ["active", "active", "draft"], "PRODUCTS_FILTER=status=eq.active"],
    ["status", ["draft", "draft"], "PRODUCTS_FILTER=status=eq.VALUE"],
    ["deleted_at", [null, "2026-01-01T00:00:00Z"], "PRODUCTS_FILTER=deleted_at=is.null"],
    ["is_active", [true, false], "PRODUCTS_FILTER=is_active=is.true"],
    ["published", [true, null], "PRODUCTS_FILTER=published=is.true"],
    ["visible", [true, false], "PRODUCTS_FILTER=visible=is.true"],
    ["published_at", ["2026-01-01T00:00:00Z", null], "PRODUCTS_FILTER=published_at=not.is.null"],
    ["archived", [true, false, null], "PRODUCTS_FILTER=archived=not.is.true"],
    ["is_deleted", [true, false, null], "PRODUCTS_FILTER=is_deleted=not.is.true"],
    ["sold", [true, false], "PRODUCTS_FILTER=sold=not.is.true"],
    ["tenant_id", ["a", "a", "b"], "PRODUCTS_FILTER=tenant_id=eq.a"],
  ])("fail: %s of %j, until PRODUCTS_FILTER uses it", async (column, values, advice) => {
    const findings = failuresOf(await look(rows(column, ...values), { table: "flagged" }));
    expect(findings).toEqual([expect.stringContaining(advice)]);

    const [, filter = ""] = /PRODUCTS_FILTER=(\S+)/.exec(findings[0] ?? "") ?? [];
    const fixed = filter.replace("VALUE", "draft");
    expect(failuresOf(await look(rows(column, ...values), { table: "flagged", filter: fixed }))).toEqual([]);
    const nested = `or=(${fixed.replace("=", ".")},id.is.null)`;
    expect(failuresOf(await look(rows(column, ...values), { table: "flagged", filter: nested }))).toEqual([]);
  });

  it.each<[string, readonly unknown[], string]>([
    ["enabled", [1, 0, null], "enabled=eq.1"],
    ["enabled", [0, 0], "enabled=eq.1"],
    ["hidden", [1, 0, null], "or=(hidden.is.null,hidden.eq.0)"],
    ["listed", ["yes", "no"], "listed=eq.yes"],
  ])("fail: %s of %j, which is a flag without being a boolean", async (column, values, filter) => {
    const given = rows(column, ...values);
    expect(failuresOf(await look(given, { table: "flagged" }))).toContainEqual(
      expect.stringContaining(`PRODUCTS_FILTER=${filter} `),
    );
    const left = failuresOf(await look(given, { table: "flagged", filter }));
    expect(left.filter((text) => text.includes("would be sold"))).toEqual([]);
  });

  it.each<[string, readonly unknown[], RegExp]>([
    ["sale_price", [null, 5], /^1 row has a "sale_price", which the shop does not charge.*coalesce\("sale_price"/],
    ["discountPrice", [4, 5], /^2 rows have a "discountPrice"/],
    ["reserved", [0, 2], /^1 row has "reserved" units/],
    ["currency", ["usd", "EUR"], /^1 row has a "currency" other than CURRENCY=usd.*Add currency=currency/],
  ])("fail: %s of %j, unless ignored", async (column, values, failure) => {
    const setup = { table: "flagged" };
    expect(failuresOf(await look(rows(column, ...values), setup))).toEqual([expect.stringMatching(failure)]);
    const ignored = { ...setup, changes: { ignored: new Set([column]) } };
    const findings = await look(rows(column, ...values), ignored);
    expect(failuresOf(findings)).toEqual([]);
    expect(notesOf(findings)).toContainEqual(expect.stringContaining(`"${column}"`));
  });

  it("pass if every row says the same", async () => {
    const row = { ...POSTER, price: 9.5, status: "Published", is_active: true, archived: false, tenant_id: "a" };
    const findings = await look([row, { ...row, id: 2, sale_price: null, reserved: 0, currency: "USD" }], {
      table: "flagged",
    });
    expect(failuresOf(findings)).toEqual([]);
  });

  it("pass if mapped", async () => {
    const mapped = { table: "flagged", columns: "id,name,price,inventory=stock,active=is_active,currency" };
    const both = rows("is_active", true, false).map((row) => ({ ...row, currency: "EUR" }));
    expect(failuresOf(await look(both, mapped))).toEqual([]);
  });
});

describe("reads that the shop makes", () => {
  it("fail with PostgreSQL's reason: an active column that is no boolean, and a filter that fits no column", async () => {
    const rows = [{ ...POSTER, status: "active" }];
    const active = { table: "flagged", columns: "id,name,price,inventory=stock,active=status" };
    expect(failuresOf(await look(rows, active)).length).toBeGreaterThan(0);
    expect(failuresOf(await look(rows, { table: "flagged", filter: "stat=eq.active" }))).toContainEqual(
      expect.stringMatching(/PRODUCTS_FILTER does not fit/),
    );
    expect(failuresOf(await look(rows, { table: "flagged", order: "sort.asc" }))).toContainEqual(
      expect.stringMatching(/PRODUCTS_ORDER does not fit/),
    );
  });
});

describe("writes", () => {
  it("of a table take a unit and return it; that the public cannot is not tested without its key", async () => {
    const findings = await look([POSTER], { changes: { writeTo: "1" } });
    expect(failuresOf(findings)).toEqual([]);
    expect(findings).toContainEqual({ state: "ok", text: expect.stringContaining("taken and returned") as string });
    expect(notesOf(findings)).toContainEqual(expect.stringMatching(/public can change the stock.*PUBLISHABLE_KEY/));
  });

  it("of a view must be proven to be closed to the public, and are raced only when asked to", async () => {
    await look([POSTER]);
    const closed = expect.stringMatching(/^Not tested: whether the public can .* view "goods_view"/) as string;
    const asked = await examine(database, { table: "goods_view", changes: { writeTo: "1" } });
    expect(failuresOf(asked)).toEqual([closed]);
    expect(asked).toContainEqual({ state: "ok", text: expect.stringContaining("are a compare-and-swap") as string });
    const unasked = await examine(database, { table: "goods_view" });
    expect(failuresOf(unasked)).toEqual([closed]);
    expect(notesOf(unasked)).toContainEqual(expect.stringMatching(/^Not tested: whether updates of this view/));
  });
});

describe("a table of variants", () => {
  it("fails, and is shown the view to sell from", async () => {
    const findings = await look([{ id: 7, shirt_id: 1, size: "M", stock: 3 }], { table: "shirt_sizes" });
    expect(failuresOf(findings)).toContainEqual(expect.stringContaining('no column "name"'));
    expect(notesOf(findings)).toContainEqual(
      expect.stringMatching(/create view shop_products with \(security_invoker/),
    );
  });
});
