import { createRedisReservationStore } from "~/reservations/redis-reservation-store.server";
import { createRedisRebuildTurns } from "~/reservations/redis/rebuild-turns.server";
import { RedisConnection } from "~/reservations/redis/redis-connection.server";
import { storeTiming } from "./describe-reservation-store";

interface Options {
  readonly offset?: { ms: number };
  readonly quietMs?: number;
  readonly trustForMs?: number;
  /** Whether the server has read Stripe's sessions, which contain no epoch. */
  readonly isProven?: boolean;
}

/** One app server of a shop on Redis. `offset` advances the store's time, in milliseconds. */
export function connect(
  url: string,
  { offset = { ms: 0 }, quietMs = 0, trustForMs = Infinity, isProven = true }: Options = {},
) {
  const redis = new RedisConnection({
    url,
    holdsTag: "shop",
    ...storeTiming,
    trustForMs,
    log: { warn: () => undefined },
    clockOffsetMs: () => offset.ms,
  });
  const turns = createRedisRebuildTurns(redis, { quietMs });
  if (isProven) turns.learn([]);
  return {
    redis,
    store: createRedisReservationStore(redis),
    turns,
    /** Marks claims as complete, like a rebuild that found none. */
    async rebuild() {
      if ((await turns.begin()) === "begun" && !(await turns.end()))
        throw new Error("data was lost during the rebuild");
    },
  };
}
