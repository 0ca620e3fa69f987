/** Tables of real merchants, rebuilt on a real PostgreSQL, each with the settings or the view that README recommends. */
import { EventEmitter } from "node:events";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type * as TimeLimitsModule from "~/checkout/leases/time-limits.server";
import { BY_FILTER } from "./by-filter";
import { BY_MAPPING } from "./by-mapping";
import { BY_VIEW } from "./by-view";
import { openTableDatabases, type TableDatabases } from "./databases";
import { REFUSED } from "./refused";
import type { Shape } from "./shape";
import type { TableShop } from "./shop-over-table";
import { Shopper } from "./shopper";
import { sellsNothing, sellsRightly } from "./story";

// It would intercept the stand-ins' requests too, which are served in this process.
vi.mock("~/http/remix-serve/incoming-requests.server", () => ({ receiveRequests: () => undefined }));
// The stand-ins share a loaded machine with the shop, and a single late response would read as a problem of the table.
vi.mock("~/checkout/leases/time-limits.server", async (original) => {
  const { TIME_LIMITS, ...rest } = await original<typeof TimeLimitsModule>();
  return { ...rest, TIME_LIMITS: { ...TIME_LIMITS, databaseMs: 20_000 } };
});
// Every shop imports the whole app again.
vi.setConfig({ testTimeout: 120_000 });
// Every shop watches all requests of its process.
EventEmitter.defaultMaxListeners = 100;

let databases: TableDatabases;
beforeAll(async () => {
  databases = await openTableDatabases();
});
afterAll(() => databases.close());

async function withShop(
  { sql, env, prices }: Pick<Shape, "sql" | "env" | "prices">,
  use: (shop: TableShop) => Promise<void>,
) {
  const database = await databases.open(sql);
  try {
    // Some routes keep what they read from the shop when they are imported.
    vi.resetModules();
    const { openShop } = await import("./shop-over-table");
    const shop = await openShop({ env, prices, database });
    await use(shop).finally(() => shop.close());
  } finally {
    await database.close();
  }
}

it.each([...BY_MAPPING, ...BY_FILTER, ...BY_VIEW])("$name: sells what is for sale, once, at the price shown", (shape) =>
  withShop(shape, async (shop) => {
    expect(shop.report.problems.join("\n")).toBe("");
    await sellsRightly(shop, shape);
  }),
);

it.each(REFUSED)("$name: is refused with its reason", async (shape) => {
  const { refuses, atBoot = false } = shape.expect;
  const tried = withShop(shape, async (shop) => {
    await sellsNothing(shop);
    const { text } = await new Shopper(shop.url).get("/readyz");
    const { table_faults, warnings } = JSON.parse(text) as Record<"table_faults" | "warnings", string[]>;
    expect([...table_faults, ...warnings, ...shop.report.warnings].join("\n")).toMatch(refuses);
  });
  await (atBoot ? expect(tried).rejects.toThrow(refuses) : tried);
});
