import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { createMemoryFormOrders, createRedisFormOrders, type FormOrders } from "~/cart/form-orders.server";
import type { PriceSource } from "~/catalog/price-source";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";
import { createSupabaseCatalog } from "~/catalog/supabase-catalog.server";
import { TIME_LIMITS } from "~/checkout/leases/time-limits.server";
import type { StripeGateway } from "~/checkout/stripe/gateway";
import { createPriceBook } from "~/checkout/stripe/price-book.server";
import { createReceivedEvents, type ReceivedEvents } from "~/checkout/stripe/received-events";
import { createStripe } from "~/checkout/stripe/stripe-client.server";
import { createStripeGateway } from "~/checkout/stripe/stripe-gateway.server";
import { limitStripe, STRIPE_LIMITS } from "~/checkout/stripe/stripe-limiter.server";
import type { Environment } from "~/env.server";
import { createSecretAgreement, type SecretAgreement } from "~/http/secret-agreement.server";
import { createBestEffortRedis, type LimitStore } from "~/limits/redis-limit-store.server";
import { createJournal, type JournalKeeper } from "~/operator/journal";
import { createRedisSellingSwitch } from "~/operator/redis-selling-switch.server";
import { createMemorySellingSwitch, type SellingSwitch } from "~/operator/selling-switch";
import { systemClock, type Clock } from "~/reservations/clock";
import { keyPrefix } from "~/reservations/redis/redis-connection.server";
import type { Sandbox } from "~/sandbox/sandbox.server";
import { createClockSkew, type ClockSkew } from "~/telemetry/clock-skew.server";
import { createDependencyStates, type DependencyStates } from "~/telemetry/dependency-states.server";
import { createLog } from "~/telemetry/log.server";
import { catalogSettings } from "./catalog-settings.server";
import { createMemoryHolds, createRedisHolds, type Holds } from "./create-holds.server";
import { identityOf, usesRealStripe } from "./shop-identity.server";

/** Per request. Writes of marks have a shorter timeout of their own. */
const STRIPE_TIMEOUT_MS = 6_000;

/** The services outside the shop, and everything that differs between one server and several. */
export interface Drivers extends Shared {
  readonly clock: Clock;
  readonly log: Logger;
  readonly journal: JournalKeeper;
  readonly receivedEvents: ReceivedEvents;
  readonly gateway: StripeGateway;
  readonly catalog: SupabaseCatalog;
  readonly dependencies: DependencyStates;
  readonly clockSkew: Pick<ClockSkew, "warnings">;
  readonly sandbox: Sandbox | null;
  readonly newOperationId: () => string;
  readonly newClaimId: () => string;
  /** Waits a random moment before a retry after a conflict. */
  readonly backOff: () => Promise<void>;
}

/** What several servers share through Redis, or a single server keeps in memory. */
interface Shared {
  readonly holds: Holds;
  readonly sellingSwitch: SellingSwitch;
  /** Null if limits count in memory. */
  readonly limitStore: LimitStore | null;
  readonly formOrders: FormOrders;
  /** Null for a single server, which always agrees with itself. */
  readonly secretAgreement: Pick<SecretAgreement, "warnings"> | null;
}

/** Chooses sandbox or Supabase and Stripe, memory or Redis, by the environment. Connects lazily, so it waits for no external service. */
export async function chooseDrivers(env: Environment): Promise<Drivers> {
  const clock = systemClock;
  const journal = createJournal();
  const log = createLog(env.LOG_LEVEL, journal);
  const dependencies = createDependencyStates();
  const clockSkew = createClockSkew({ clock, log });
  const sandbox = await openSandbox(env);
  const stripeFetch = clockSkew.watch(dependencies.watch("stripe", sandbox?.stripe.httpFetch ?? fetch));
  const gateway = connectStripe(env, stripeFetch);
  const databaseFetch = dependencies.watch("database", sandbox?.supabaseFetch ?? fetch);
  const prices = createPriceBook({ gateway, now: () => clock.now() });
  return {
    clock,
    log,
    journal,
    receivedEvents: createReceivedEvents(() => clock.wall()),
    gateway,
    catalog: connectSupabase(env, { fetch: databaseFetch, prices, log }),
    ...(env.REDIS_URL === undefined ? inMemory(env, clock) : inRedis(env, env.REDIS_URL, log)),
    dependencies,
    clockSkew,
    sandbox,
    newOperationId: () => randomBytes(12).toString("base64url"),
    newClaimId: () => randomUUID(),
    backOff: () => sleep(randomInt(20, 101)),
  };
}

async function openSandbox(env: Environment): Promise<Sandbox | null> {
  if (!env.isSandbox) return null;
  const { createSandbox } = await import("~/sandbox/sandbox.server");
  return createSandbox({ port: env.PORT });
}

function connectStripe(env: Environment, fetch: typeof globalThis.fetch): StripeGateway {
  const limits = STRIPE_LIMITS[identityOf(env).live ? "live" : "test"];
  const stripe = createStripe({
    secretKey: env.stripe.secretKey,
    apiBase: env.STRIPE_API_BASE,
    fetch: usesRealStripe(env) ? limitStripe({ fetch, limits }) : fetch,
    timeoutMs: STRIPE_TIMEOUT_MS,
  });
  return createStripeGateway(stripe);
}

function connectSupabase(
  env: Environment,
  parts: { readonly fetch: typeof globalThis.fetch; readonly prices: PriceSource; readonly log: Logger },
): SupabaseCatalog {
  return createSupabaseCatalog({
    ...catalogSettings(env),
    ...parts,
    timeoutMs: TIME_LIMITS.databaseMs,
  });
}

function inMemory(env: Environment, clock: Clock): Shared {
  return {
    holds: createMemoryHolds({ ...holdTimes(env), clock }),
    sellingSwitch: createMemorySellingSwitch(() => clock.wall()),
    limitStore: null,
    formOrders: createMemoryFormOrders({ now: () => clock.now() }),
    secretAgreement: null,
  };
}

function inRedis(env: Environment, url: string, log: Logger): Shared {
  const { shopTag, holdsTag } = identityOf(env);
  const prefix = `holdfast:${shopTag.slice(0, 12)}`;
  const connection = createBestEffortRedis({ url, log });
  return {
    holds: createRedisHolds({ ...holdTimes(env), url, holdsTag, log }),
    sellingSwitch: createRedisSellingSwitch({ url, holdsTag, log }),
    limitStore: { connection, prefix: `${prefix}:limits` },
    formOrders: createRedisFormOrders({ redis: connection, prefix: `${prefix}:forms` }),
    secretAgreement: createSecretAgreement({
      secrets: env.sessionSecrets,
      key: `${keyPrefix(holdsTag)}:session-secrets`,
      url,
      log,
    }),
  };
}

function holdTimes(env: Environment) {
  return { ttlMs: env.RESERVATION_TTL_SECONDS * 1000, maxAgeMs: env.RESERVATION_MAX_SECONDS * 1000 };
}
