/** The view that doctor proposes for a table of variants, run on a real PostgreSQL and sold from. */
import { expect, it } from "vitest";
import { createProductsTable } from "~/catalog/products-table.server";
import { proposeView } from "~/doctor/propose-view.server";
import { SANDBOX_SUPABASE_KEY } from "~/sandbox/supabase/supabase-sandbox.server";
import { openPostgresqlApi } from "../catalog/postgresql-api";
import { openTestDatabase } from "../sandbox/test-database";

const SCHEMA = `
  create table shirts (id integer primary key, title text, price numeric, description text, images text[], status text);
  create table shirt_variants (id integer primary key, shirt_id integer references shirts, size text, price numeric,
                               stock integer, deleted_at timestamptz);
  insert into shirts values (1, 'Shirt', 20, 'Cotton', array['https://cdn.test/shirt.jpg'], 'active');
  insert into shirt_variants values (7, 1, 'M', null, 3, null), (8, 1, 'L', 25, 2, null);`;

it("has one table in FROM, takes names and prices from the parent, and sells", { timeout: 120_000 }, async () => {
  const database = await openTestDatabase({ schema: SCHEMA });
  const table = (name: string) =>
    createProductsTable({
      url: "http://supabase.local",
      key: SANDBOX_SUPABASE_KEY,
      fetch: database.fetch,
      table: name,
      timeoutMs: 10_000,
    });
  const sql = await proposeView(table("shirt_variants"));
  expect(sql).toContain("from shirt_variants v;");
  expect(await proposeView(table("shirts"))).toBeNull();
  await database.close();

  const api = await openPostgresqlApi({ schema: `${SCHEMA}\n${sql ?? ""}` });
  const columns = "id,name,price,inventory=inventory_count,description,image=image_url";
  const catalog = api.catalog({ table: "shop_products", columns });
  const { products } = await catalog.list({ page: 1, pageSize: 10 });
  expect(products).toMatchObject([
    { id: "8", name: "Shirt · L", price: { amount: 2500 }, onHand: 2, image: "https://cdn.test/shirt.jpg" },
    { id: "7", name: "Shirt · M", price: { amount: 2000 }, onHand: 3, description: "Cotton" },
  ]);
  expect(await catalog.compareAndSwap({ productId: "7", from: 3, to: 2 })).toEqual({ outcome: "swapped" });
  expect(await api.sql`select stock from shirt_variants where id = 7`).toEqual([{ stock: 2 }]);
  expect(await api.sql`select deleted_at, product_status from shop_products where id = 7`).toEqual([
    { deleted_at: null, product_status: "active" },
  ]);
  await api.close();
});
