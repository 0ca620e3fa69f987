import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { createAvailabilityFeed, type AvailabilityFeed } from "~/availability/availability-feed.server";
import { createStreamPlaces, type StreamPlaces } from "~/availability/stream-places";
import { CartSessions } from "~/cart/cart-session.server";
import { createMemoryFormOrders, createRedisFormOrders, type FormOrders } from "~/cart/form-orders.server";
import { createOrderLookups, type OrderLookups } from "~/cart/order-lookups.server";
import type { Catalog } from "~/catalog/catalog";
import { createSupabaseCatalog, type SupabaseCatalog } from "~/catalog/supabase-catalog.server";
import { createCheckout, type Checkout } from "~/checkout/create-checkout.server";
import { checkTimeLimits, TIME_LIMITS } from "~/checkout/leases/time-limits.server";
import { createPriceBook } from "~/checkout/stripe/price-book.server";
import { holdsTag, shopTag } from "~/checkout/stripe/shop-tag.server";
import { createStripe, isLiveKey } from "~/checkout/stripe/stripe-client.server";
import { createStripeGateway } from "~/checkout/stripe/stripe-gateway.server";
import { limitStripe, STRIPE_LIMITS } from "~/checkout/stripe/stripe-limiter.server";
import type { Environment } from "~/env.server";
import { UnavailableError } from "~/errors";
import type { OperatorRule } from "~/http/operator.server";
import type { OriginRule } from "~/http/origin.server";
import { countOpenRequests, type OpenRequests } from "~/http/remix-serve/open-requests.server";
import { createSecretAgreement } from "~/http/secret-agreement.server";
import { createSignedTexts, type SignedTexts } from "~/http/signed-texts.server";
import { createLimits, type Limits } from "~/limits/limits.server";
import { connectLimits } from "~/limits/redis-limit-store.server";
import { createJournal } from "~/operator/journal";
import { createMissedSalesBook } from "~/operator/missed-sales";
import type { OperatorDesk } from "~/operator/operator-desk";
import { createSelling } from "~/operator/selling.server";
import { systemClock } from "~/reservations/clock";
import { LastFigures } from "~/reservations/last-figures";
import { keyPrefix } from "~/reservations/redis/redis-connection.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import type { Sandbox } from "~/sandbox/sandbox.server";
import { createClockSkew } from "~/telemetry/clock-skew.server";
import { createDependencyStates, type DependencyStates } from "~/telemetry/dependency-states.server";
import { createLog } from "~/telemetry/log.server";
import { createMetrics, type Metrics } from "~/telemetry/metrics.server";
import { checkoutLog, observeChanges, observeLimits } from "~/telemetry/observe-checkout.server";
import { observeStore } from "~/telemetry/observe-store.server";
import { createHolds, type Holds } from "./create-holds.server";
import { createOperator } from "./create-operator.server";
import { createHousekeeping, type Housekeeping, type Routine } from "./housekeeping.server";

/** Writes of marks have their own, shorter one. */
const STRIPE_TIMEOUT_MS = 6_000;

/**
 * Of Stripe's own 100 calls a second, 25 in test mode: an opening makes two, or five where an older page is closed first, and each
 * sale and each expiry three or four.
 */
const PAGES_PER_SECOND = { live: 16, test: 8 };

const CHECK_PRICES_EVERY_MS = 5 * 60_000;

/** Everything that the routes work with, wired once. */
export interface Container {
  readonly env: Environment;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly catalog: Catalog;
  /** For single lookups; as `Catalog.readStock`, in nobody's way. The live feed has another. */
  readonly lookUpStock: Catalog["readStock"];
  readonly store: ReservationStore;
  readonly holds: Pick<Holds, "state">;
  readonly feed: AvailabilityFeed;
  readonly streamPlaces: StreamPlaces;
  readonly checkout: Checkout;
  readonly limits: Limits;
  readonly carts: CartSessions;
  /** See `openByKey`. */
  readonly orderKeys: SignedTexts;
  readonly orderLookups: OrderLookups;
  readonly formOrders: FormOrders;
  readonly originRule: OriginRule;
  readonly operatorRule: OperatorRule;
  readonly dependencies: DependencyStates;
  readonly housekeeping: Housekeeping;
  /** What is wrong with the products table, a sentence each; first why it closes the shop, where it does. */
  readonly tableFaults: () => readonly string[];
  /** What an operator has to know, a sentence each. */
  readonly warnings: () => readonly string[];
  readonly desk: OperatorDesk;
  readonly requests: OpenRequests;
  /** Whether our Stripe key is of live mode: a webhook event of the other mode is none of ours. */
  readonly live: boolean;
  /** See `shopTag`. */
  readonly shopTag: string;
  readonly sandbox: Sandbox | null;
}

export async function createContainer(env: Environment): Promise<Container> {
  checkTimeLimits(TIME_LIMITS);
  const journal = createJournal();
  const log = createLog(env.LOG_LEVEL, journal);
  const sandbox = env.isSandbox
    ? await import("~/sandbox/sandbox.server").then(({ createSandbox }) => createSandbox({ port: env.PORT }))
    : null;
  const dependencies = createDependencyStates();
  const clockSkew = createClockSkew({ clock: systemClock, log });

  const stripe = createStripe({
    secretKey: env.stripe.secretKey,
    apiBase: env.STRIPE_API_BASE,
    fetch: withinLimits(env, clockSkew.watch(dependencies.watch("stripe", sandbox?.stripe.httpFetch ?? fetch))),
    timeoutMs: STRIPE_TIMEOUT_MS,
  });
  const gateway = createStripeGateway(stripe);
  const catalog = createSupabaseCatalog({
    ...env.supabase,
    fetch: dependencies.watch("database", sandbox?.supabaseFetch ?? fetch),
    table: env.PRODUCTS_TABLE,
    columns: env.PRODUCTS_COLUMNS,
    priceUnit: env.PRICE_UNIT,
    currency: env.CURRENCY,
    prices: createPriceBook({ gateway, now: () => systemClock.now() }),
    timeoutMs: TIME_LIMITS.databaseMs,
    log,
  });

  const identity = { supabaseUrl: env.supabase.url, table: env.PRODUCTS_TABLE, environment: env.SHOP_ENVIRONMENT };
  const shop = shopTag(identity);
  const live = isLiveKey(env.stripe.secretKey);
  const heldAs = holdsTag(identity, { live });
  const holds = createHolds({
    url: env.REDIS_URL,
    shopTag: heldAs,
    ttlMs: env.RESERVATION_TTL_SECONDS * 1000,
    maxAgeMs: env.RESERVATION_MAX_SECONDS * 1000,
    log,
  });
  const metrics = createMetrics(() => holds.store.totals());
  const observedStore = observeStore(holds.store, log, metrics);
  const store = overriding(observedStore, {
    // Until payments in progress were looked up for the first time, nobody is told that their units are free.
    held: async (query) => {
      if (!checkout.ready) throw new UnavailableError("payments in progress are still being looked up");
      return observedStore.held(query);
    },
  });

  const figures = new LastFigures();
  const limits = observeLimits(
    createLimits({
      perMinute: env.RATE_LIMIT_PER_MINUTE,
      unitsPerClient: env.MAX_UNITS_PER_CLIENT,
      trustedProxyHops: env.TRUSTED_PROXY_HOPS,
      secret: env.sessionSecrets[0] ?? "",
      pagesPerSecond: pagesPerSecond(env, live),
      unpaidTime: {
        ttlMs: env.CHECKOUT_TTL_SECONDS * 1000,
        ofSessionMs: env.RESERVATION_MAX_SECONDS * 1000,
        stockOf: (productId) => figures.of(productId),
      },
      redis:
        env.REDIS_URL === undefined ? null : { url: env.REDIS_URL, prefix: `holdfast:${shop.slice(0, 12)}:limits` },
      log,
    }),
    log,
    metrics,
  );
  const orderKeys = createSignedTexts("holdfast-order", env.sessionSecrets);
  const bareCheckout = createCheckout({
    reservations: {
      store,
      readStock: (productIds) => catalog.readStock(productIds),
      limits: { maxUnitsPerLine: env.MAX_UNITS_PER_LINE, maxLinesPerCart: env.MAX_LINES_PER_CART },
      figures,
      newOperationId: () => randomBytes(12).toString("base64url"),
      backOff: () => sleep(randomInt(20, 101)),
    },
    catalog,
    gateway,
    leases: holds.leases,
    rebuildLeases: holds.rebuildLeases,
    rebuildTurns: holds.rebuildTurns,
    clock: systemClock,
    newClaimId: randomUUID,
    turnToPay: () => limits.turnToPay(),
    ...(limits.unpaidTime === null ? {} : { unpaidTime: limits.unpaidTime }),
    log: checkoutLog(log, metrics),
    config: {
      shopTag: shop,
      formerTags: env.FORMER_SHOP_TAGS,
      orderKey: (claimId) => orderKeys.sign(claimId),
      checkoutTtlMs: env.CHECKOUT_TTL_SECONDS * 1000,
      paymentMethods: env.STRIPE_PAYMENT_METHODS,
      shippingCountries: env.STRIPE_SHIPPING_COUNTRIES ?? [],
      shippingRates: env.STRIPE_SHIPPING_RATES ?? [],
      automaticTax: env.STRIPE_AUTOMATIC_TAX,
      promotionCodes: env.STRIPE_PROMOTION_CODES,
    },
  });
  metrics.unavailableProducts(() => catalog.unavailable);
  metrics.fulfilmentQueue(() => bareCheckout.queue.waiting);
  const missedSales = createMissedSalesBook({ clock: systemClock });
  const selling = createSelling({
    redis: env.REDIS_URL === undefined ? null : { url: env.REDIS_URL, shopTag: heldAs },
    store,
    closedBy: () => catalog.closedBy?.message ?? null,
    log,
  });
  const guarded = overriding(bareCheckout, selling.guarded(limits.capped(bareCheckout)));
  const checkout = observeChanges(guarded, log, metrics, (sessionHash, lines) => missedSales.note(sessionHash, lines));
  const tableFaults = () => [
    ...new Set([
      ...(catalog.closedBy === null ? [] : [`Selling is closed: ${catalog.closedBy.message}`]),
      ...housekeeping.tableFaults,
    ]),
  ];
  const warnings = () => [...housekeeping.warnings, ...catalog.oddities, ...clockSkew.warnings(), ...limits.warnings()];
  const diagnostics = () => ({
    dependencies: { ...dependencies.read(), holds: holds.state },
    warnings: warnings(),
    tableFaults: tableFaults(),
  });
  const { desk, routines } = createOperator({
    env,
    live,
    shopTag: shop,
    log,
    metrics,
    store,
    catalog,
    checkout,
    selling,
    journal,
    missedSales,
    diagnostics,
  });
  const secretAgreement =
    env.REDIS_URL === undefined
      ? null
      : createSecretAgreement({
          secrets: env.sessionSecrets,
          key: `${keyPrefix(heldAs)}:session-secrets`,
          url: env.REDIS_URL,
          log,
        });
  const housekeeping: Housekeeping = createHousekeeping({
    checkout,
    probe: () => catalog.probe(),
    isClosed: () => catalog.closedBy !== null,
    storeWarnings: async () => [...(await holds.warnings()), ...((await secretAgreement?.warnings()) ?? [])],
    routines: [...routines, priceCheck(catalog, log)],
    log,
  });

  return {
    env,
    log,
    metrics,
    catalog,
    lookUpStock: catalog.lookingReader(),
    store,
    holds,
    feed: createAvailabilityFeed({
      store,
      readStock: catalog.lookingReader(),
      log,
      count: (viewers) => metrics.streamClients.set(viewers),
    }),
    streamPlaces: createStreamPlaces(),
    checkout,
    limits,
    orderKeys,
    formOrders:
      env.REDIS_URL === undefined
        ? createMemoryFormOrders({ now: () => systemClock.now() })
        : createRedisFormOrders({
            redis: connectLimits({ url: env.REDIS_URL, log }),
            prefix: `holdfast:${shop.slice(0, 12)}:forms`,
          }),
    orderLookups: createOrderLookups({
      checkout,
      admitLookup: (request) => limits.admitLookup(request),
      live,
      now: Date.now,
      log,
    }),
    carts: new CartSessions({ secrets: env.sessionSecrets, secure: env.publicUrl.startsWith("https:") }),
    originRule: { publicUrl: env.publicUrl, isSandbox: env.isSandbox },
    operatorRule: {
      token: env.ADMIN_TOKEN ?? null,
      isSandbox: env.isSandbox,
      secrets: env.sessionSecrets,
      secure: env.publicUrl.startsWith("https:"),
    },
    dependencies,
    housekeeping,
    tableFaults,
    warnings,
    desk,
    requests: countOpenRequests(),
    live,
    shopTag: shop,
    sandbox,
  };
}

/** Prices are read before shoppers ask, and again for those that were switched off since. Does nothing where rows name none. */
function priceCheck(catalog: Pick<SupabaseCatalog, "checkPrices">, log: Logger): Routine {
  const run = () =>
    catalog.checkPrices().catch((err: unknown) => log.warn({ err }, "the Stripe Prices could not all be read"));
  return { name: "the check of Stripe Prices", everyMs: CHECK_PRICES_EVERY_MS, firstAfterMs: 0, run };
}

/** Stand-ins have no limits. */
function hasLimits(env: Environment): boolean {
  return !env.isSandbox && env.STRIPE_API_BASE === undefined;
}

function withinLimits(env: Environment, fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return hasLimits(env)
    ? limitStripe({ fetch, limits: STRIPE_LIMITS[isLiveKey(env.stripe.secretKey) ? "live" : "test"] })
    : fetch;
}

function pagesPerSecond(env: Environment, live: boolean): number | null {
  if (!hasLimits(env)) return null;
  return live ? PAGES_PER_SECOND.live : PAGES_PER_SECOND.test;
}

/** `base` with some of its verbs replaced; the rest, getters included, stays that of `base`. */
function overriding<T extends object>(base: T, verbs: Partial<T>): T {
  return Object.assign(Object.create(base) as T, verbs);
}
