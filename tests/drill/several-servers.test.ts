import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { figuresTable, newFigures, progressLine } from "~/drill/figures";
import { playRound } from "~/drill/round";
import { httpShopper } from "~/drill/shopper";
import type { Listening } from "~/sandbox/listen.server";
import { doHarm, duplicateWebhooks, type Harm } from "./harm";
import { ensureBuild } from "./processes";
import { watchSettlements } from "./settlements";
import { openShop, type SeveralServers } from "./shop";
import { slowProxy } from "./slow-proxy";

const setting = (name: string, fallback: number) => Number(process.env[name] ?? fallback);
/** Minimum figures of a run. Long run: `DRILL_ATTEMPTS=100000 DRILL_KILLS=1000 DRILL_SETTLING_KILLS=300`. */
const AT_LEAST = {
  attempts: setting("DRILL_ATTEMPTS", 2_000),
  kills: setting("DRILL_KILLS", 4),
  killsWhileSettling: setting("DRILL_SETTLING_KILLS", 2),
  redisRestarts: 2,
};
const PAUSE_MS = setting("DRILL_PAUSE_MS", 1_200);
/** Time limit: the drill then ends short of its minimum figures, and says so. */
const MINUTES = setting("DRILL_MINUTES", Infinity);
const REDIS_EVERY = setting("DRILL_REDIS_EVERY", 4);
/** Delays of database responses; one is picked at random for each response. */
const DATABASE_MS = [0, 30, 100] as const;
const SERVERS = 5;
/** Concurrent rounds. Other products finish theirs, which takes half a minute if a sale's server died. */
const PARALLEL_ROUNDS = 5;
const PRODUCTS = 50;
const BUYERS = 20;
/** Refused shoppers try again, so that there is demand for released items. */
const RETRIES = 10;
const FINISH_WITHIN_MS = 240_000;
const PROGRESS_EVERY_MS = 60_000;

describe("five servers that are killed, a slow database, a Redis that restarts, webhooks duplicated and reordered", () => {
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
          (request, body) => settlements.observe(server, request, body),
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
      const isComplete = () =>
        figures.attempts >= AT_LEAST.attempts &&
        harm.kills >= AT_LEAST.kills &&
        harm.killsWhileSettling >= AT_LEAST.killsWhileSettling &&
        harm.redisRestarts >= AT_LEAST.redisRestarts;
      const isEnough = () => isComplete() || seconds() > MINUTES * 60;
      await duplicateWebhooks(shop);
      const harming = doHarm({ shop, settlements, pauseMs: PAUSE_MS, redisEvery: REDIS_EVERY, isEnough }, harm);

      const free = [...shop.productIds];
      const finishing: Promise<unknown>[] = [];
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
                    retries: RETRIES,
                    newShopper: () => httpShopper(() => shop.pick()),
                    stock: shop.stock,
                    random: Math.random,
                    finishWithinMs: FINISH_WITHIN_MS,
                    sleep,
                  },
                  figures,
                );
          if (productId !== undefined)
            finishing.push((round?.finish() ?? Promise.resolve()).then(() => free.push(productId)));
          if (round === null) await sleep(500);
        }
      };
      const progress = setInterval(
        () =>
          console.info(
            `${progressLine(figures, seconds())}  ${figures.missing} missing  ${figures.unfinished} unfinished  ${JSON.stringify(harm)}`,
          ),
        PROGRESS_EVERY_MS,
      );
      await Promise.all(Array.from({ length: PARALLEL_ROUNDS }, sellOne))
        .then(() => Promise.all([harming, ...finishing]))
        .finally(() => clearInterval(progress));

      console.info(
        `${isComplete() ? "" : `stopped after ${MINUTES} minutes, short of its minimum figures:\n`}${figuresTable(figures)}\n${JSON.stringify(harm)} in ${Math.round(seconds())} s`,
      );
      expect(figures.oversold).toBe(0);
      expect(figures.missing).toBe(0);
      expect(figures.unfinished).toBe(0);
      expect(figures.paid - figures.refunded).toBeGreaterThan(AT_LEAST.attempts / 100);
    },
  );
});
