import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestDatabase, type TestDatabase } from "../sandbox/test-database";

const jwt = (role: string): string =>
  ["{}", JSON.stringify({ role }), "signature"].map((part) => Buffer.from(part).toString("base64url")).join(".");
const MUG = { id: "6f1c2a54-8d0e-4b7a-9c35-1e8f0a7b4d01", name: "Mug", price: "12.50", inventory_count: 3 };

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({
    schema: `
      alter table products alter inventory_count drop not null;
      create table twins (id integer, name text, price numeric, inventory_count integer);
      create table dated (id integer, name text, price numeric, inventory integer, words text, at timestamptz, doc json);
      create table frozen (id integer primary key, name text, price numeric, inventory_count integer);
      create function refuse() returns trigger language plpgsql as 'begin return null; end';
      create trigger refuse before update on frozen for each row execute function refuse();`,
  });
});
afterAll(() => database.close());
beforeEach(() => database.setRows([MUG]));

describe("probe", () => {
  it("reports a missing table", async () => {
    const report = await database.catalogWith({ table: "nowhere" }).probe();
    expect(report).toMatchObject({
      ok: false,
      warnings: [],
      problems: [expect.stringContaining('table "nowhere" does not exist')],
    });
  });

  it("reports each missing column with the field it is mapped to", async () => {
    const report = await database
      .catalogWith({ columns: "id,name=title,price,inventory=stock,description,stripe_price=stripe" })
      .probe();
    expect(report.ok).toBe(false);
    expect(report.problems).toEqual([
      expect.stringContaining('no column "title" (mapped to name'),
      expect.stringContaining('no column "stock" (mapped to inventory'),
      expect.stringContaining('no column "stripe" (mapped to stripe_price'),
    ]);
  });

  it("reports a column for `created` that is missing, cannot be sorted by, or has no dates", async () => {
    const report = (column: string) =>
      database.catalogWith({ table: "dated", columns: `id,name,price,inventory,created=${column}` }).probe();
    await database.setRows(
      [{ id: 1, name: "Mug", price: 1, inventory: 2, words: "3 May", at: "2026-05-03", doc: 1 }],
      "dated",
    );
    expect(await report("added")).toMatchObject({
      ok: false,
      problems: [expect.stringContaining('no column "added" (mapped to created')],
    });
    expect(await report("doc")).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^PRODUCTS_COLUMNS .*json/)],
    });
    expect(await report("words")).toMatchObject({
      ok: true,
      warnings: [expect.stringContaining('"words" is not a date')],
    });
    expect(await report("at")).toEqual({ ok: true, problems: [], warnings: [] });
  });

  it("reports rows that can be read but not updated", async () => {
    await database.setRows([{ ...MUG, id: 1 }], "frozen");
    const report = await database
      .catalogWith({ table: "frozen", columns: "id,name,price,inventory=inventory_count" })
      .probe();
    expect(report).toMatchObject({ ok: false, problems: [expect.stringContaining("can be read but not updated")] });
  });

  it("reports ids that are not unique", async () => {
    await database.setRows(
      [
        { ...MUG, id: 1 },
        { ...MUG, id: 1 },
      ],
      "twins",
    );
    const report = await database
      .catalogWith({ table: "twins", columns: "id,name,price,inventory=inventory_count" })
      .probe();
    expect(report).toMatchObject({ ok: false, problems: [expect.stringContaining("must be unique")] });
  });

  it("reports a publishable key and a key with a weak role", async () => {
    const problemsOf = async (key: string) => (await database.catalogWith({ key }).probe()).problems;
    expect(await problemsOf("sb_publishable_x")).toContainEqual(expect.stringContaining("publishable key"));
    expect(await problemsOf(jwt("anon"))).toContainEqual(expect.stringContaining('role "anon"'));
    expect(await problemsOf(jwt("service_role"))).not.toContainEqual(expect.stringContaining("role"));
  });

  it("reports a database that does not respond, and does not throw", async () => {
    const report = await database.catalogWith({ fetch: () => Promise.reject(new TypeError("fetch failed")) }).probe();
    expect(report).toMatchObject({ ok: false, problems: [expect.stringContaining("did not respond")] });
  });

  it("warns that writing is not proven when the table is empty", async () => {
    await database.setRows([]);
    expect(await database.catalog.probe()).toMatchObject({
      ok: true,
      problems: [],
      warnings: [expect.stringContaining("Not tested")],
    });
  });

  it("warns of an invalid inventory and price", async () => {
    await database.setRows([{ ...MUG, inventory_count: null, price: null }]);
    const report = await database.catalog.probe();
    expect(report).toMatchObject({
      ok: true,
      problems: [],
      warnings: [
        expect.stringContaining("inventory_count"),
        expect.stringContaining("not a price"),
        expect.stringContaining("Not tested"),
      ],
    });
  });

  it("closes selling if a trigger refuses even the number that the row has, until none does", async () => {
    const catalog = database.catalogWith({});
    await database.exec(`
      create function forbid() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
      create trigger forbid before update on products for each row execute function forbid();`);
    expect((await catalog.probe()).problems).toEqual([expect.stringContaining("A trigger of the table")]);
    expect(catalog.closedBy).toMatchObject({ code: "P0001" });
    await database.exec("drop trigger forbid on products; drop function forbid;");
    expect((await catalog.probe()).ok).toBe(true);
    expect(catalog.closedBy).toBeNull();
  });

  it("does not close selling for what is wrong with one row only", async () => {
    const catalog = database.catalogWith({});
    await database.exec("alter table products add constraint cheap check (price < 1) not valid");
    expect((await catalog.probe()).problems).toEqual([expect.stringContaining("A constraint of the table")]);
    expect(catalog.closedBy).toBeNull();
    await database.exec("alter table products drop constraint cheap");
  });

  it("reports nothing for a correct setup, and changes no number", async () => {
    expect(await database.catalog.probe()).toEqual({ ok: true, problems: [], warnings: [] });
    expect((await database.catalog.readStock([MUG.id])).get(MUG.id)?.inventory).toBe(3);
  });
});
