import { randomBytes } from "node:crypto";
import type { z } from "zod";
import { UnavailableError } from "~/errors";
import { notRebuilt } from "./not-rebuilt";
import type { RedisConnection } from "./redis/redis-connection.server";
import { eventMessage, replies, snapshotPosition } from "./redis/replies";
import { scripts, type Script } from "./redis/scripts.server";
import {
  CLAIMS_PER_PAGE,
  type Claim,
  type ClaimEnd,
  type ClaimOutcome,
  type ClaimRef,
  type ClaimRequest,
  type ClaimsQuery,
  type ConfirmOutcome,
  type FoundClaim,
  type HeldQuery,
  type HeldUnits,
  type Line,
  type OperationRef,
  type PlaceOutcome,
  type PlaceRequest,
  type ReleaseOutcome,
  type ReleaseRequest,
  type RenewOutcome,
  type Reservation,
  type ReservationStore,
  type SessionView,
  type SnapshotPage,
  type SnapshotQuery,
  type StoreEvent,
  type StoreTotals,
} from "./reservation-store";

/**
 * The driver for any number of servers. Each operation is one script, and so one atomic step in one round trip
 * (`release` reads first). Redis owns time. An operation whose reply was lost is repeated within a second; `release`,
 * `complete` and `unclaim` then report that nothing is left to end.
 *
 * `place`, `claim` and `held` throw `UnavailableError` until one server has restored the claims that Stripe knows of
 * (see `createRedisRebuildTurns`). Every server emits `changed`; only the server that found a lapsed hold emits
 * `expired`.
 */
export function createRedisReservationStore(redis: RedisConnection): ReservationStore {
  return new RedisReservationStore(redis);
}

/** Attempts of a release whose cart changes between its read and its step. */
const RELEASE_ATTEMPTS = 4;

class RedisReservationStore implements ReservationStore {
  readonly #redis: RedisConnection;
  readonly #listeners = new Set<(event: StoreEvent) => void>();

  constructor(redis: RedisConnection) {
    this.#redis = redis;
    redis.listen((message) => this.#receive(message));
  }

  async place({ lines, ...request }: PlaceRequest): Promise<PlaceOutcome> {
    const hints = lines.map(({ hint = null }) => hint);
    const placed = await this.#run(scripts.place, replies.place, { ...request, lines: pairs(lines), hints });
    if (placed.outcome === "not_rebuilt") throw notRebuilt();
    return "others" in placed ? { ...placed, others: byProduct(lines, placed.others) } : placed;
  }

  confirm(operation: OperationRef): Promise<ConfirmOutcome> {
    return this.#run(scripts.confirm, replies.confirm, operation);
  }

  async abort(operation: OperationRef): Promise<void> {
    await this.#run(scripts.abort, replies.done, operation);
  }

  renew(sessionHash: string): Promise<RenewOutcome> {
    return this.#run(scripts.renew, replies.renew, { sessionHash });
  }

  /**
   * Reads first and names the change it has seen, so that a late attempt cannot release lines that were granted since.
   */
  async release({ sessionHash, productIds }: ReleaseRequest): Promise<ReleaseOutcome> {
    const named = productIds === "all" ? {} : { productIds };
    for (let attempts = 0; attempts < RELEASE_ATTEMPTS; attempts += 1) {
      const { last } = await this.#run(scripts.view, replies.view, { sessionHash });
      const operationId = randomBytes(12).toString("base64url");
      const released = await this.#run(scripts.release, replies.release, {
        sessionHash,
        ...named,
        ...(last === undefined ? {} : { seen: last }),
        operationId,
      });
      if (released.outcome !== "changed") return released;
    }
    throw new UnavailableError("other changes of the cart keep interfering");
  }

  async claim(request: ClaimRequest): Promise<ClaimOutcome> {
    const claimed = await this.#run(scripts.claim, replies.claim, request);
    if (claimed.outcome === "not_rebuilt") throw notRebuilt();
    return claimed.outcome === "claimed"
      ? { ...claimed, others: byProduct(claimed.claim.lines, claimed.others) }
      : claimed;
  }

  async stamp(ref: { claimId: string; checkoutId: string }): Promise<"stamped" | "gone"> {
    return (await this.#run(scripts.stamp, replies.stamp, ref)).outcome;
  }

  complete(ref: ClaimRef): Promise<ClaimEnd> {
    return this.unclaim({ ...ref, to: "stock" });
  }

  unclaim({ claimId, checkoutId, to }: ClaimRef & { to: "shopper" | "stock" }): Promise<ClaimEnd> {
    return this.#run(scripts.endClaim, replies.endClaim, { claimId, to, ...checkoutField(checkoutId) });
  }

  async lower({ claimId, checkoutId, lines }: ClaimRef & { lines: readonly Line[] }): Promise<"lowered" | "gone"> {
    return (
      await this.#run(scripts.lower, replies.lower, { claimId, ...checkoutField(checkoutId), lines: pairs(lines) })
    ).outcome;
  }

  async restore({ sessionHash, checkoutId, lines, ...claim }: Claim): Promise<void> {
    await this.#run(scripts.restore, replies.done, {
      claim: { ...claim, session: sessionHash, ...checkoutField(checkoutId), lines: pairs(lines) },
    });
  }

  async findClaim(claimId: string): Promise<FoundClaim | null> {
    const { claim, ageMs = 0 } = await this.#run(scripts.findClaim, replies.findClaim, { claimId });
    return claim === undefined ? null : { ...claim, ageMs };
  }

  async claims({ after, limit = CLAIMS_PER_PAGE, ...query }: ClaimsQuery): Promise<readonly Claim[]> {
    const position = after === undefined ? {} : { after: { claimedAt: after.claimedAt, claimId: after.claimId } };
    return (await this.#run(scripts.claims, replies.claims, { ...query, limit, ...position })).claims;
  }

  async view(sessionHash: string): Promise<SessionView> {
    return (await this.#run(scripts.view, replies.view, { sessionHash })).view;
  }

  async held({ sessionHash, productIds }: HeldQuery): Promise<ReadonlyMap<string, HeldUnits>> {
    const counted = await this.#run(
      scripts.held,
      replies.held,
      sessionHash === null ? { productIds } : { sessionHash, productIds },
    );
    if (counted.outcome === "not_rebuilt") throw notRebuilt();
    return byProduct(
      productIds.map((productId) => ({ productId })),
      counted.held,
    );
  }

  async snapshot({ limit, cursor }: SnapshotQuery): Promise<SnapshotPage> {
    const after = cursor === undefined ? undefined : positionOf(cursor);
    if (after === null) return { reservations: [], cursor: null };
    const { rows, next } = await this.#run(scripts.snapshot, replies.snapshot, { limit, after });
    const reservations = rows.map(
      ({ isClaimed = false, checkoutId = null, expiresInMs = null, session, ...row }): Reservation => ({
        ...row,
        sessionHash: session,
        state: isClaimed ? "checkout" : "shopping",
        checkoutId,
        expiresInMs,
      }),
    );
    return {
      reservations,
      cursor: next === undefined ? null : Buffer.from(JSON.stringify(next)).toString("base64url"),
    };
  }

  totals(): Promise<StoreTotals> {
    return this.#run(scripts.totals, replies.totals, {});
  }

  subscribe(listener: (event: StoreEvent) => void): () => void {
    const subscription = (event: StoreEvent) => listener(event);
    this.#listeners.add(subscription);
    return () => {
      this.#listeners.delete(subscription);
    };
  }

  async #run<Reply extends z.ZodType>(script: Script, reply: Reply, request: object): Promise<z.output<Reply>> {
    return reply.parse(await this.#redis.run(script, request));
  }

  #receive(message: string): void {
    const { instance, changed, expired } = eventMessage.parse(JSON.parse(message));
    if (changed.length > 0) this.#emit({ type: "changed", productIds: changed });
    if (instance !== this.#redis.instance) return;
    for (const { session: sessionHash, lines } of expired) this.#emit({ type: "expired", sessionHash, lines });
  }

  #emit(event: StoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function pairs(lines: readonly Line[]): readonly (readonly [string, number])[] {
  return lines.map(({ productId, quantity }) => [productId, quantity]);
}

/** Absent instead of null, which Lua would treat as a value. */
function checkoutField(checkoutId: string | null): { checkoutId?: string } {
  return checkoutId === null ? {} : { checkoutId };
}

function byProduct(
  lines: readonly Pick<Line, "productId">[],
  held: readonly HeldUnits[],
): ReadonlyMap<string, HeldUnits> {
  return new Map(
    lines.map(({ productId }, index) => {
      const units = held[index];
      if (units === undefined) throw new Error(`the script's reply lacks product ${productId}`);
      return [productId, units];
    }),
  );
}

/** Null if the cursor cannot be parsed. */
function positionOf(cursor: string): z.output<typeof snapshotPosition> | null {
  try {
    return snapshotPosition.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
  } catch {
    return null;
  }
}
