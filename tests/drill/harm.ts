/** Kills of servers, restarts of Redis, webhooks out of order: as long as a drill wants it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Settlements } from "./settlements";
import type { SeveralServers } from "./shop";

/** How long to look for a server that is settling a sale, before any other is killed. */
const LOOK_FOR_SETTLING_MS = 2_500;
const REORDER_EVERY = 4;

export interface Harm {
  kills: number;
  /** Of the kills: between a mark that announces a sale and the one that it is done. */
  killsWhileSettling: number;
  redisRestarts: number;
  reorderings: number;
}

export interface HarmOptions {
  readonly shop: SeveralServers;
  readonly settlements: Settlements;
  /** The mean pause between a kill and the search for the next victim. */
  readonly pauseMs: number;
  /** Redis is restarted with every such kill; nothing is placed for some seconds then. */
  readonly redisEvery: number;
  readonly isEnough: () => boolean;
}

/** Every other kill looks for a server that is settling a sale. Ends when it is enough, and every server can sell again. */
export async function doHarm(
  { shop, settlements, pauseMs, redisEvery, isEnough }: HarmOptions,
  harm: Harm,
): Promise<void> {
  const revivals = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const killOne = async (turn: number) => {
    const settling = turn % 2 === 0 ? null : await settlements.next(LOOK_FOR_SETTLING_MS);
    const ready = shop.ready();
    const victim = settling ?? ready[Math.floor(Math.random() * ready.length)];
    // What has died and cannot sell yet proves little when it dies again.
    if (victim === undefined || !ready.includes(victim)) return;
    harm.kills += 1;
    if (settlements.under(victim) > 0) harm.killsWhileSettling += 1;
    const revival = shop
      .killAndStart(victim, () => settlements.forget(victim))
      .catch((error: unknown) => void failures.push(error))
      .finally(() => revivals.delete(revival));
    revivals.add(revival);
  };

  for (let turn = 1; !isEnough() && failures.length === 0; turn += 1) {
    await sleep(pauseMs * (0.6 + Math.random() * 0.8));
    await killOne(turn);
    if (turn % REORDER_EVERY === 0) {
      await shop.control("webhooks", { action: "clear_rules" });
      await shop.control("webhooks", { action: "rule", hold: true });
      await sleep(700);
      await everyWebhookTwice(shop);
      await shop.control("webhooks", { action: "release", order: "reversed" });
      harm.reorderings += 1;
    }
    if (turn % redisEvery === 0) {
      await shop.redis.kill();
      await sleep(Math.random() * 500);
      await shop.redis.start();
      harm.redisRestarts += 1;
    }
  }
  await Promise.all(revivals);
  if (failures.length > 0) throw failures[0];
}

export async function everyWebhookTwice(shop: SeveralServers): Promise<void> {
  await shop.control("webhooks", { action: "clear_rules" });
  await shop.control("webhooks", { action: "rule", duplicate: 1 });
}
