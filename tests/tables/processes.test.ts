/** The same for shops as processes of their own, as `npm start` runs them, over the embedded PostgreSQL. */
import { afterEach, expect, it, vi } from "vitest";
import { startStandIns, type StandIns } from "../api/stand-ins";
import { freePort, startStore, startUntilExit, type StoreProcess } from "../api/store-process";
import { BY_FILTER } from "./by-filter";
import { BY_MAPPING } from "./by-mapping";
import { BY_VIEW } from "./by-view";
import { REFUSED } from "./refused";
import { sellsRightly } from "./story";

// The first start may build.
vi.setConfig({ testTimeout: 300_000 });

let services: StandIns | null = null;
let store: StoreProcess | null = null;
afterEach(async () => {
  await store?.stop();
  await services?.close();
  [store, services] = [null, null];
});

async function openServices(sql: string) {
  const port = await freePort();
  services = await startStandIns(port);
  // Before the first request, when the API reads and caches the schema.
  await services.exec(`drop table products; ${sql}`);
  return { port, ...services };
}

const CHOSEN = [...BY_MAPPING, ...BY_FILTER, ...BY_VIEW].filter(({ name }) => /^(01|10|15) /.test(name));

it.each(CHOSEN)("$name: sells what is for sale, once, at the price shown", { timeout: 300_000 }, async (shape) => {
  const { port, env, stripe, exec } = await openServices(shape.sql);
  store = await startStore({ ...env, ...shape.env }, { port });
  await sellsRightly({ url: store.url, stripe, query: (sql) => exec(sql) }, shape);
});

it.each(REFUSED.filter(({ name }) => name === "12 in_stock boolean and no number"))(
  "$name: exits with 1 and says why",
  { timeout: 300_000 },
  async (shape) => {
    const { env } = await openServices(shape.sql);
    const { status, output } = await startUntilExit({ ...env, ...shape.env });
    expect([status, output]).toEqual([1, expect.stringMatching(shape.expect.refuses)]);
  },
);
