import { createClient } from "redis";
import type { ReservationStore } from "~/reservations/reservation-store";
import { startRedis, type RedisServer } from "../redis-server";
import { connect } from "../reservations/redis-fixture";
import { hold, newKey, productOf } from "./memory-calls";
import { figure, median, short, type Bench, type Figure, type Row } from "./report";

const ROUNDS = 10;
const CALLS = 2_000;

/**
 * Compares operations of the Redis driver with a script that writes one field, over the same client and concurrency.
 */
const bench: Bench = async (report) => {
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
    for (const concurrency of [1, 16, 64]) {
      report(`${concurrency} concurrent calls`);
      const operations: number[] = [];
      const writes: number[] = [];
      for (let round = -2; round < ROUNDS; round += 1) {
        const perOperation = (await timePerCall(concurrency, (i) => hold(store, newKey(), newKey(), productOf(i)))) / 2;
        const perWrite = await timePerCall(concurrency, write);
        if (round < 0) continue;
        operations.push(perOperation);
        writes.push(perWrite);
      }
      figures.push(
        figure(`one operation, ${concurrency} at once`, "µs", operations, 2 * CALLS * ROUNDS),
        figure(`bare EVALSHA with one HSET, ${concurrency} at once`, "µs", writes, CALLS * ROUNDS),
      );
      const ratio = median(writes.map((each, i) => each / (operations[i] ?? Infinity)));
      rows.push({
        what: `Redis: an operation of a one-line reserve, ${concurrency} at once, compared with a bare EVALSHA of one HSET`,
        target: "≥ 0.5 of its rate",
        measured: `${short(ratio)} (${short(median(operations))} µs vs. ${short(median(writes))} µs)`,
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

/** Microseconds of wall time per call. */
async function timePerCall(concurrency: number, call: (i: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const start = performance.now();
  const caller = async (): Promise<void> => {
    while (next < CALLS) await call(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  return ((performance.now() - start) * 1_000) / CALLS;
}

/** Script calls per operation, counted by Redis: commands inside a script need no round trip. */
async function roundTrips(store: ReservationStore, server: RedisServer): Promise<Row> {
  await hold(store, newKey(), newKey(), productOf(0));
  const before = await scriptCalls(server);
  const carts = 500;
  for (let i = 0; i < carts; i += 1) await hold(store, newKey(), newKey(), productOf(i));
  const each = ((await scriptCalls(server)) - before) / (2 * carts);
  return { what: "Redis: round trips per operation", target: "1", measured: `${each}`, met: each === 1 };
}

async function scriptCalls(server: RedisServer): Promise<number> {
  const text = String(await server.command("INFO", "commandstats"));
  return [...text.matchAll(/^cmdstat_(?:evalsha|eval|script\|load):calls=(\d+)/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
}
