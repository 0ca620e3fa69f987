/** A real PostgreSQL behind the sandbox's Supabase REST API: several API servers with several connections each. */
import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import postgres from "postgres";
import { vi } from "vitest";
import { parseProductColumns } from "~/catalog/product-columns";
import type { RowFilter } from "~/catalog/row-filter";
import type { RowOrder } from "~/catalog/row-order";
import type { SupabaseCatalog, SupabaseCatalogOptions } from "~/catalog/supabase-catalog-contract.server";
import { createSupabaseCatalog } from "~/catalog/supabase-catalog.server";
import { reportErrorsLikePostgrest } from "~/sandbox/supabase/postgrest-errors";
import { startPostgresql } from "./postgresql-server";

const KEY = "sb_secret_test";

export interface PostgresqlApi {
  readonly sql: postgres.Sql;
  /** A catalog over one of the API servers; `through` wraps each of its requests. */
  catalog(options: {
    /** Default: `public`; also exposed: `shop`. */
    schema?: string;
    table: string;
    columns: string;
    filter?: RowFilter;
    order?: RowOrder;
    server?: number;
    through?: (api: typeof fetch) => typeof fetch;
  }): SupabaseCatalog;
  close(): Promise<void>;
}

/** `schema` runs before the first request, when the API reads and caches the schema. `asServiceRole`: row level security does not apply. */
export async function openPostgresqlApi({
  schema,
  servers = 1,
  connections = 5,
  asServiceRole = false,
}: {
  schema: string;
  servers?: number;
  connections?: number;
  asServiceRole?: boolean;
}): Promise<PostgresqlApi> {
  // The API server prints every query that PostgreSQL rejects; the error is in its response anyway.
  const print = vi.spyOn(console, "error").mockReturnValue(undefined);
  const server = await startPostgresql();
  const sql = postgres(server.url, { max: connections, onnotice: () => undefined });
  await sql.unsafe(schema);
  const apis = Array.from({ length: servers }, () =>
    openRestApi({ url: server.url, connections, ...(asServiceRole ? { secretKey: KEY } : {}) }),
  );

  return {
    sql,
    catalog({ schema: exposed, columns, server: number = 0, through = (api) => api, ...rest }) {
      const api = apis[number]?.fetch;
      if (api === undefined) throw new Error(`There is no server ${number}`);
      const options: SupabaseCatalogOptions = {
        ...rest,
        url: "http://supabase.local",
        key: KEY,
        fetch: through(api),
        schema: exposed,
        columns: parseProductColumns(columns),
        priceUnit: "major",
        currency: "usd",
        timeoutMs: 30_000,
      };
      return createSupabaseCatalog(options);
    },
    async close() {
      await Promise.all(apis.map((api) => api.close()));
      await sql.end();
      await server.stop();
      print.mockRestore();
    },
  };
}

/**
 * Supabase's REST API over one database. It reads and caches the schema at its first request. Any key is served as the role `anon`;
 * if `secretKey` is given, that one as `service_role`, as in Supabase.
 */
export function openRestApi({
  url,
  connections,
  schemas = ["public", "shop"],
  secretKey,
}: {
  url: string;
  connections: number;
  schemas?: string[];
  secretKey?: string;
}): { readonly fetch: typeof fetch; close(): Promise<void> } {
  // As in PostgREST's responses, numeric columns are JSON numbers.
  const types = { numeric: { to: 1700, from: [1700], serialize: String, parse: Number } };
  const connection = createPostgresConnection({ url, postgresOptions: { max: connections, types } });
  reportErrorsLikePostgrest(connection);
  const apiKeys = {
    resolver: async (key: string) =>
      key === secretKey
        ? { type: "secret" as const, claims: { role: "service_role" } }
        : { type: "publishable" as const, claims: { role: "anon" } },
  };
  const app = new App({
    connection,
    api: { schemas },
    options: {
      server: { apiKeys: secretKey === undefined ? false : apiKeys, disableStudio: true, disableFallback: true },
    },
  });
  return {
    fetch: async (input, init) => app.fetch(new Request(input, init)),
    close: () => connection.close(),
  };
}
