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
      create table frozen (id integer primary key, name text, price numeric, inventory_count integer);
      create function refuse() returns trigger language plpgsql as 'begin return null; end';
      create trigger refuse before update on frozen for each row execute function refuse();`,
  });
});
afterAll(() => database.close());
beforeEach(() => database.setRows([MUG]));

describe("probe", () => {
  it("says that the table is missing", async () => {
    const report = await database.catalogWith({ table: "nowhere" }).probe();
    expect(report).toMatchObject({
      ok: false,
      warnings: [],
      faults: [expect.stringContaining('table "nowhere" does not exist')],
    });
  });

  it("names each column that is missing, and what it is mapped to", async () => {
    const report = await database
      .catalogWith({ columns: "id,name=title,price,inventory=stock,description,stripe_price=stripe" })
      .probe();
    expect(report.ok).toBe(false);
    expect(report.faults).toEqual([
      expect.stringContaining('no column "title" (mapped to name'),
      expect.stringContaining('no column "stock" (mapped to inventory'),
      expect.stringContaining('no column "stripe" (mapped to stripe_price'),
    ]);
  });

  it("says that rows can be read but not updated", async () => {
    await database.setRows([{ ...MUG, id: 1 }], "frozen");
    const report = await database
      .catalogWith({ table: "frozen", columns: "id,name,price,inventory=inventory_count" })
      .probe();
    expect(report).toMatchObject({ ok: false, faults: [expect.stringContaining("can be read but not updated")] });
  });

  it("says that ids are not unique", async () => {
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
    expect(report).toMatchObject({ ok: false, faults: [expect.stringContaining("must be unique")] });
  });

  it("says that the key is a publishable one, or bears a weak role", async () => {
    const faultsOf = async (key: string) => (await database.catalogWith({ key }).probe()).faults;
    expect(await faultsOf("sb_publishable_x")).toContainEqual(expect.stringContaining("publishable key"));
    expect(await faultsOf(jwt("anon"))).toContainEqual(expect.stringContaining('role "anon"'));
    expect(await faultsOf(jwt("service_role"))).not.toContainEqual(expect.stringContaining("role"));
  });

  it("says that the database does not answer, and does not throw", async () => {
    const report = await database.catalogWith({ fetch: () => Promise.reject(new TypeError("fetch failed")) }).probe();
    expect(report).toMatchObject({ ok: false, faults: [expect.stringContaining("did not answer")] });
  });

  it("warns that writing could not be proven when the table is empty", async () => {
    await database.setRows([]);
    expect(await database.catalog.probe()).toMatchObject({
      ok: true,
      faults: [],
      warnings: [expect.stringContaining("could not be proven")],
    });
  });

  it("warns of an inventory and a price that are none", async () => {
    await database.setRows([{ ...MUG, inventory_count: null, price: null }]);
    const report = await database.catalog.probe();
    expect(report).toMatchObject({
      ok: true,
      faults: [],
      warnings: [
        expect.stringContaining("inventory_count"),
        expect.stringContaining("not a price"),
        expect.stringContaining("could not be proven"),
      ],
    });
  });

  it("finds nothing to say about a shop that is set up well, and changes no number", async () => {
    expect(await database.catalog.probe()).toEqual({ ok: true, faults: [], warnings: [] });
    expect((await database.catalog.readStock([MUG.id])).get(MUG.id)?.inventory).toBe(3);
  });
});
