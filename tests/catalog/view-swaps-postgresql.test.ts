/** Sales through views on a real PostgreSQL: which views are a compare-and-swap, and which give the stock away. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openPostgresqlApi, type PostgresqlApi } from "./postgresql-api";

/** App servers, and PostgreSQL connections of each. */
const SERVERS = 4;
const CONNECTIONS = 10;
const BUYERS = SERVERS * CONNECTIONS;
const ROUNDS = 10;

const COLUMNS = `
  v.id, (select p.name from products p where p.id = v.product_id) || ' · ' || v.size as name, v.price, v.stock as inventory_count`;

let api: PostgresqlApi;
beforeAll(async () => {
  api = await openPostgresqlApi({
    servers: SERVERS,
    connections: CONNECTIONS,
    asServiceRole: true,
    schema: `
      create table products (id integer primary key, name text not null);
      create table variants (
        id integer primary key, product_id integer references products, size text, price numeric, stock integer);
      insert into products values (1, 'Sweater');
      insert into variants values (1, 1, 'M', 90, 10), (2, 1, 'L', 90, 10);
      alter table variants enable row level security;
      create policy "everybody reads" on variants for select using (true);
      alter table products enable row level security;
      create policy "everybody reads" on products for select using (true);

      create view subqueries with (security_invoker = on) as select ${COLUMNS} from variants v;
      create view as_owner as select ${COLUMNS} from variants v;
      create view checked as select v.id, p.name, v.price, v.stock as inventory_count from variants v join products p on p.id = v.product_id;
      create view naive as table checked;

      create function sell_if_unchanged() returns trigger language plpgsql security definer as $$ begin
        update variants set stock = new.inventory_count where id = old.id and stock = old.inventory_count;
        if not found then return null; end if;
        return new; end $$;
      create trigger sell instead of update on checked for each row execute function sell_if_unchanged();
      create function sell() returns trigger language plpgsql security definer as $$ begin
        update variants set stock = new.inventory_count where id = old.id; return new; end $$;
      create trigger sell instead of update on naive for each row execute function sell();

      create role anon;
      create role service_role bypassrls;
      grant all on all tables in schema public to anon, service_role;`,
  });
  // One after the other: the first request of each API server makes grants.
  for (let server = 0; server < SERVERS; server += 1) await over("subqueries", server).readStock(["1"]);
});
afterAll(() => api.close());
beforeEach(() => api.sql`update variants set stock = 10`);

const over = (table: string, server = 0) =>
  api.catalog({ table, columns: "id,name,price,inventory=inventory_count", server });
const stocks = async () => (await api.sql`select stock from variants order by id`).map((row) => row.stock as number);

/** How many of 40 simultaneous swaps from 10 to 9 believe that they were made, in each of several rounds. */
async function winners(view: string): Promise<readonly number[]> {
  const catalogs = Array.from({ length: SERVERS }, (_, server) => over(view, server));
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await api.sql`update variants set stock = 10`;
    const outcomes = await Promise.all(
      Array.from({ length: BUYERS }, (_, buyer) =>
        (catalogs[buyer % SERVERS] ?? over(view)).compareAndSwap({ productId: "1", from: 10, to: 9 }),
      ),
    );
    expect(await stocks()).toEqual([9, 10]);
    rounds.push(outcomes.filter(({ outcome }) => outcome === "swapped").length);
  }
  return rounds;
}

const ONE_EACH = Array.from({ length: ROUNDS }, () => 1);

describe.each([
  ["of one table with subqueries", "subqueries"],
  ["whose trigger compares the old number", "checked"],
])("a view %s", (_, view) => {
  it("takes a sale from the row beneath it, once", async () => {
    const sold = await over(view).compareAndSwap({ productId: "1", from: 10, to: 7 });
    const again = await over(view).compareAndSwap({ productId: "1", from: 10, to: 7 });
    expect([sold.outcome, again.outcome]).toEqual(["swapped", "changed"]);
    expect(await stocks()).toEqual([7, 10]);
  });

  it(`lets one of ${BUYERS} simultaneous swaps through, in each of ${ROUNDS} rounds`, async () => {
    expect(await winners(view)).toEqual(ONE_EACH);
  }, 120_000);
});

it("a trigger that does not compare lets several swaps through (negative control)", async () => {
  expect(Math.max(...(await winners("naive")))).toBeGreaterThan(1);
}, 120_000);

describe("whoever has only the publishable key", () => {
  const setTo999 = (view: string) =>
    api.sql.begin(async (sql) => {
      await sql`set local role anon`;
      await sql`update ${sql(view)} set inventory_count = 999`;
    });

  it("changes nothing through a view with security_invoker", async () => {
    await setTo999("subqueries");
    expect(await stocks()).toEqual([10, 10]);
  });

  it("sets the stock through one without it (negative control)", async () => {
    await setTo999("as_owner");
    expect(await stocks()).toEqual([999, 999]);
  });
});
