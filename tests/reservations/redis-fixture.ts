import { createRedisReservationStore } from "~/reservations/redis-reservation-store.server";
import { createRedisRebuildTurns } from "~/reservations/redis/rebuild-turns.server";
import { RedisConnection } from "~/reservations/redis/redis-connection.server";
import { storeTiming } from "./describe-reservation-store";

interface Options {
  readonly offset?: { ms: number };
  readonly quietMs?: number;
  readonly sureForMs?: number;
  /** Whether the server has read Stripe's sessions, which name no epoch. */
  readonly isSure?: boolean;
}

/** One app server's part in a shop on Redis. `offset` moves the store's time on, by milliseconds. */
export function connect(
  url: string,
  { offset = { ms: 0 }, quietMs = 0, sureForMs = Infinity, isSure = true }: Options = {},
) {
  const redis = new RedisConnection({
    url,
    shopTag: "shop",
    ...storeTiming,
    sureForMs,
    log: { warn: () => undefined },
    clockOffsetMs: () => offset.ms,
  });
  const turns = createRedisRebuildTurns(redis, { quietMs });
  if (isSure) turns.learn([]);
  return {
    redis,
    store: createRedisReservationStore(redis),
    turns,
    /** Says that all claims are there, as after a rebuild that found none. */
    async rebuild() {
      if ((await turns.begin()) === "begun" && !(await turns.end())) throw new Error("data was lost meanwhile");
    },
  };
}
