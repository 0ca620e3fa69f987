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

/** A lease lasts this long after the last renewal that Redis answered. */
export const LEASE_MS = TIME_LIMITS.leaseMs;

const RENEWALS_PER_LEASE = TIME_LIMITS.leaseMs / TIME_LIMITS.renewalMs;
/** Of a lease's life: the longest request that is sent under it. */
const SHARE_FOR_A_REQUEST = LONGEST_REQUEST_MS / TIME_LIMITS.leaseMs;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 80;

/**
 * Leases for any number of servers. A lease is renewed for as long as its holder lives; `isHeld` counts from before the
 * renewal was sent, so it says no before Redis gives the lease to anybody else. One that lapses keeps its checkout's name.
 * `acquire` also throws `UnavailableError` until lost claims are rebuilt: announced moves come before any new one. Only who
 * has the turn to rebuild may take leases then, from a store opened with `forRebuild`.
 * Of those in one server who wait for the same lease only the first asks Redis, with growing pauses, and the others take their turns after
 * it. So what waiting costs grows with the servers and not with the crowd. Between servers there is no order.
 */
export function createRedisLeaseStore(
  redis: RedisConnection,
  { leaseMs = LEASE_MS, forRebuild = false }: { leaseMs?: number; forRebuild?: boolean } = {},
): LeaseStore {
  const turns = createTurns();

  async function ask(
    { key, checkoutId, signal }: { key: string; checkoutId: string; signal: AbortSignal },
    endTurn: () => void,
  ): Promise<Lease> {
    const token = randomBytes(12).toString("base64url");
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      if (signal.aborted) throw new UnavailableError(`the lease ${key} is busy`, { cause: signal.reason });
      const heldUntil = performance.now() + leaseMs;
      const taken = replies.acquireLease.parse(
        await redis.run(scripts.acquireLease, { key, checkoutId, token, leaseMs, forRebuild }),
      );
      if (taken.outcome === "not_rebuilt") throw notRebuilt();
      if (taken.outcome === "taken") {
        if (isHeldLongEnough({ leaseMs, heldUntil }))
          return hold(redis, { key, token, leaseMs, heldUntil, unsettled: taken.unsettled ?? null, endTurn });
        // The answer came so late that it may be somebody else's before it is of use: taken once more with the same token, if it is not.
        continue;
      }
      await sleep(randomInt(pauseMs, 2 * pauseMs), undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    async acquire(request) {
      const endTurn = await turns.take(request.key, request.signal);
      try {
        return await ask(request, endTurn);
      } catch (error) {
        endTurn();
        throw error;
      }
    },
  };
}

/** Whether what is sent now certainly ends before the lease can lapse. */
function isHeldLongEnough({ leaseMs, heldUntil }: { leaseMs: number; heldUntil: number }): boolean {
  return performance.now() < heldUntil - leaseMs * SHARE_FOR_A_REQUEST;
}

interface Taken {
  readonly key: string;
  readonly token: string;
  readonly leaseMs: number;
  /** By this process' monotonic clock. */
  readonly heldUntil: number;
  readonly unsettled: string | null;
  /** Lets the next of this server ask. */
  readonly endTurn: () => void;
}

function hold(redis: RedisConnection, { key, token, leaseMs, unsettled, endTurn, ...taken }: Taken): Lease {
  let heldUntil = taken.heldUntil;
  let isGivenBack = false;

  const renewals = setInterval(() => void renew(), leaseMs / RENEWALS_PER_LEASE);
  renewals.unref();

  function stop(): void {
    clearInterval(renewals);
    heldUntil = -Infinity;
    if (!isGivenBack) endTurn();
  }

  async function renew(): Promise<void> {
    const sentAt = performance.now();
    try {
      const { outcome } = replies.renewLease.parse(await redis.run(scripts.renewLease, { key, token, leaseMs }));
      if (outcome === "lost") stop();
      else if (!isGivenBack) heldUntil = Math.max(heldUntil, sentAt + leaseMs);
    } catch (error) {
      // Redis does not answer: it lapses by itself, unless a later renewal gets through.
      if (!(error instanceof UnavailableError)) stop();
    }
  }

  return {
    unsettled,
    isHeld: () => isHeldLongEnough({ leaseMs, heldUntil }),
    async release({ settled }) {
      if (isGivenBack) return;
      isGivenBack = true;
      stop();
      try {
        await redis.run(scripts.releaseLease, { key, token, settled });
      } catch (error) {
        // It lapses, as if not settled: whoever takes it next looks at this checkout once more.
        if (!(error instanceof UnavailableError)) throw error;
      } finally {
        endTurn();
      }
    },
  };
}
