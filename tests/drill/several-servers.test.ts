import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { figuresTable, newFigures, progressLine } from "~/drill/figures";
import { playRound } from "~/drill/round";
import { httpShopper } from "~/drill/shopper";
import type { Listening } from "~/sandbox/listen.server";
import { doHarm, everyWebhookTwice, type Harm } from "./harm";
import { ensureBuild } from "./processes";
import { watchSettlements } from "./settlements";
import { openShop, type SeveralServers } from "./shop";
import { slowProxy } from "./slow-proxy";

const setting = (name: string, fallback: number) => Number(process.env[name] ?? fallback);
/** How much at least; the long run is `DRILL_ATTEMPTS=100000 DRILL_KILLS=1000 DRILL_SETTLING_KILLS=300`. */
const AT_LEAST = {
  attempts: setting("DRILL_ATTEMPTS", 2_000),
  kills: setting("DRILL_KILLS", 4),
  killsWhileSettling: setting("DRILL_SETTLING_KILLS", 2),
  redisRestarts: 2,
};
const PAUSE_MS = setting("DRILL_PAUSE_MS", 1_200);
/** The drill ends then, whatever is still missing, and tells how far it came. */
const MINUTES = setting("DRILL_MINUTES", Infinity);
const REDIS_EVERY = setting("DRILL_REDIS_EVERY", 4);
/** Delay of a response of the database, drawn for each. */
const DATABASE_MS = [0, 30, 100] as const;
const SERVERS = 5;
/** Products that shoppers ask for at one time. The others come to rest, which takes a sale whose server died half a minute. */
const MARKETS = 5;
const PRODUCTS = 50;
const BUYERS = 20;
/** A refused shopper asks again that often, so that a returned item is asked for. */
const PATIENCE = 10;
const REST_WITHIN_MS = 240_000;
const PROGRESS_EVERY_MS = 60_000;

describe("five servers that die, a slow database, one Redis that is restarted, webhooks twice and in any order", () => {
  let shop: SeveralServers;
  let proxies: Listening[] = [];
  const settlements = watchSettlements();
  beforeAll(async () => {
    await ensureBuild();
    const targets = { supabase: "", stripe: "" };
    const database = await slowProxy(
      () => targets.supabase,
      () => DATABASE_MS[Math.floor(Math.random() * DATABASE_MS.length)] ?? 0,
    );
    const stripes = await Promise.all(
      Array.from({ length: SERVERS }, (_, server) =>
        slowProxy(
          () => targets.stripe,
          () => 0,
          (request, body) => settlements.saw(server, request, body),
        ),
      ),
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

  it(
    `sell no unit twice in ${AT_LEAST.attempts} attempts`,
    { timeout: 600_000 + AT_LEAST.attempts * 200 },
    async () => {
      const figures = newFigures();
      const harm: Harm = { kills: 0, killsWhileSettling: 0, redisRestarts: 0, reorderings: 0 };
      const began = performance.now();
      const seconds = () => (performance.now() - began) / 1000;
      const isWhole = () =>
        figures.attempts >= AT_LEAST.attempts &&
        harm.kills >= AT_LEAST.kills &&
        harm.killsWhileSettling >= AT_LEAST.killsWhileSettling &&
        harm.redisRestarts >= AT_LEAST.redisRestarts;
      const isEnough = () => isWhole() || seconds() > MINUTES * 60;
      await everyWebhookTwice(shop);
      const harming = doHarm({ shop, settlements, pauseMs: PAUSE_MS, redisEvery: REDIS_EVERY, isEnough }, harm);

      const free = [...shop.productIds];
      const resting: Promise<unknown>[] = [];
      const sellOne = async () => {
        while (!isEnough()) {
          const productId = free.shift();
          const units = 1 + Math.floor(Math.random() * 6);
          const round =
            productId === undefined
              ? null
              : await playRound(
                  {
                    productId,
                    units,
                    buyers: BUYERS,
                    patience: PATIENCE,
                    newShopper: () => httpShopper(() => shop.pick()),
                    stock: shop.stock,
                    random: Math.random,
                    restWithinMs: REST_WITHIN_MS,
                    sleep,
                  },
                  figures,
                );
          if (productId !== undefined)
            resting.push((round?.rest() ?? Promise.resolve()).then(() => free.push(productId)));
          if (round === null) await sleep(500);
        }
      };
      const progress = setInterval(
        () =>
          console.info(
            `${progressLine(figures, seconds())}  ${figures.missing} missing  ${figures.restless} restless  ${JSON.stringify(harm)}`,
          ),
        PROGRESS_EVERY_MS,
      );
      await Promise.all(Array.from({ length: MARKETS }, sellOne))
        .then(() => Promise.all([harming, ...resting]))
        .finally(() => clearInterval(progress));

      console.info(
        `${isWhole() ? "" : `after ${MINUTES} minutes, and not whole:\n`}${figuresTable(figures)}\n${JSON.stringify(harm)} in ${Math.round(seconds())} s`,
      );
      expect(figures.oversold).toBe(0);
      expect(figures.missing).toBe(0);
      expect(figures.restless).toBe(0);
      expect(figures.paid - figures.refunded).toBeGreaterThan(AT_LEAST.attempts / 100);
    },
  );
});
