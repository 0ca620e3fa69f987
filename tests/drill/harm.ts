/** Kills servers, restarts Redis and reorders webhooks while a drill runs. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Settlements } from "./settlements";
import type { SeveralServers } from "./shop";

/** How long to look for a server that is settling a sale before killing any server. */
const FIND_SETTLING_MS = 2_500;
const REORDER_EVERY = 4;

export interface Harm {
  kills: number;
  /** Kills between the mark that announces a sale and the mark that it is done. */
  killsWhileSettling: number;
  redisRestarts: number;
  reorderings: number;
}

export interface HarmOptions {
  readonly shop: SeveralServers;
  readonly settlements: Settlements;
  /** Mean pause between a kill and the search for the next victim. */
  readonly pauseMs: number;
  /** Restarts Redis on every nth kill; no hold is placed for some seconds afterwards. */
  readonly redisEvery: number;
  readonly isEnough: () => boolean;
}

/** Aims every other kill at a server that is settling a sale. Resolves when all servers can sell again. */
export async function doHarm(
  { shop, settlements, pauseMs, redisEvery, isEnough }: HarmOptions,
  harm: Harm,
): Promise<void> {
  const restarts = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const killOne = async (turn: number) => {
    const settling = turn % 2 === 0 ? null : await settlements.next(FIND_SETTLING_MS);
    const ready = shop.ready();
    const victim = settling ?? ready[Math.floor(Math.random() * ready.length)];
    // Killing a server that cannot sell yet proves little.
    if (victim === undefined || !ready.includes(victim)) return;
    harm.kills += 1;
    if (settlements.countOf(victim) > 0) harm.killsWhileSettling += 1;
    const restart = shop
      .killAndStart(victim, () => settlements.forget(victim))
      .catch((error: unknown) => void failures.push(error))
      .finally(() => restarts.delete(restart));
    restarts.add(restart);
  };

  for (let turn = 1; !isEnough() && failures.length === 0; turn += 1) {
    await sleep(pauseMs * (0.6 + Math.random() * 0.8));
    await killOne(turn);
    if (turn % REORDER_EVERY === 0) {
      await shop.control("webhooks", { action: "clear_rules" });
      await shop.control("webhooks", { action: "rule", hold: true });
      await sleep(700);
      await duplicateWebhooks(shop);
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
  await Promise.all(restarts);
  if (failures.length > 0) throw failures[0];
}

/** Delivers every webhook twice. */
export async function duplicateWebhooks(shop: SeveralServers): Promise<void> {
  await shop.control("webhooks", { action: "clear_rules" });
  await shop.control("webhooks", { action: "rule", duplicate: 1 });
}
