/** What doctor finds about views, on a real PostgreSQL with the roles and grants of Supabase. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseProductColumns } from "~/catalog/product-columns";
import { examinePublicWrite } from "~/doctor/examine-public-write.server";
import { proveSwaps } from "~/doctor/prove-swaps";
import { openPostgresqlApi, type PostgresqlApi } from "../catalog/postgresql-api";
import { publicTable } from "./public-api";

const COLUMNS = "id,name,price,inventory=stock";

let api: PostgresqlApi;
beforeAll(async () => {
  api = await openPostgresqlApi({
    servers: 2,
    connections: 20,
    schema: `
      create role web_anon;

      create table products (id integer primary key, name text, price numeric);
      create table variants (id integer primary key, product_id integer references products, stock integer);
      alter table products enable row level security;
      alter table variants enable row level security;
      create policy everything on products using (true);
      create policy everything on variants using (true);
      create policy no_writes on variants as restrictive for update to web_anon using (false);

      create view good with (security_invoker = on) as
        select v.id, (select p.name from products p where p.id = v.product_id) as name,
               (select p.price from products p where p.id = v.product_id) as price, v.stock from variants v;
      create view leaky as select * from good;
      create view owned as
        select v.id, (select p.name from products p where p.id = v.product_id) as name, 1 as price, v.stock from variants v;

      create view naive with (security_invoker = on) as
        select v.id, p.name, p.price, v.stock from variants v join products p on p.id = v.product_id;
      create function naive_update() returns trigger language plpgsql as $$
        begin update variants set stock = new.stock where id = old.id; return new; end $$;
      create trigger naive_update instead of update on naive for each row execute function naive_update();

      create view careful with (security_invoker = on) as select * from naive;
      create function careful_update() returns trigger language plpgsql as $$
        begin
          update variants set stock = new.stock where id = old.id and stock = old.stock;
          if not found then return null; end if;
          return new;
        end $$;
      create trigger careful_update instead of update on careful for each row execute function careful_update();

      create table open_stock (id integer primary key, name text, price numeric, stock integer);
      create table unlisted (id integer primary key, name text, price numeric, stock integer);
      grant select, update, insert, delete on all tables in schema public to web_anon;
      revoke all on unlisted from web_anon;`,
  });
}, 120_000);
afterAll(() => api.close(), 120_000);
beforeEach(async () => {
  await api.sql`truncate products, variants, open_stock, unlisted`;
  await api.sql`insert into products values (1, 'Mug', 12.5)`;
  await api.sql`insert into variants values (7, 1, 10)`;
  await api.sql`insert into open_stock values (7, 'Mug', 12.5, 10)`;
});

const stock = async () => (await api.sql<{ stock: number }[]>`select stock from variants where id = 7`)[0]?.stock;

function writePublicly(table: string, isView: boolean) {
  const reached = publicTable(api.sql, table);
  const columns = parseProductColumns(COLUMNS);
  return examinePublicWrite({ table: reached, columns }, reached, { id: "7", inventory: 10, isView });
}

describe("the public, with the publishable key,", () => {
  it("cannot change the stock through a view with security_invoker, nor in a table with row level security", async () => {
    for (const [table, isView] of [
      ["good", true],
      ["variants", false],
      ["unlisted", false],
    ] as const)
      expect(await writePublicly(table, isView), table).toMatchObject({ state: "ok" });
    expect(await stock()).toBe(10);
  });

  it("is found to reach it through a view without security_invoker", async () => {
    expect(await writePublicly("owned", true)).toEqual({
      state: "failed",
      text: expect.stringMatching(
        /^Anybody with the publishable key can change the stock of "owned": a view without security_invoker .*`alter view "owned" set \(security_invoker = on\);`/,
      ) as string,
    });
    await api.sql.unsafe('alter view "owned" set (security_invoker = on)');
    expect(await writePublicly("owned", true)).toMatchObject({ state: "ok" });
  });

  it("is found to reach a table without row level security", async () => {
    expect(await writePublicly("open_stock", false)).toEqual({
      state: "failed",
      text: expect.stringContaining('`alter table "open_stock" enable row level security;`') as string,
    });
  });

  it("is not tried without the key, which is a failure for a view", async () => {
    const table = publicTable(api.sql, "good");
    const sold = { table, columns: parseProductColumns(COLUMNS) };
    const row = { id: "7", inventory: 10 };
    expect(await examinePublicWrite(sold, null, { ...row, isView: true })).toEqual({
      state: "failed",
      text: expect.stringMatching(/Not tested.*SUPABASE_PUBLISHABLE_KEY.*reloptions from pg_class/) as string,
    });
    expect(await examinePublicWrite(sold, null, { ...row, isView: false })).toMatchObject({ state: "note" });
  });
});

describe("simultaneous swaps", () => {
  it.each(["good", "careful"])("of the view %s have one winner, and the unit is returned", async (table) => {
    const finding = await proveSwaps(api.catalog({ table, columns: COLUMNS }), "7");
    expect(finding).toMatchObject({ state: "ok" });
    expect(await stock()).toBe(10);
  });

  it("of the one-table view have one winner of 40 over two servers", async () => {
    const catalogs = [0, 1].map((server) => api.catalog({ table: "good", columns: COLUMNS, server }));
    for (const catalog of catalogs) await catalog.readStock(["7"]);
    const swaps = catalogs.flatMap((catalog) =>
      Array.from({ length: 20 }, () => catalog.compareAndSwap({ productId: "7", from: 10, to: 9 })),
    );
    const outcomes = await Promise.all(swaps);
    expect(outcomes.filter((one) => one.outcome === "swapped")).toHaveLength(1);
    expect(await stock()).toBe(9);
  });

  it("of a view with a naive trigger have several, and the number is what it was", async () => {
    const finding = await proveSwaps(api.catalog({ table: "naive", columns: COLUMNS }), "7");
    expect(finding).toEqual({
      state: "failed",
      text: expect.stringMatching(
        /^Updates of this view are not a compare-and-swap: \d+ of 20 .*stock = old\.stock/,
      ) as string,
    });
    expect(await stock()).toBe(10);
  });
});
