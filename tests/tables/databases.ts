/** One real PostgreSQL, with a database of its own for each table, each behind Supabase's REST API over HTTP. */
import postgres from "postgres";
import { vi } from "vitest";
import { listen } from "~/sandbox/listen.server";
import { openRestApi } from "../catalog/postgresql-api";
import { startPostgresql } from "../catalog/postgresql-server";

export const SECRET_KEY = "sb_secret_test";

export interface TableDatabase {
  /** As `SUPABASE_URL`. */
  readonly url: string;
  readonly sql: postgres.Sql;
  close(): Promise<void>;
}

export interface TableDatabases {
  /** A new database in which this SQL ran. */
  open(setUp: string): Promise<TableDatabase>;
  close(): Promise<void>;
}

export async function openTableDatabases(): Promise<TableDatabases> {
  // The API server prints every query that PostgreSQL rejects; the error is in its response anyway.
  const print = vi.spyOn(console, "error").mockReturnValue(undefined);
  const server = await startPostgresql();
  const owner = postgres(server.url, { max: 1, onnotice: () => undefined });
  // All databases of a server share its roles.
  await owner.unsafe("create role anon; create role authenticated; create role service_role bypassrls;");
  let opened = 0;
  return {
    async open(setUp) {
      opened += 1;
      await owner.unsafe(`create database table_${opened}`);
      const url = server.url.replace(/[^/]*$/, `table_${opened}`);
      const sql = postgres(url, { max: 1, onnotice: () => undefined });
      await sql.unsafe(setUp);
      const api = openRestApi({ url, connections: 5, schemas: ["public", "inventory"], secretKey: SECRET_KEY });
      // The first request makes grants, which several at once would get in each other's way with.
      await api.fetch("http://supabase.test/rest/v1/none", { headers: { apikey: SECRET_KEY } });
      const rest = await listen((request) => api.fetch(request), 0);
      return {
        url: `http://127.0.0.1:${rest.port}`,
        sql,
        async close() {
          await rest.close();
          await api.close();
          await sql.end();
        },
      };
    },
    async close() {
      await owner.end();
      await server.stop();
      print.mockRestore();
    },
  };
}
