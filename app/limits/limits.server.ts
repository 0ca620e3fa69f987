import { createHash } from "node:crypto";
import { RateLimiterMemory, RateLimiterQueue, RateLimiterQueueError, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from "rate-limiter-flexible";
import type { CheckoutService, PaymentTurn } from "~/checkout/checkout";
import type { ClientCap } from "~/reservations/reservation-store";
import type { BoundedRedis } from "~/reservations/redis/bounded-redis.server";
import { clientAddress } from "./client-address";
import { connectLimits, limiterClient } from "./redis-limit-store.server";

export interface LimitOptions {
  /** Changes a minute, for each address and for each session; 0: off. */
  readonly perMinute: number;
  /** Unpaid units that one address may hold; 0: off. */
  readonly unitsPerClient: number;
  readonly trustedProxyHops: number;
  /** Payment pages that all shoppers together open in a second, so that Stripe's own limit is met by nobody; null: no limit. */
  readonly pagesPerSecond: number | null;
  readonly redis: { readonly url: string; readonly prefix: string } | null;
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
   * page counts against a stricter limit as well, since opening one asks Stripe up to five times.
   */
  admit(request: Request, session: string, purpose: Purpose): Promise<Admission>;

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
  const { perMinute, unitsPerClient, trustedProxyHops, pagesPerSecond, log } = options;
  const redis = options.redis === null ? null : { ...options.redis, connection: connectLimits({ url: options.redis.url, log }) };
  const rate = perMinute === 0 ? null : createRate("rate", perMinute, redis);
  const pages =
    perMinute === 0
      ? null
      : {
          session: createRate("pages", Math.ceil(perMinute / CHANGES_TO_A_PAGE.session), redis),
          address: createRate("pages-from", Math.ceil(perMinute / CHANGES_TO_A_PAGE.address), redis),
        };
  const turns = pagesPerSecond === null ? null : createTurns(createRate("all-pages", pagesPerSecond, redis, 1), pagesPerSecond);
  const signIns = { address: createRate("sign-in", SIGN_INS_OF_ADDRESS, redis), all: createRate("sign-ins", SIGN_INS_OF_ALL, redis) };
  const lookups = { address: createRate("lookups-from", LOOKUPS_OF_ADDRESS, redis), all: createRate("lookups", LOOKUPS_OF_ALL, redis) };
  const admitted = new Map<string, string>();
  let hasWarned = false;

  function capOf(session: string): ClientCap | undefined {
    const address = admitted.get(session);
    return address === undefined || unitsPerClient === 0 ? undefined : { clientId: hashOf(address), maxUnits: unitsPerClient };
  }

  function remember(session: string, address: string): void {
    admitted.delete(session);
    admitted.set(session, address);
    for (const oldest of admitted.keys()) {
      if (admitted.size <= MAX_ADMITTED) break;
      admitted.delete(oldest);
    }
  }

  return {
    async admit(request, session, purpose) {
      if (trustedProxyHops === 0 && !hasWarned && request.headers.has("X-Forwarded-For")) {
        hasWarned = true;
        log.warn({}, "X-Forwarded-For is seen but TRUSTED_PROXY_HOPS is 0: limits by network address are off");
      }
      const address = clientAddress(request.headers, trustedProxyHops);
      if (address !== null) remember(session, address);
      const isPayment = purpose === "payment";
      return countAll([
        [rate, `session:${session}`],
        [rate, address && `address:${address}`],
        [isPayment ? (pages?.session ?? null) : null, session],
        [isPayment ? (pages?.address ?? null) : null, address],
      ]);
    },
    turnToPay: async () => (turns === null ? { outcome: "your_turn" } : turns()),
    admitLookup: (request) => countAll([[lookups.address, clientAddress(request.headers, trustedProxyHops)], [lookups.all, "all"]]),
    admitSignIn(request) {
      const address = clientAddress(request.headers, trustedProxyHops);
      return countAll([address === null ? [signIns.all, "all"] : [signIns.address, address]]);
    },
    capped: (checkout) => ({
      changeCart: (request) => checkout.changeCart({ ...request, client: capOf(request.session) }),
      start: (request) => checkout.start({ ...request, client: capOf(request.session) }),
    }),
  };
}

/** Counts one for each key, up to the first limit that is reached. Null: not limited, or no key. */
async function countAll(counts: readonly (readonly [rate: RateLimiterAbstract | null, key: string | null])[]): Promise<Admission> {
  try {
    for (const [rate, key] of counts) if (rate !== null && key !== null) await rate.consume(key);
    return { outcome: "admitted" };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return { outcome: "rate_limited", retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) };
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

/** `points` in `seconds` for each key; `name` tells its keys from those of other rates. */
function createRate(name: string, points: number, redis: { connection: BoundedRedis; prefix: string } | null, seconds = MINUTE_SECONDS): RateLimiterAbstract {
  const options = { keyPrefix: redis === null ? name : `${redis.prefix}:${name}`, points, duration: seconds };
  const memory = new RateLimiterMemory(options);
  if (redis === null) return memory;
  return new RateLimiterRedis({ ...options, storeClient: limiterClient(redis.connection), useRedisPackage: true, insuranceLimiter: memory });
}

/** An address is told apart from others, and kept nowhere. */
function hashOf(address: string): string {
  return createHash("sha256").update(address).digest("base64url").slice(0, 22);
}
