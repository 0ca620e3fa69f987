import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { figuresTable, newFigures, progressLine } from "~/drill/figures";
import { runRound } from "~/drill/round";
import { httpShopper } from "~/drill/shopper";
import type { Listening } from "~/sandbox/listen.server";
import { ensureBuild } from "./processes";
import { openShop, type SeveralServers } from "./shop";
import { slowProxy } from "./slow-proxy";

/** How many attempts to reserve; `DRILL_ATTEMPTS=100000` is the long run. */
const ATTEMPTS = Number(process.env.DRILL_ATTEMPTS ?? 2_000);
/** The mean time between two deaths of a server; every fourth time Redis is restarted too, and nothing is placed for some seconds. */
const HARM_EVERY_MS = Number(process.env.DRILL_HARM_EVERY_MS ?? 2_500);
/** Delay of a response of the database, drawn for each. */
const DATABASE_MS = [0, 30, 100] as const;
const SERVERS = 4;
const PRODUCTS = 10;
const BUYERS = 40;
/** A refused shopper asks again that often, so that a returned item is asked for. */
const PATIENCE = 3;
const REST_WITHIN_MS = 240_000;
const PROGRESS_EVERY_MS = 60_000;

describe("four servers that die, a slow database, one Redis that is restarted, webhooks twice and in any order", () => {
  let shop: SeveralServers;
  let proxies: Listening[] = [];
  /** Called with the server whose mark of a sale Stripe has just written. */
  let onMark: (server: number) => void = () => undefined;
  beforeAll(async () => {
    await ensureBuild();
    const targets = { supabase: "", stripe: "" };
    const database = await slowProxy(() => targets.supabase, () => DATABASE_MS[Math.floor(Math.random() * DATABASE_MS.length)] ?? 0);
    const stripes = await Promise.all(
      Array.from({ length: SERVERS }, (_, server) => slowProxy(() => targets.stripe, () => 0, (request) => isMark(request) && onMark(server))),
    );
    proxies = [database, ...stripes];
    shop = await openShop({
      servers: SERVERS,
      products: PRODUCTS,
      env: { RESERVATION_TTL_SECONDS: "4", RESERVATION_MAX_SECONDS: "30", CHECKOUT_TTL_SECONDS: "5" },
      supabaseApi: (url) => {
        targets.supabase = url;
        return `http://127.0.0.1:${database.port}`;
      },
      stripeApi: (url, server) => {
        targets.stripe = url;
        return `http://127.0.0.1:${stripes[server]?.port}`;
      },
    });
  }, 300_000);
  afterAll(async () => {
    await shop.stop();
    for (const proxy of proxies) await proxy.close();
  });

  /** The server that writes the next mark, a random moment after Stripe has it: the swap, or its own mark, may be on the way. */
  const settlingServer = () =>
    new Promise<number>((resolve) => {
      onMark = (server) => {
        onMark = () => undefined;
        setTimeout(resolve, Math.random() * 80, server);
      };
    });

  it(`sell no unit twice in ${ATTEMPTS} attempts`, { timeout: 600_000 + ATTEMPTS * 200 }, async () => {
    const figures = newFigures();
    const harm = { kills: 0, killsWhileSettling: 0, redisRestarts: 0, reorderings: 0 };
    // A fast machine is done with the attempts before enough has died.
    const isEnough = () => figures.attempts >= ATTEMPTS && harm.kills >= 4 && harm.redisRestarts >= 2;
    const began = performance.now();
    await everyWebhookTwice(shop);
    const harming = doHarm(shop, harm, settlingServer, isEnough);

    const sellOne = async (productId: string) => {
      while (!isEnough()) {
        const units = 1 + Math.floor(Math.random() * 10);
        const options = { productId, units, buyers: BUYERS, patience: PATIENCE, newShopper: () => httpShopper(() => shop.pick()), stock: shop.stock, random: Math.random, restWithinMs: REST_WITHIN_MS, sleep };
        if (!(await runRound(options, figures))) await sleep(500);
      }
    };
    const progress = setInterval(() => console.info(progressLine(figures, (performance.now() - began) / 1000)), PROGRESS_EVERY_MS);
    await Promise.all(shop.productIds.map(sellOne)).finally(() => clearInterval(progress));
    await harming;

    console.info(`${figuresTable(figures)}\n${JSON.stringify(harm)} in ${Math.round((performance.now() - began) / 1000)} s`);
    expect(figures.oversold).toBe(0);
    expect(figures.missing).toBe(0);
    expect(figures.restless).toBe(0);
    expect(figures.paid - figures.refunded).toBeGreaterThan(ATTEMPTS / 40);
  });
});

interface Harm {
  kills: number;
  /** Of the kills: between a mark of a sale and the end of its settlement. */
  killsWhileSettling: number;
  redisRestarts: number;
  reorderings: number;
}

/** Kills and restarts, until enough was sold; then everything is up. */
async function doHarm(shop: SeveralServers, harm: Harm, settlingServer: () => Promise<number>, isEnough: () => boolean): Promise<void> {
  for (let turn = 1; !isEnough(); turn += 1) {
    await sleep(HARM_EVERY_MS * (0.6 + Math.random() * 0.8));
    const settling = await Promise.race([settlingServer(), sleep(turn % 3 === 0 ? 0 : HARM_EVERY_MS, null)]);
    const server = shop.servers[settling ?? Math.floor(Math.random() * shop.servers.length)];
    await server?.kill();
    harm.kills += 1;
    if (settling !== null) harm.killsWhileSettling += 1;
    await server?.start();
    if (turn % 2 === 0) {
      await shop.control("webhooks", { action: "clear_rules" });
      await shop.control("webhooks", { action: "rule", hold: true });
      await sleep(700);
      await everyWebhookTwice(shop);
      await shop.control("webhooks", { action: "release", order: "reversed" });
      harm.reorderings += 1;
    }
    if (turn % 4 === 0) {
      await shop.redis.kill();
      await sleep(Math.random() * 500);
      await shop.redis.start();
      harm.redisRestarts += 1;
    }
  }
}

/** Marks are metadata of a session: the only thing that this shop updates there. */
function isMark(request: Request): boolean {
  return request.method === "POST" && /\/v1\/checkout\/sessions\/cs_[^/]+$/.test(new URL(request.url).pathname);
}

async function everyWebhookTwice(shop: SeveralServers): Promise<void> {
  await shop.control("webhooks", { action: "clear_rules" });
  await shop.control("webhooks", { action: "rule", duplicate: 1 });
}
