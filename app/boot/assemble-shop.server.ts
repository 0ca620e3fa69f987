import type { Logger } from "pino";
import { createAvailabilityFeed, type AvailabilityFeed } from "~/availability/availability-feed.server";
import { createStreamPlaces, type StreamPlaces } from "~/availability/stream-places";
import { CartSessions } from "~/cart/cart-session.server";
import type { FormOrders } from "~/cart/form-orders.server";
import { createOrderLookups, type OrderLookups } from "~/cart/order-lookups.server";
import type { Catalog, ProductReads, ShopReads } from "~/catalog/catalog";
import type { Checkout } from "~/checkout/create-checkout.server";
import type { ReceivedEvents } from "~/checkout/stripe/received-events";
import type { UnverifiedReason } from "~/checkout/stripe/verify-webhook.server";
import { decorate } from "~/decorate";
import type { Environment } from "~/env.server";
import type { OperatorRule } from "~/http/operator.server";
import type { OriginRule } from "~/http/origin.server";
import { countOpenRequests, type OpenRequests } from "~/http/remix-serve/open-requests.server";
import { createSignedTexts, type SignedTexts } from "~/http/signed-texts.server";
import { createLimits, type Limits } from "~/limits/limits.server";
import type { Icons } from "~/look/icons.server";
import { createMissedSalesBook } from "~/operator/missed-sales";
import type { OperatorDesk } from "~/operator/operator-desk";
import { createSelling } from "~/operator/selling.server";
import { notRebuilt } from "~/reservations/not-rebuilt";
import type { ReservationStore } from "~/reservations/reservation-store";
import { StockHints } from "~/reservations/stock-hints";
import type { Sandbox } from "~/sandbox/sandbox.server";
import { createCheckoutRejections } from "~/telemetry/checkout-rejections.server";
import type { DependencyStates } from "~/telemetry/dependency-states.server";
import { createMetrics, type Metrics } from "~/telemetry/metrics.server";
import { observeLimits } from "~/telemetry/observe-checkout.server";
import { observeStore } from "~/telemetry/observe-store.server";
import { createRejectedWebhooks } from "~/telemetry/rejected-webhooks";
import { assembleCheckout } from "./assemble-checkout.server";
import type { Drivers } from "./choose-drivers.server";
import type { Holds } from "./create-holds.server";
import { createOperator } from "./create-operator.server";
import { createHousekeeping, priceCheck, type Housekeeping, type Routine } from "./housekeeping.server";
import { limitOptions, operatorRule, usesHttps } from "./settings.server";
import { identityOf } from "./shop-identity.server";
import { iconsOf } from "./site.server";

/** Everything that routes work with. */
export interface Shop {
  readonly env: Environment;
  readonly icons: Icons;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Every row, for operators. */
  readonly catalog: Catalog;
  /** The rows that are for sale, for everybody else. */
  readonly offers: ShopReads;
  /** Reads stock for single lookups in its own batches, so that they delay no other reads. The live feed has another reader. */
  readonly lookUpStock: ProductReads["readStock"];
  readonly store: ReservationStore;
  readonly holds: Pick<Holds, "state">;
  readonly feed: AvailabilityFeed;
  readonly streamPlaces: StreamPlaces;
  readonly checkout: Checkout;
  readonly receivedEvents: ReceivedEvents;
  readonly logRejectedWebhook: (reason: UnverifiedReason) => void;
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
  /** Background jobs besides those of housekeeping itself. */
  readonly routines: readonly Routine[];
  /** What is wrong with the products table, a sentence each; first the reason why it closes the shop, if it does. */
  readonly tableProblems: () => readonly string[];
  /** What an operator should know, one sentence each. */
  readonly warnings: () => readonly string[];
  readonly desk: OperatorDesk;
  readonly requests: OpenRequests;
  /** Whether the Stripe key is a live key; webhook events of the other mode are ignored. */
  readonly live: boolean;
  /** See `shopTag`. */
  readonly shopTag: string;
  readonly sandbox: Sandbox | null;
}

/** Wires the modules to each other and to the drivers. Starts nothing: `housekeeping.start` does. */
export function assembleShop(drivers: Drivers, env: Environment): Shop {
  const { clock, log, catalog, holds, dependencies, clockSkew } = drivers;
  const { shopTag, live } = identityOf(env);
  const metrics = createMetrics(() => holds.store.totals());
  const observedStore = observeStore(holds.store, log, metrics);
  const hints = new StockHints();
  const limits = observeLimits(createLimits(limitOptions(env, drivers, hints)), log, metrics);
  const closedBy = () => catalog.closedBy?.message ?? null;
  const selling = createSelling({ operatorSwitch: drivers.sellingSwitch, store: observedStore, closedBy });
  const missedSales = createMissedSalesBook({ clock });
  const orderKeys = createSignedTexts("holdfast-order", env.sessionSecrets);

  const rejections = createCheckoutRejections({ log });
  const checkout = assembleCheckout({ ...drivers, gateway: rejections.watch(drivers.gateway) }, env, {
    store: observedStore,
    hints,
    limits,
    selling,
    orderKeys,
    log,
    metrics,
    onRefused: (sessionHash, lines) => missedSales.note(sessionHash, lines),
  });
  const store = withoutFiguresUntilReady(observedStore, checkout);
  metrics.unavailableProducts(() => catalog.unavailable);
  metrics.fulfilmentQueue(() => checkout.queue.waiting);

  const housekeeping = createHousekeeping({ checkout, catalog, holds, secretAgreement: drivers.secretAgreement, log });
  const tableProblems = () => problemsOf(catalog, housekeeping);
  const sources = [clockSkew, rejections, limits];
  const warnings = () => [...housekeeping.warnings, ...catalog.oddities, ...sources.flatMap((one) => one.warnings())];
  const diagnostics = () => ({
    dependencies: { ...dependencies.read(), holds: holds.state },
    warnings: warnings(),
    tableProblems: tableProblems(),
  });
  const operator = createOperator({ ...drivers, env, metrics, store, checkout, selling, missedSales, diagnostics });

  return {
    ...drivers,
    env,
    icons: iconsOf(env),
    metrics,
    offers: catalog.offers,
    lookUpStock: catalog.offers.displayReader(),
    store,
    feed: countedFeed(drivers, store, metrics),
    streamPlaces: createStreamPlaces(),
    checkout,
    logRejectedWebhook: createRejectedWebhooks({ log, now: () => clock.now() }),
    limits,
    carts: new CartSessions({ secrets: env.sessionSecrets, secure: usesHttps(env) }),
    orderKeys,
    orderLookups: createOrderLookups({
      checkout,
      admitLookup: (request) => limits.admitLookup(request),
      live,
      now: () => clock.wall(),
      log,
    }),
    originRule: { publicUrl: env.publicUrl, isSandbox: env.isSandbox },
    operatorRule: operatorRule(env),
    housekeeping,
    routines: [...operator.routines, priceCheck(catalog, log)],
    tableProblems,
    warnings,
    desk: operator.desk,
    requests: countOpenRequests(),
    live,
    shopTag,
  };
}

function countedFeed({ catalog, log }: Drivers, store: ReservationStore, metrics: Metrics): AvailabilityFeed {
  const count = (viewers: number) => metrics.streamClients.set(viewers);
  return createAvailabilityFeed({ store, readStock: catalog.offers.displayReader(), log, count });
}

/** See `Shop.tableProblems`. */
function problemsOf({ closedBy }: Drivers["catalog"], { tableProblems }: Housekeeping): readonly string[] {
  const closed = closedBy === null ? [] : [`Selling is closed: ${closedBy.message}`];
  return [...new Set([...closed, ...tableProblems])];
}

/** Withholds availability until payments in progress have been read once; until then their units would look free. */
function withoutFiguresUntilReady(store: ReservationStore, checkout: Pick<Checkout, "ready">): ReservationStore {
  return decorate(store, {
    held: async (query) => {
      if (!checkout.ready) throw notRebuilt();
      return store.held(query);
    },
  });
}
