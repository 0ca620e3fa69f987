/** A merchant's table as doctor examines it: the embedded PostgreSQL behind its REST API, and a host of pictures. */
import { createServer } from "node:http";
import { createProductsTable } from "~/catalog/products-table.server";
import { parseRowFilter } from "~/catalog/row-filter";
import { parseRowOrder } from "~/catalog/row-order";
import { examineTable, type TableSettings } from "~/doctor/examine-table.server";
import type { Finding } from "~/doctor/finding";
import { SANDBOX_SUPABASE_KEY } from "~/sandbox/supabase/supabase-sandbox.server";
import type { TestDatabase } from "../sandbox/test-database";

export interface TableSetup {
  table: string;
  columns?: string;
  filter?: string;
  order?: string;
  changes?: Partial<TableSettings>;
  imageBaseUrl?: string;
}

function tableSettings(database: TestDatabase, setup: TableSetup): TableSettings {
  const { table, columns = "id,name,price,inventory=stock" } = setup;
  const { priceUnit = "major", currency = "usd" } = setup.changes ?? {};
  const filter = parseRowFilter(setup.filter ?? "");
  return {
    catalog: database.catalogWith({
      table,
      columns,
      filter,
      order: setup.order === undefined ? null : parseRowOrder(setup.order),
      priceUnit,
      currency,
      imageBaseUrl: setup.imageBaseUrl,
    }),
    table: createProductsTable({
      url: "http://sandbox.supabase.local",
      key: SANDBOX_SUPABASE_KEY,
      fetch: database.fetch,
      table,
      timeoutMs: 10_000,
    }),
    filter,
    priceUnit,
    isPriceUnitSet: false,
    currency,
    ignored: new Set(),
    publicTable: null,
    writeTo: null,
    ...setup.changes,
  };
}

export async function examine(database: TestDatabase, setup: TableSetup): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const pictures = { fetch, publicUrl: "https://shop.test", mayLoad: () => true };
  for await (const finding of examineTable(tableSettings(database, setup), pictures)) findings.push(finding);
  return findings;
}

/** Serves one picture at `/poster.png`, a page at `/page`, and 404 elsewhere. */
export async function servePictures(): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((request, response) => {
    if (request.url === "/poster.png") response.writeHead(200, { "Content-Type": "image/png" }).end("png");
    else if (request.url === "/page") response.writeHead(200, { "Content-Type": "text/html" }).end("<p>");
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
