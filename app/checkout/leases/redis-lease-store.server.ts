import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "~/errors";
import { notRebuilt } from "~/reservations/not-rebuilt";
import type { RedisConnection } from "~/reservations/redis/redis-connection.server";
import { replies } from "~/reservations/redis/replies";
import { scripts } from "~/reservations/redis/scripts.server";
import type { Lease, LeaseStore } from "./lease-store";
import { LONGEST_REQUEST_MS, TIME_LIMITS } from "./time-limits.server";
import { createTurns } from "./turns";

/** A lease ends this long after its last successful renewal. */
export const LEASE_MS = TIME_LIMITS.leaseMs;

const RENEWALS_PER_LEASE = TIME_LIMITS.leaseMs / TIME_LIMITS.renewalMs;
/** Share of a lease's life reserved for the longest request sent under it. */
const SHARE_FOR_A_REQUEST = LONGEST_REQUEST_MS / TIME_LIMITS.leaseMs;

const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 80;

/**
 * Leases for any number of servers. A lease is renewed while its holder lives; `isHeld` counts from before the renewal
 * was sent, so it turns false before Redis can grant the lease to another server. A lapsed lease keeps its checkout's
 * name. `acquire` also throws `UnavailableError` until lost claims are rebuilt, because announced moves come before new
 * ones. Until then only the rebuilding server gets leases, from a store created with `forRebuild`. Within one server
 * only the first waiter for a lease polls Redis, with growing pauses; the others queue behind it. So the polling load
 * grows with the number of servers, not of waiters. Between servers there is no order.
 */
export function createRedisLeaseStore(
  redis: RedisConnection,
  { leaseMs = LEASE_MS, forRebuild = false }: { leaseMs?: number; forRebuild?: boolean } = {},
): LeaseStore {
  const turns = createTurns();

  async function poll(
    { key, checkoutId, signal }: { key: string; checkoutId: string; signal: AbortSignal },
    endTurn: () => void,
  ): Promise<Lease> {
    const token = randomBytes(12).toString("base64url");
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(MAX_PAUSE_MS, 2 * pauseMs)) {
      if (signal.aborted) throw new UnavailableError(`the lease ${key} is busy`, { cause: signal.reason });
      const heldUntil = performance.now() + leaseMs;
      const reply = replies.acquireLease.parse(
        await redis.run(scripts.acquireLease, { key, checkoutId, token, leaseMs, forRebuild }),
      );
      if (reply.outcome === "not_rebuilt") throw notRebuilt();
      if (reply.outcome === "taken") {
        if (isHeldLongEnough({ leaseMs, heldUntil }))
          return hold(redis, { key, token, leaseMs, heldUntil, unsettled: reply.unsettled ?? null, endTurn });
        // The reply was so late that the lease may lapse before it is of use: acquire it again with the same token.
        continue;
      }
      await sleep(randomInt(pauseMs, 2 * pauseMs), undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    async acquire(request) {
      const endTurn = await turns.take(request.key, request.signal);
      try {
        return await poll(request, endTurn);
      } catch (error) {
        endTurn();
        throw error;
      }
    },
  };
}

/** Whether a request sent now certainly ends before the lease can lapse. */
function isHeldLongEnough({ leaseMs, heldUntil }: { leaseMs: number; heldUntil: number }): boolean {
  return performance.now() < heldUntil - leaseMs * SHARE_FOR_A_REQUEST;
}

interface AcquiredLease {
  readonly key: string;
  readonly token: string;
  readonly leaseMs: number;
  /** By this process's monotonic clock. */
  readonly heldUntil: number;
  readonly unsettled: string | null;
  /** Lets this server's next waiter poll. */
  readonly endTurn: () => void;
}

function hold(redis: RedisConnection, { key, token, leaseMs, unsettled, endTurn, ...acquired }: AcquiredLease): Lease {
  let heldUntil = acquired.heldUntil;
  let isReleased = false;

  const renewals = setInterval(() => void renew(), leaseMs / RENEWALS_PER_LEASE);
  renewals.unref();

  function stop(): void {
    clearInterval(renewals);
    heldUntil = -Infinity;
    if (!isReleased) endTurn();
  }

  async function renew(): Promise<void> {
    const sentAt = performance.now();
    try {
      const { outcome } = replies.renewLease.parse(await redis.run(scripts.renewLease, { key, token, leaseMs }));
      if (outcome === "lost") stop();
      else if (!isReleased) heldUntil = Math.max(heldUntil, sentAt + leaseMs);
    } catch (error) {
      // Redis is unavailable: the lease lapses by itself unless a later renewal succeeds.
      if (!(error instanceof UnavailableError)) stop();
    }
  }

  return {
    unsettled,
    isHeld: () => isHeldLongEnough({ leaseMs, heldUntil }),
    async release({ settled }) {
      if (isReleased) return;
      isReleased = true;
      stop();
      try {
        await redis.run(scripts.releaseLease, { key, token, settled });
      } catch (error) {
        // The lease lapses as unsettled, so the next holder checks this checkout once more.
        if (!(error instanceof UnavailableError)) throw error;
      } finally {
        endTurn();
      }
    },
  };
}
