import { AsyncLocalStorage } from "node:async_hooks";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import { reportErrorsLikePostgrest } from "./postgrest-errors";

export const SANDBOX_SUPABASE_KEY = "sb_secret_sandbox";

export interface SupabaseSandbox {
  /**
   * Serves Supabase's REST API (`/rest/v1/…`): 401 without the sandbox's key, 404 for every other path. Has the
   * signature of the global fetch, so that supabase-js can use it without a network.
   */
  readonly fetch: typeof fetch;
  /** Runs SQL as the owner, or several statements if there are no values. Returns the rows of the last. */
  exec(sql: string, values?: readonly unknown[]): Promise<readonly unknown[]>;
  /** Stops the server, whose timers keep the process alive. */
  close(): Promise<void>;
}

/** The products table, matching the defaults of `PRODUCTS_TABLE` and `PRODUCTS_COLUMNS`. */
export const PRODUCTS_SCHEMA = `
  create table products (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    price numeric(10, 2),
    inventory_count integer not null default 0 check (inventory_count >= 0),
    description text,
    image_url text,
    created_at timestamptz not null default now()
  );`;

/**
 * Starts an embedded Supabase: a PostgREST-compatible server (`@supabase/lite`) on an in-memory PostgreSQL (PGlite),
 * with the demo products. Takes about a second if `dumpFile` exists, otherwise several.
 */
export async function createSupabaseSandbox(options: { dumpFile?: string | undefined } = {}): Promise<SupabaseSandbox> {
  const dump = options.dumpFile === undefined ? undefined : await readDump(options.dumpFile);
  const { app, connection } = await startServer(dump);
  if (dump === undefined) await seed(connection.driver);

  const silence = silenceServer();
  return {
    fetch: (input, init) => {
      const request = new Request(input, init);
      if (!new URL(request.url).pathname.startsWith("/rest/v1/"))
        return Promise.resolve(new Response(null, { status: 404 }));
      return silence.run(async () => app.fetch(request));
    },
    async exec(sql, values) {
      if (values !== undefined) return (await connection.driver.query(sql, [...values])).rows;
      return (await connection.driver.exec(sql)).at(-1)?.rows ?? [];
    },
    async close() {
      silence.end();
      await connection.close();
    },
  };
}

async function readDump(file: string): Promise<Blob | undefined> {
  try {
    return new Blob([await readFile(file)]);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** PostgreSQL's type number of `numeric`. */
const NUMERIC_TYPE = 1700;

/** Starts the API server on a PostgreSQL restored from the dump, or on an empty one. */
export async function startServer(dump: Blob | undefined) {
  // The server reads this when it is imported.
  process.env.LITE_TELEMETRY = "0";
  const [{ App }, { createPgliteConnection }] = await Promise.all([
    import("@supabase/lite"),
    import("@supabase/lite/pglite"),
  ]);
  // PostgREST returns numeric columns as JSON numbers, PGlite as text.
  const parsers = { [NUMERIC_TYPE]: Number };
  const connection = await createPgliteConnection({
    pgliteOptions: dump === undefined ? { parsers } : { loadDataDir: dump, parsers },
  });
  reportErrorsLikePostgrest(connection);
  const app = new App({
    connection,
    options: {
      server: {
        disableStudio: true,
        disableFallback: true,
        apiKeys: {
          resolver: async (key) =>
            key === SANDBOX_SUPABASE_KEY ? { type: "secret", claims: { role: "service_role" } } : null,
        },
      },
    },
  });
  await connection.driver.waitReady;
  return { app, connection };
}

type Database = Awaited<ReturnType<typeof startServer>>["connection"]["driver"];

/** Creates the demo shop's table and its rows. */
export async function seed(database: Database): Promise<void> {
  await database.exec(PRODUCTS_SCHEMA);
  await database.query(
    `insert into products (id, name, price, inventory_count, description, image_url)
     select id, name, price, inventory_count, description, image_url from jsonb_populate_recordset(null::products, $1::jsonb)`,
    [JSON.stringify(DEMO_PRODUCTS)],
  );
}

/**
 * Silences `console.error` while the server handles a request, and only then: it prints every rejected query ("invalid
 * input syntax for type uuid") with its stack, although the error is in its response too.
 */
function silenceServer() {
  const handling = new AsyncLocalStorage<true>();
  const { console } = globalThis;
  const print = console.error;
  const filtered = (...words: unknown[]): void => {
    if (handling.getStore() === undefined) print.apply(console, words);
  };
  console.error = filtered;
  return {
    run: <Result>(work: () => Promise<Result>): Promise<Result> => handling.run(true, work),
    end: (): void => {
      if (console.error === filtered) console.error = print;
    },
  };
}
