import type { LeaseStore } from "~/checkout/leases/lease-store";
import { createMemoryLeaseStore } from "~/checkout/leases/memory-lease-store.server";
import { createRedisLeaseStore, LEASE_MS } from "~/checkout/leases/redis-lease-store.server";
import { systemClock } from "~/reservations/clock";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { createProcessRebuildTurns, type RebuildTurns } from "~/reservations/rebuild-turns";
import { createRedisReservationStore } from "~/reservations/redis-reservation-store.server";
import { createRedisRebuildTurns } from "~/reservations/redis/rebuild-turns.server";
import { RedisConnection, type RedisConnectionOptions } from "~/reservations/redis/redis-connection.server";
import type { ReservationStore } from "~/reservations/reservation-store";

/** Where holds and leases live: this process, or the Redis that all servers share. */
export interface Holds {
  readonly store: ReservationStore;
  readonly leases: LeaseStore;
  /** Leases for the server that is rebuilding; they work while the gate is closed. */
  readonly rebuildLeases: LeaseStore;
  readonly rebuildTurns: RebuildTurns;
  /** For `/readyz`. `failing`: Redis did not respond to the last call. */
  readonly state: "memory" | "ok" | "failing";
  /** What an operator should know, one sentence each. Throws `UnavailableError`. */
  warnings(): Promise<readonly string[]>;
}

/** Maximum duration of one call to Redis, rounded up. */
const SPARE_MS = 1_000;

/** Keeps holds in Redis if there is a URL, otherwise in memory. Does not wait for Redis: each operation reports if it is unavailable. */
export function createHolds(
  options: Omit<RedisConnectionOptions, "url"> & { readonly url: string | undefined },
): Holds {
  const { url } = options;
  return url === undefined ? inMemory(options) : inRedis({ ...options, url });
}

function inMemory({ ttlMs, maxAgeMs }: Pick<RedisConnectionOptions, "ttlMs" | "maxAgeMs">): Holds {
  const leases = createMemoryLeaseStore();
  return {
    store: createMemoryReservationStore({ clock: systemClock, ttlMs, maxAgeMs }),
    leases,
    rebuildLeases: leases,
    rebuildTurns: createProcessRebuildTurns(),
    state: "memory",
    warnings: async () => ["Holds are kept in memory. Run only one server, or set REDIS_URL."],
  };
}

function inRedis(options: RedisConnectionOptions): Holds {
  const redis = new RedisConnection({ ...options, trustForMs: LEASE_MS - SPARE_MS });
  return {
    store: createRedisReservationStore(redis),
    leases: createRedisLeaseStore(redis),
    rebuildLeases: createRedisLeaseStore(redis, { forRebuild: true }),
    rebuildTurns: createRedisRebuildTurns(redis, { quietMs: LEASE_MS }),
    get state() {
      return redis.state;
    },
    warnings: () => redis.warnings(),
  };
}
