import {
  RateLimiterMemory,
  RateLimiterQueue,
  RateLimiterQueueError,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
import type { CheckoutService, PaymentTurn } from "~/checkout/checkout";
import type { UnpaidTime } from "~/checkout/checkout-context.server";
import { SHARES } from "~/http/client-address";
import type { ClientCap } from "~/reservations/reservation-store";
import { createClientGroups } from "./client-groups.server";
import { createMemoryDebts, createRedisDebts } from "./debts.server";
import { limiterClient, type LimitStore } from "./redis-limit-store.server";
import { createUnpaidTime, type UnpaidTimeOptions } from "./unpaid-time.server";

export interface LimitOptions {
  /** Changes a minute, for each address and for each session; 0: off. */
  readonly perMinute: number;
  /** Unpaid units that one address may hold; 0: off. */
  readonly unitsPerClient: number;
  readonly trustedProxyHops: number;
  /** Makes the hashes that stand for addresses; servers that count together need the same. */
  readonly secret: string;
  /** Payment pages that all shoppers together open in a second, so that Stripe's own limit is met by nobody; null: no limit. */
  readonly pagesPerSecond: number | null;
  /** Left out: payment pages are open for as long as any, whatever was left unpaid. */
  readonly unpaidTime?: Pick<UnpaidTimeOptions, "ttlMs" | "ofSessionMs" | "stockOf">;
  /** Null: counted in memory. */
  readonly redis: LimitStore | null;
  /** Monotonic milliseconds; the process' own clock when left out. Rates have the system's. */
  readonly now?: () => number;
  readonly log: { warn(facts: object, message: string): void };
}

type HoldingVerbs = Pick<CheckoutService, "changeCart" | "start">;

/** What a request is about to do: view something that Stripe has to be asked about, change a cart, or open a payment page. */
export type Purpose = "view" | "change" | "payment";

export type Admission = { readonly outcome: "admitted" } | RateLimited;

export interface RateLimited {
  readonly outcome: "rate_limited";
  readonly retryAfterSeconds: number;
}

/** Against holding everything and buying nothing (OWASP OAT-021). Refusals are data; what they mean over HTTP, routes say. */
export interface Limits {
  /**
   * Asked by each route that changes a cart or asks Stripe, before it does: counts one, for the session and for the address. A payment
   * page counts against a stricter limit as well, since opening one asks Stripe up to five times. The first one of a session in a minute
   * is not counted for the address: nobody's first page is refused because of neighbours.
   */
  admit(request: Request, sessionHash: string, purpose: Purpose): Promise<Admission>;

  /**
   * Asked after a wrong token at the operator's sign-in: counts one try, by address where it is known, else all tries together.
   * Bounds what guessing writes to the log; the right token always gets in.
   */
  admitSignIn(request: Request): Promise<Admission>;

  /** Asked before an order is settled for somebody who may not see it: by address where it is known, and all together. */
  admitLookup(request: Request): Promise<Admission>;

  /**
   * Waits for a turn at `pagesPerSecond`, in order of arrival; `checkout_busy` where it would not come within some seconds. Asked when
   * the whole cart is held and before its page is created, so that nobody keeps others from paying without holding something.
   */
  turnToPay(): Promise<PaymentTurn>;

  /**
   * The operations that hold something, with a cap on the unpaid units of all carts of one address, as `admit` saw it: `limit_exceeded`.
   * The store counts these units in the step that holds them (see `ClientCap`), so that calls at the same moment keep the cap as well.
   */
  capped(checkout: HoldingVerbs): HoldingVerbs;

  /** What pages that ended unpaid cost. Null where limits by rate are off. */
  readonly unpaidTime: UnpaidTime | null;

  /** What an operator has to know, a sentence each. */
  warnings: () => readonly string[];
}

/** Whose request it is that is being answered, by session: as many as can be under way at once, and then some. */
const MAX_ADMITTED = 10_000;

const MINUTE_SECONDS = 60;
/** Of the changes a minute: an honest cart is paid once or twice, and behind one address not everybody pays at once. */
const CHANGES_TO_A_PAGE = { session: 12, address: 2 };
/** How long anybody waits to be let to the payment page. */
const TURN_WITHIN_SECONDS = 6;
const BUSY_RETRY_SECONDS = 2;
const SIGN_INS_OF_ADDRESS = 10;
const SIGN_INS_OF_ALL = 60;
const LOOKUPS_OF_ADDRESS = 10;
const LOOKUPS_OF_ALL = 30;

export function createLimits(options: LimitOptions): Limits {
  const { perMinute, unitsPerClient, pagesPerSecond, redis } = options;
  const clients = createClientGroups({ ...options, now: options.now ?? (() => performance.now()) });
  const changes = perMinute === 0 ? null : createRates("rate", { session: perMinute, address: perMinute }, redis);
  const pageLimits = {
    session: Math.ceil(perMinute / CHANGES_TO_A_PAGE.session),
    address: Math.ceil(perMinute / CHANGES_TO_A_PAGE.address),
  };
  const pages = perMinute === 0 ? null : createRates("pages", pageLimits, redis);
  const turns =
    pagesPerSecond === null ? null : createTurns(createRate("all-pages", pagesPerSecond, redis, 1), pagesPerSecond);
  const signIns = createRates("sign-ins", { session: SIGN_INS_OF_ALL, address: SIGN_INS_OF_ADDRESS }, redis);
  const lookups = createRates("lookups", { session: LOOKUPS_OF_ALL, address: LOOKUPS_OF_ADDRESS }, redis);
  const alone = createMemoryDebts({ now: options.now ?? (() => performance.now()) });
  const debts = redis === null ? alone : createRedisDebts({ ...redis, alone });
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
    turnToPay: async () => (turns === null ? { outcome: "your_turn" } : turns()),
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

/** Counts one for each key, up to the first limit that is reached. `isFirst`: that the last of them has counted. */
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

/** Waits for one's turn: in order of arrival, and not longer than `TURN_WITHIN_SECONDS`. */
function createTurns(rate: RateLimiterAbstract, perSecond: number): () => Promise<PaymentTurn> {
  const queue = new RateLimiterQueue(rate, { maxQueueSize: perSecond * TURN_WITHIN_SECONDS });
  return async () => {
    try {
      await queue.removeTokens(1, undefined, Math.ceil(Date.now() / 1000) + TURN_WITHIN_SECONDS);
      return { outcome: "your_turn" };
    } catch (error) {
      if (!(error instanceof RateLimiterQueueError)) throw error;
      return { outcome: "checkout_busy", retryAfterSeconds: BUSY_RETRY_SECONDS };
    }
  };
}

/** A limit for a session, and one for an address, of which a larger group of clients has a share. */
interface Rates {
  readonly session: RateLimiterAbstract;
  readonly address: (share: number) => RateLimiterAbstract | undefined;
}

function createRates(name: string, points: { session: number; address: number }, redis: LimitStore | null): Rates {
  const byShare = new Map(SHARES.map((share) => [share, createRate(`${name}-from`, points.address * share, redis)]));
  return { session: createRate(name, points.session, redis), address: (share) => byShare.get(share) };
}

/** `points` in `seconds` for each key; `name` tells its keys from those of other rates. */
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
