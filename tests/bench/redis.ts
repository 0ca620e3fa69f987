import { createClient } from "redis";
import type { ReservationStore } from "~/reservations/reservation-store";
import { startRedis, type RedisServer } from "../redis-server";
import { connect } from "../reservations/redis-fixture";
import { hold, newKey, productOf } from "./memory-calls";
import { figure, median, short, type Bench, type Figure, type Row } from "./report";

const ROUNDS = 10;
const CALLS = 2_000;

/** Verbs of the Redis driver, against a script that writes one field, over the same client with as many calls under way. */
const bench: Bench = async (say) => {
  const server = await startRedis();
  const shop = connect(server.url);
  const bare = createClient({ url: server.url, disableOfflineQueue: true });
  try {
    await bare.connect();
    await shop.rebuild();
    const { store } = shop;
    const sha = await bare.scriptLoad("return redis.call('hset', KEYS[1], ARGV[1], ARGV[2])");
    const write = () => bare.evalSha(sha, { keys: ["bench"], arguments: [newKey(), newKey()] });
    const rows: Row[] = [await roundTrips(store, server)];
    const figures: Figure[] = [];
    for (const underWay of [1, 16, 64]) {
      say(`${underWay} calls under way`);
      const verbs: number[] = [];
      const writes: number[] = [];
      for (let round = -2; round < ROUNDS; round += 1) {
        const verb = (await took(underWay, (i) => hold(store, newKey(), newKey(), productOf(i)))) / 2;
        const write1 = await took(underWay, write);
        if (round < 0) continue;
        verbs.push(verb);
        writes.push(write1);
      }
      figures.push(
        figure(`one verb, ${underWay} under way`, "µs", verbs, 2 * CALLS * ROUNDS),
        figure(`bare EVALSHA with one HSET, ${underWay} under way`, "µs", writes, CALLS * ROUNDS),
      );
      const ratio = median(writes.map((each, i) => each / (verbs[i] ?? Infinity)));
      rows.push({
        what: `Redis: a verb of a one-line reserve, ${underWay} under way, against a bare EVALSHA of one HSET`,
        target: "≥ 0.5 of its rate",
        measured: `${short(ratio)} (${short(median(verbs))} µs to ${short(median(writes))} µs)`,
        met: ratio >= 0.5,
      });
    }
    return { rows, figures };
  } finally {
    shop.redis.close();
    bare.destroy();
    await server.stop();
  }
};

export default bench;

/** Microseconds from call to call. */
async function took(underWay: number, call: (i: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const start = performance.now();
  const caller = async (): Promise<void> => {
    while (next < CALLS) await call(next++);
  };
  await Promise.all(Array.from({ length: underWay }, caller));
  return ((performance.now() - start) * 1_000) / CALLS;
}

/** As Redis itself counts them; what a script does inside of it travels nowhere. */
async function roundTrips(store: ReservationStore, server: RedisServer): Promise<Row> {
  await hold(store, newKey(), newKey(), productOf(0));
  const before = await scriptCalls(server);
  const carts = 500;
  for (let i = 0; i < carts; i += 1) await hold(store, newKey(), newKey(), productOf(i));
  const each = ((await scriptCalls(server)) - before) / (2 * carts);
  return { what: "Redis: round trips of a verb", target: "1", measured: `${each}`, met: each === 1 };
}

async function scriptCalls(server: RedisServer): Promise<number> {
  const text = String(await server.command("INFO", "commandstats"));
  return [...text.matchAll(/^cmdstat_(?:evalsha|eval|script\|load):calls=(\d+)/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
}
