/**
 * A fast, real database for tests: the sandbox's embedded Supabase with its `products` table, in the same process.
 *
 *     const database = await openTestDatabase({ rows: [{ id: "…", name: "Mug", price: "12.50", inventory_count: 3 }] });
 *     await database.catalog.readStock(["…"]);
 *     await database.setRows([…]);   // between tests
 *     await database.close();        // in afterAll
 *
 * Each call starts its own PostgreSQL, so test files do not share data. That takes about a second (several on the first
 * call on a machine, which writes a dump to `node_modules/.cache`): open it in `beforeAll` and set each test's rows
 * with `setRows`. Create all tables through `schema`, because the API caches the schema at its first request.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { parseProductColumns } from "~/catalog/product-columns";
import type { SupabaseCatalog, SupabaseCatalogOptions } from "~/catalog/supabase-catalog-contract.server";
import { createSupabaseCatalog } from "~/catalog/supabase-catalog.server";
import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import { writeSandboxDump } from "~/sandbox/supabase/sandbox-dump.server";
import {
  createSupabaseSandbox,
  PRODUCTS_SCHEMA,
  SANDBOX_SUPABASE_KEY,
  type SupabaseSandbox,
} from "~/sandbox/supabase/supabase-sandbox.server";

export type Row = Readonly<Record<string, unknown>>;

export interface TestDatabase extends SupabaseSandbox {
  /** A catalog of this database with the default columns. */
  readonly catalog: SupabaseCatalog;
  /** A catalog with other options: columns, table, or a fetch that fails. */
  catalogWith(options: Partial<Omit<SupabaseCatalogOptions, "columns">> & { columns?: string }): SupabaseCatalog;
  /** Replaces all rows of a table. */
  setRows(rows: readonly Row[], table?: string): Promise<void>;
}

export const DEFAULT_COLUMNS = "id,name,price,inventory=inventory_count,description,image=image_url";

/**
 * @param options.schema SQL to run before the first request. The sandbox's own table exists then, and may be dropped.
 * @param options.rows Rows of `products` instead of the demo products.
 */
export async function openTestDatabase(
  options: { schema?: string; rows?: readonly Row[] } = {},
): Promise<TestDatabase> {
  const key = createHash("sha256")
    .update(PRODUCTS_SCHEMA)
    .update(JSON.stringify(DEMO_PRODUCTS))
    .digest("hex")
    .slice(0, 16);
  const dumpFile = path.resolve("node_modules/.cache/holdfast", `sandbox-${key}.tar`);
  if (!existsSync(dumpFile)) await writeSandboxDump(dumpFile);

  const sandbox = await createSupabaseSandbox({ dumpFile });
  const setRows: TestDatabase["setRows"] = async (rows, table = "products") => {
    await sandbox.exec(`truncate "${table}"`);
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((column) => `"${column}"`).join(", ");
    if (columns === "") return;
    await sandbox.exec(
      `insert into "${table}" (${columns}) select ${columns} from jsonb_populate_recordset(null::"${table}", $1::jsonb)`,
      [JSON.stringify(rows)],
    );
  };
  if (options.schema !== undefined) await sandbox.exec(options.schema);
  if (options.rows !== undefined) await setRows(options.rows);

  const catalogWith: TestDatabase["catalogWith"] = ({ columns = DEFAULT_COLUMNS, ...rest }) =>
    createSupabaseCatalog({
      url: "http://sandbox.supabase.local",
      key: SANDBOX_SUPABASE_KEY,
      fetch: sandbox.fetch,
      table: "products",
      priceUnit: "major",
      currency: "usd",
      ...rest,
      columns: parseProductColumns(columns),
    });
  return { ...sandbox, setRows, catalogWith, catalog: catalogWith({}) };
}
