import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestDatabase, type TestDatabase } from "../sandbox/test-database";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({
    schema: `
      create table priced (id integer, name text, stock integer, number numeric, words text, cash money, nothing numeric,
                           price_id text, currency text, at timestamptz);
      insert into priced values (1, 'Mug', 1, 12.5, '12.50', 12.5, null, null, 'usd', now());`,
  });
});
afterAll(() => database.close());

const sortsOf = (columns: string) =>
  database.catalogWith({ table: "priced", columns: `id,name,inventory=stock,${columns}` }).offers.sorts();

it.each([
  ["price=number", ["price", "-price"]],
  ["price=number,created=at", ["price", "-price", "newest"]],
  ["price=words", []],
  ["price=cash,created=at", ["newest"]],
  ["price=nothing", []],
  ["stripe_price=price_id,created=at", ["newest"]],
  ["price=number,stripe_price=price_id", []],
  ["price=number,currency", []],
])("with %s a list can be sorted by %j", async (columns, sorts) => {
  expect(await sortsOf(columns)).toEqual(sorts);
});

it("learns the type of the price with the first row that has one, once", async () => {
  await database.exec("delete from priced where id = 2");
  let asked = 0;
  const { offers } = database.catalogWith({
    table: "priced",
    columns: "id,name,inventory=stock,price=nothing",
    fetch: (input, init) => {
      asked += 1;
      return database.fetch(input, init);
    },
  });
  expect(await offers.sorts()).toEqual([]);
  await database.exec("insert into priced (id, nothing) values (2, 3)");
  expect(await offers.sorts()).toEqual(["price", "-price"]);
  expect(await offers.sorts()).toEqual(["price", "-price"]);
  expect(asked).toBe(2);
  await database.exec("delete from priced where id = 2");
});
