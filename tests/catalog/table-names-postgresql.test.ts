import { afterAll, beforeAll, expect, it } from "vitest";
import { openPostgresqlApi, type PostgresqlApi } from "./postgresql-api";

const TABLES = [
  ["public", "Product"],
  ["public", "shop-items"],
  ["public", "My Products"],
  ["public", "order"],
  ["shop", "products"],
] as const;
const columns = "id,name,price,inventory=stock";

let api: PostgresqlApi;
beforeAll(async () => {
  const create = TABLES.map(
    ([schema, table]) => `
      create table ${schema}."${table}" (id integer primary key, name text, price numeric, stock integer);
      insert into ${schema}."${table}" values (1, '${schema} ${table}', 2, 9);`,
  );
  api = await openPostgresqlApi({
    schema: `create schema shop; create schema hidden; create table hidden.products (id integer); ${create.join("")}`,
  });
}, 60_000);
afterAll(() => api.close());

it.each(TABLES)("%s.%s is listed, searched, checked and sold from", async (schema, table) => {
  const catalog = api.catalog({ schema, table, columns });
  expect(await catalog.probe()).toEqual({ ok: true, problems: [], warnings: [] });
  const listed = await catalog.list({ page: 1, pageSize: 5, search: table });
  expect(listed.products).toMatchObject([{ id: "1", name: `${schema} ${table}` }]);
  expect(await catalog.compareAndSwap({ productId: "1", from: 9, to: 8 })).toEqual({ outcome: "swapped" });
  expect(await api.sql`select stock from ${api.sql(schema)}.${api.sql(table)}`).toEqual([{ stock: 8 }]);
});

it("a schema that is not exposed is named, with the place where it can be exposed", async () => {
  const catalog = api.catalog({ schema: "hidden", table: "products", columns });
  const problem = /schema "hidden" \(PRODUCTS_SCHEMA\) is not exposed.*Data API, Exposed schemas/;
  expect(await catalog.probe()).toMatchObject({ ok: false, problems: [expect.stringMatching(problem)] });
  const swap = await catalog.compareAndSwap({ productId: "1", from: 9, to: 8 });
  expect(swap).toMatchObject({ outcome: "refused", by: "setup", code: "PGRST106" });
});
