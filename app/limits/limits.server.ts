import {
  RateLimiterMemory,
  RateLimiterQueue,
  RateLimiterQueueError,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
import type { HoldingOperations, PaymentTurn } from "~/checkout/checkout";
import type { UnpaidTime } from "~/checkout/checkout-context.server";
import { SHARES } from "~/http/client-address";
import type { ClientCap } from "~/reservations/reservation-store";
import { createClientGroups } from "./client-groups.server";
import { createMemoryDebts, createRedisDebts } from "./debts.server";
import { limiterClient, type LimitStore } from "./redis-limit-store.server";
import { createUnpaidTime, type UnpaidTimeOptions } from "./unpaid-time.server";

export interface LimitOptions {
  /** Changes per minute, for each address and for each session; 0: off. */
  readonly perMinute: number;
  /** Unpaid units that one address may hold; 0: off. */
  readonly unitsPerClient: number;
  readonly trustedProxyHops: number;
  /** Key for the hashes of addresses; servers that count together need the same one. */
  readonly secret: string;
  /** Payment pages that all shoppers together may open per second, to stay below Stripe's own limit; null: no limit. */
  readonly pagesPerSecond: number | null;
  /** Absent: payment pages always get their full time, whatever was left unpaid. */
  readonly unpaidTime?: Pick<UnpaidTimeOptions, "ttlMs" | "ofSessionMs" | "stockOf">;
  /** Null: counted in memory. */
  readonly redis: LimitStore | null;
  /** Monotonic milliseconds. Rates always use the system's. */
  readonly now: () => number;
  readonly log: { warn(facts: object, message: string): void };
}

/** What a request is for: viewing something that needs a call to Stripe, changing a cart, or opening a payment page. */
export type Purpose = "view" | "change" | "payment";

export type Admission = { readonly outcome: "admitted" } | RateLimited;

export interface RateLimited {
  readonly outcome: "rate_limited";
  readonly retryAfterSeconds: number;
}

/** Prevents hoarding: holding everything and buying nothing (OWASP OAT-021). Refusals are data; routes turn them into HTTP responses. */
export interface Limits {
  /**
   * Called by every route that changes a cart or calls Stripe, before it does so. Counts one for the session and one for the address. A
   * payment page also counts against a stricter limit, since opening one takes up to five calls to Stripe. A session's first page in a
   * minute does not count for the address, so that no first page is refused because of neighbours.
   */
  admit(request: Request, sessionHash: string, purpose: Purpose): Promise<Admission>;

  /**
   * Called after a wrong token at the admin sign-in: counts one attempt, per address if it is known, otherwise for all together.
   * Limits what guessing writes to the log; the right token always works.
   */
  admitSignIn(request: Request): Promise<Admission>;

  /** Called before an order is settled for a viewer who may not see it. Counts per address if it is known, and for all together. */
  admitLookup(request: Request): Promise<Admission>;

  /**
   * Waits for a turn at `pagesPerSecond`, in order of arrival; `checkout_busy` if that would take more than a few seconds. Called once the
   * whole cart is held and before its page is created, so that only shoppers who hold something can make others wait.
   */
  paymentTurn(): Promise<PaymentTurn>;

  /**
   * Adds a cap on the unpaid units of all carts of one address, as seen by `admit`, to the operations that hold units; outcome
   * `limit_exceeded`. The store counts the units in the same atomic step that holds them (see `ClientCap`), so concurrent calls respect it.
   */
  capped(checkout: HoldingOperations): HoldingOperations;

  /** Charges for pages that ended unpaid. Null if rate limits are off. */
  readonly unpaidTime: UnpaidTime | null;

  /** Warnings for the operator. */
  warnings: () => readonly string[];
}

/** Upper bound of the map from session to client address for requests in flight. */
const MAX_ADMITTED = 10_000;

const MINUTE_SECONDS = 60;
/** Payment-page limits are the change limit divided by these: honest carts are paid once or twice, and not all at once behind an address. */
const CHANGES_PER_PAGE = { session: 12, address: 2 };
/** Maximum queueing time for a payment page. */
const MAX_TURN_WAIT_SECONDS = 6;
const BUSY_RETRY_SECONDS = 2;
const SIGN_INS_PER_ADDRESS = 10;
const SIGN_INS_IN_ALL = 60;
const LOOKUPS_PER_ADDRESS = 10;
const LOOKUPS_IN_ALL = 30;

export function createLimits(options: LimitOptions): Limits {
  const { perMinute, unitsPerClient, pagesPerSecond, redis } = options;
  const clients = createClientGroups(options);
  const changes = perMinute === 0 ? null : createRates("rate", { session: perMinute, address: perMinute }, redis);
  const pageLimits = {
    session: Math.ceil(perMinute / CHANGES_PER_PAGE.session),
    address: Math.ceil(perMinute / CHANGES_PER_PAGE.address),
  };
  const pages = perMinute === 0 ? null : createRates("pages", pageLimits, redis);
  const turns =
    pagesPerSecond === null ? null : createTurns(createRate("all-pages", pagesPerSecond, redis, 1), pagesPerSecond);
  const signIns = createRates("sign-ins", { session: SIGN_INS_IN_ALL, address: SIGN_INS_PER_ADDRESS }, redis);
  const lookups = createRates("lookups", { session: LOOKUPS_IN_ALL, address: LOOKUPS_PER_ADDRESS }, redis);
  const fallback = createMemoryDebts(options);
  const debts = redis === null ? fallback : createRedisDebts({ ...redis, fallback });
  const admitted = new Map<string, ReturnType<typeof clients.of>>();

  function capsOf(sessionHash: string): readonly ClientCap[] | undefined {
    const client = admitted.get(sessionHash);
    if (unitsPerClient === 0 || client?.isOneClient !== true) return undefined;
    return client.groups.map(({ key, share }) => ({ clientId: key, maxUnits: unitsPerClient * share }));
  }

  function remember(sessionHash: string, client: ReturnType<typeof clients.of>): void {
    admitted.delete(sessionHash);
    admitted.set(sessionHash, client);
    for (const oldest of admitted.keys()) {
      if (admitted.size <= MAX_ADMITTED) break;
      admitted.delete(oldest);
    }
  }

  return {
    async admit(request, sessionHash, purpose) {
      const client = clients.of(request.headers);
      const { groups } = client;
      remember(sessionHash, client);
      const rates = purpose === "payment" ? [changes, pages] : [changes];
      const own = await countAll(rates.map((rate) => [rate?.session, sessionHash]));
      if (own.admission.outcome === "rate_limited" || (purpose === "payment" && own.isFirst)) return own.admission;
      return (
        await countAll(groups.flatMap(({ key, share }) => rates.map((rate) => [rate?.address(share), key] as const)))
      ).admission;
    },
    paymentTurn: async () => (turns === null ? { outcome: "your_turn" } : turns()),
    async admitLookup(request) {
      const { groups } = clients.of(request.headers);
      return (
        await countAll([
          ...groups.map(({ key, share }) => [lookups.address(share), key] as const),
          [lookups.session, "all"],
        ])
      ).admission;
    },
    async admitSignIn(request) {
      const { groups } = clients.of(request.headers);
      const counts = groups.map(({ key, share }) => [signIns.address(share), key] as const);
      return (await countAll(groups.length === 0 ? [[signIns.session, "all"]] : counts)).admission;
    },
    capped: (checkout) => ({
      changeCart: (request) => checkout.changeCart({ ...request, clients: capsOf(request.sessionHash) }),
      start: (request) => checkout.start({ ...request, clients: capsOf(request.sessionHash) }),
    }),
    unpaidTime:
      perMinute === 0 || options.unpaidTime === undefined
        ? null
        : createUnpaidTime({
            ...options.unpaidTime,
            debts,
            groupsOf: (sessionHash) => admitted.get(sessionHash)?.groups ?? [],
          }),
    warnings: clients.warnings,
  };
}

/** Counts one for each key, up to the first limit reached. `isFirst`: the last count was the first in its window. */
async function countAll(
  counts: readonly (readonly [rate: RateLimiterAbstract | undefined, key: string])[],
): Promise<{ readonly admission: Admission; readonly isFirst: boolean }> {
  let isFirst = false;
  try {
    for (const [rate, key] of counts) if (rate !== undefined) isFirst = (await rate.consume(key)).consumedPoints === 1;
    return { admission: { outcome: "admitted" }, isFirst };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return {
      admission: { outcome: "rate_limited", retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) },
      isFirst,
    };
  }
}

/** A queue for turns, in order of arrival, with a wait of `MAX_TURN_WAIT_SECONDS` at most. */
function createTurns(rate: RateLimiterAbstract, perSecond: number): () => Promise<PaymentTurn> {
  const queue = new RateLimiterQueue(rate, { maxQueueSize: perSecond * MAX_TURN_WAIT_SECONDS });
  return async () => {
    try {
      await queue.removeTokens(1, undefined, Math.ceil(Date.now() / 1000) + MAX_TURN_WAIT_SECONDS);
      return { outcome: "your_turn" };
    } catch (error) {
      if (!(error instanceof RateLimiterQueueError)) throw error;
      return { outcome: "checkout_busy", retryAfterSeconds: BUSY_RETRY_SECONDS };
    }
  };
}

/** A limit per session, and one per address; larger groups of clients have a multiple of that (`share`). */
interface Rates {
  readonly session: RateLimiterAbstract;
  readonly address: (share: number) => RateLimiterAbstract | undefined;
}

function createRates(name: string, points: { session: number; address: number }, redis: LimitStore | null): Rates {
  const byShare = new Map(SHARES.map((share) => [share, createRate(`${name}-from`, points.address * share, redis)]));
  return { session: createRate(name, points.session, redis), address: (share) => byShare.get(share) };
}

/** `points` per `seconds` for each key; `name` separates its keys from those of other rates. */
function createRate(
  name: string,
  points: number,
  redis: LimitStore | null,
  seconds = MINUTE_SECONDS,
): RateLimiterAbstract {
  const options = { keyPrefix: redis === null ? name : `${redis.prefix}:${name}`, points, duration: seconds };
  const memory = new RateLimiterMemory(options);
  if (redis === null) return memory;
  return new RateLimiterRedis({
    ...options,
    storeClient: limiterClient(redis.connection),
    useRedisPackage: true,
    insuranceLimiter: memory,
  });
}
