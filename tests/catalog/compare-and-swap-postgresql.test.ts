import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import postgres from "postgres";
import { vi } from "vitest";

import { parseProductColumns } from "~/catalog/product-columns";
import { createSupabaseCatalog } from "~/catalog/supabase-catalog.server";
import { PRODUCTS_SCHEMA } from "~/sandbox/supabase/supabase-sandbox.server";

import { DEFAULT_COLUMNS } from "../sandbox/test-database";
import { describeCompareAndSwap, PRODUCT } from "./compare-and-swap";
import { startPostgresql } from "./postgresql-server";

/** App servers, and the connections to PostgreSQL that each of them has. */
const SERVERS = 4;
const CONNECTIONS = 5;

describeCompareAndSwap(
  "a real PostgreSQL over several connections",
  async () => {
    // The API server prints every query that PostgreSQL refuses; what it says is in its answer too.
    const print = vi.spyOn(console, "error").mockReturnValue(undefined);
    const server = await startPostgresql();
    const sql = postgres(server.url, { max: CONNECTIONS, onnotice: () => undefined });
    await sql.unsafe(PRODUCTS_SCHEMA);
    await sql`alter table products alter inventory_count drop not null`;
    await sql`insert into products (id, name, price, inventory_count) values (${PRODUCT}, 'Tide Mug', 28, 0)`;

    const connections = Array.from({ length: SERVERS }, () => createPostgresConnection({ url: server.url, postgresOptions: { max: CONNECTIONS } }));
    const [first, ...others] = connections.map((connection) => {
      const app = new App({ connection, options: { server: { apiKeys: false, disableStudio: true, disableFallback: true } } });
      return createSupabaseCatalog({
        url: "http://supabase.local",
        key: "sb_secret_test",
        fetch: async (input, init) => app.fetch(new Request(input, init)),
        table: "products",
        columns: parseProductColumns(DEFAULT_COLUMNS),
        priceUnit: "major",
        currency: "usd",
        timeoutMs: 30_000,
      });
    });
    if (first === undefined) throw new Error("No server");

    const setInventory = async (inventory: number | null): Promise<void> => {
      await sql`update products set inventory_count = ${inventory} where id = ${PRODUCT}`;
    };
    return {
      catalogs: [first, ...others],
      setInventory,
      overwrite: setInventory,
      async close() {
        await Promise.all(connections.map((connection) => connection.close()));
        await sql.end();
        await server.stop();
        print.mockRestore();
      },
    };
  },
  { buyers: 200, units: 50 },
);
