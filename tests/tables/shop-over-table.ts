/** A whole shop in this process: the real boot, app, Supabase and Stripe clients, over HTTP on every side. */
import { assembleShop, type Shop } from "~/boot/assemble-shop.server";
import { chooseDrivers } from "~/boot/choose-drivers.server";
import { requirePossibleMapping } from "~/boot/examine-mapping.server";
import { parseEnvironment } from "~/env.server";
import { listen } from "~/sandbox/listen.server";
import { createStripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";
import { SECRET_KEY, type TableDatabase } from "./databases";
import { createApp } from "./remix-app";
import type { Shape } from "./shape";
import type { RunningShop } from "./story";

/** No database is down in these tests, so that a boot waits for the verdict on the mapping even on a loaded machine. */
const BOOT_WAIT_MS = 60_000;

export interface TableShop extends RunningShop {
  /** What its check of the table says. */
  readonly report: { readonly problems: readonly string[]; readonly warnings: readonly string[] };
  close(): Promise<void>;
}

/** @throws {Error} for which the process would exit with 1, with its message. */
export async function openShop({
  env: settings,
  prices = [],
  database,
}: Pick<Shape, "env" | "prices"> & { database: TableDatabase }): Promise<TableShop> {
  let serve: (request: Request) => Promise<Response> = async () => new Response(null, { status: 503 });
  const front = await listen((request) => serve(request), 0);
  const url = `http://127.0.0.1:${front.port}`;
  const stripe = createStripeSandbox({
    webhookUrls: [`${url}/api/webhooks/stripe`],
    paymentPageBase: () => `http://127.0.0.1:${payments.port}`,
  });
  stripe.controls.setPrices(prices);
  const payments = await listen((request) => stripe.fetch(request), 0);
  let shop: Shop | null = null;
  const close = async () => {
    await shop?.housekeeping.stop();
    await Promise.all([front.close(), payments.close(), stripe.close()]);
  };
  try {
    const env = parseEnvironment({
      NODE_ENV: "test",
      LOG_LEVEL: "silent",
      PUBLIC_URL: url,
      SESSION_SECRET: "s".repeat(32),
      SUPABASE_URL: database.url,
      SUPABASE_SECRET_KEY: SECRET_KEY,
      STRIPE_API_BASE: `http://127.0.0.1:${payments.port}`,
      STRIPE_SECRET_KEY: "sk_test_sandbox",
      STRIPE_WEBHOOK_SECRET: "whsec_sandbox",
      RATE_LIMIT_PER_MINUTE: "0",
      ...settings,
    });
    const drivers = await chooseDrivers(env);
    await requirePossibleMapping(drivers.catalog, BOOT_WAIT_MS);
    shop = assembleShop(drivers, env);
    serve = await createApp(shop);
    await shop.checkout.rebuild();
    shop.housekeeping.start(shop.routines);
    const query = (sql: string) => database.sql.unsafe(sql);
    return { url, stripe, query, report: await drivers.catalog.probe(), close };
  } catch (error) {
    await close();
    throw error;
  }
}
