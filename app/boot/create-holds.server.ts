import type { LeaseStore } from "~/checkout/leases/lease-store";
import { createMemoryLeaseStore } from "~/checkout/leases/memory-lease-store.server";
import { createRedisLeaseStore, LEASE_MS } from "~/checkout/leases/redis-lease-store.server";
import type { Clock } from "~/reservations/clock";
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

/** For a single server. */
export function createMemoryHolds(options: {
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly maxAgeMs: number;
}): Holds {
  const leases = createMemoryLeaseStore();
  return {
    store: createMemoryReservationStore(options),
    leases,
    rebuildLeases: leases,
    rebuildTurns: createProcessRebuildTurns(),
    state: "memory",
    warnings: async () => ["Holds are kept in memory. Run only one server, or set REDIS_URL."],
  };
}

/** For several servers. Does not wait for Redis: each operation reports if it is unavailable. */
export function createRedisHolds(options: RedisConnectionOptions): Holds {
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
