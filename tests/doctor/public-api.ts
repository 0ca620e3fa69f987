/**
 * As much of PostgREST as an update with the publishable key needs: it runs as `web_anon`, whose grants and policies apply.
 * Not `anon`: the stand-in for the REST API would run as that too. */
import type postgres from "postgres";
import { createProductsTable, type ProductsTable } from "~/catalog/products-table.server";

export function publicTable(sql: postgres.Sql, table: string): ProductsTable {
  const serve: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== "PATCH") throw new Error(`${request.method} is not imitated`);
    const relation = decodeURIComponent(pathname.split("/").at(-1) ?? "");
    const changes = (await request.json()) as Record<string, unknown>;
    const conditions = [...searchParams].filter(([key]) => key !== "columns");
    try {
      const { count } = await sql.begin(async (transaction) => {
        await transaction`set local role web_anon`;
        const where = conditions.map(
          ([key, condition]) => transaction`${transaction(key)}::text = ${condition.replace(/^eq\./, "")}`,
        );
        return transaction`update ${transaction(relation)} set ${transaction(changes)}
          where ${where.flatMap((one, index) => (index === 0 ? one : [transaction` and `, one]))}`;
      });
      return new Response(null, { status: 204, headers: { "Content-Range": `*/${count}` } });
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return Response.json({ code, message, details: null, hint: null }, { status: code === "42501" ? 401 : 400 });
    }
  };
  return createProductsTable({
    url: "http://supabase.local",
    key: "sb_publishable_test",
    table,
    fetch: serve,
    timeoutMs: 10_000,
  });
}
