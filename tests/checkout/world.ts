import { z } from "zod";
import type { Catalog } from "~/catalog/catalog";
import type { CheckoutConfig } from "~/checkout/checkout-context.server";
import type { CheckoutEvent } from "~/checkout/checkout-events";
import { createCheckout, type CheckoutDependencies } from "~/checkout/create-checkout.server";
import { createMemoryLeaseStore } from "~/checkout/leases/memory-lease-store.server";
import { PATIENCE, type Patience } from "~/checkout/stripe/ask-stripe.server";
import { createPriceBook } from "~/checkout/stripe/price-book.server";
import { createStripe } from "~/checkout/stripe/stripe-client.server";
import { createStripeGateway } from "~/checkout/stripe/stripe-gateway.server";
import { UnavailableError } from "~/errors";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import { StockHints } from "~/reservations/stock-hints";
import { createStripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";
import { createMemoryCatalog, type Row } from "./memory-catalog";
import { BOGUS_RESPONSES } from "./stripe/bogus-responses";

export const START = 1_780_000_000_000;
export const SHOP_TAG = "shop-under-test";
export const ORIGIN = "http://shop.test";
export const TTL_MS = 120_000;
export const MAX_AGE_MS = 1_200_000;
export const CHECKOUT_TTL_MS = 900_000;

/** A call to another system, such as `stripe POST /v1/checkout/sessions` or `database compareAndSwap`. */
export interface ExternalCall {
  readonly name: string;
  /** 1 for the first call of this process. */
  readonly n: number;
}

/**
 * What the proxy does with a call. `refuse`: it never arrives. `cut`: it is executed, but the response is lost. A
 * number: the status of the response, without being executed. `slow`: executed after a delay. `kill before/after`: the
 * process dies before or right after it is executed. `lie`: a bogus response, without being executed. `lie after`:
 * executed, then a bogus response. `late`: the caller gives up, and the call is executed `LATE_MS` later (or after
 * `lateMs`), or at `landLate`.
 */
export type Fault =
  "refuse" | "cut" | 429 | 500 | 503 | "slow" | "kill before" | "kill after" | "lie" | "lie after" | "late";

/** Longer than the life of a pending hold and the time limit of a fulfilment. */
const SLOW_MS = 11_000;
/** Longer than the time limit of a swap. */
export const LATE_MS = 3_200;
export type FaultPlan = (call: ExternalCall) => Fault | null;

/** Applies the fault to the next `times` calls whose name contains `name`. Other calls pass. */
export function once(name: string, fault: Fault, times = 1): FaultPlan {
  let left = times;
  return (call) => {
    if (left === 0 || !call.name.includes(name)) return null;
    left -= 1;
    return fault;
  };
}

export const CALLS = {
  create: "stripe POST /v1/checkout/sessions",
  expire: "/expire",
  fetch: "stripe GET /v1/checkout/sessions/cs",
  list: "stripe GET /v1/checkout/sessions",
  write: "stripe POST /v1/checkout/sessions/cs",
  lines: "stripe GET /v1/checkout/sessions/cs/line_items",
  listRefunds: "stripe GET /v1/refunds",
  refund: "stripe POST /v1/refunds",
  swap: "database compareAndSwap",
} as const;

type Fetch = typeof globalThis.fetch;

export interface WorldOptions {
  rows?: Record<string, Row | number>;
  config?: Partial<CheckoutConfig>;
  /**
   * The real client instead of the in-memory table. Its requests pass the proxy as `database GET`, `database PATCH`.
   */
  catalog?: (throughProxy: (fetch: Fetch) => Fetch) => Catalog;
  /** Whether rows of the in-memory table have versions. Default: true. */
  versions?: boolean;
  /** Default: none, so that each 429 reaches the caller. */
  patience?: Patience;
}

const NO_PATIENCE: Patience = { ...PATIENCE, readMs: 0, markMs: 0 };

export type World = ReturnType<typeof createWorld>;
export type Process = ReturnType<World["boot"]>;

/** Stripe and the database, which outlive server processes, and a function to boot such a process. */
export function createWorld(options: WorldOptions = {}) {
  const time = { ms: 0 };
  const clock = { now: () => time.ms, wall: () => START + time.ms };
  const rows = new Map(
    Object.entries(options.rows ?? { mug: 3 }).map(([id, row]) => [
      id,
      typeof row === "number" ? { inventory: row } : row,
    ]),
  );
  const sandbox = createStripeSandbox({
    webhookUrls: [],
    paymentPageBase: () => "http://pay.test",
    clock: { now: clock.wall },
    schedule: () => undefined,
  });
  /** Called after every swap of the in-memory table. */
  const table = { onSwap: (_productId: string, _before: number, _after: number): void => undefined };
  let ids = 0;
  const inFlight = new Set<Promise<unknown>>();

  /** Calls whose caller gave up before they were executed. */
  let lateCalls: { dueAt: number; run: () => Promise<unknown> }[] = [];

  function landDue(dueUntil: number): void {
    const due = lateCalls.filter(({ dueAt }) => dueAt <= dueUntil);
    lateCalls = lateCalls.filter(({ dueAt }) => dueAt > dueUntil);
    for (const { run } of due) void track(run()).catch(() => undefined);
  }

  function advance(ms: number): void {
    time.ms += ms;
    landDue(time.ms);
  }

  function track<T>(landing: Promise<T>): Promise<T> {
    inFlight.add(landing);
    return landing.finally(() => inFlight.delete(landing));
  }

  async function land<T>(run: () => Promise<T>, pause: (() => Promise<void>) | undefined): Promise<T> {
    await pause?.();
    const response = await run();
    await pause?.();
    return response;
  }

  function boot(
    parts: {
      dependencies?: (real: CheckoutDependencies) => Partial<CheckoutDependencies>;
      faults?: FaultPlan;
      pause?: () => Promise<void>;
      lateMs?: (call: ExternalCall) => number;
    } = {},
  ) {
    const events: CheckoutEvent[] = [];
    const calls: string[] = [];
    const lies = Object.values(BOGUS_RESPONSES);
    const proxy = {
      plan: parts.faults ?? (() => null),
      isDead: false,
      count: 0,
      /** The response of `lie`: rotates through all bogus responses unless a test sets one. */
      lie: (n: number): Response => lies[n % lies.length]?.() ?? Response.error(),
    };
    let onDeath = (): void => undefined;
    const died = new Promise<"died">((resolve) => (onDeath = () => resolve("died")));
    const never = <T>() => new Promise<T>(() => undefined);
    const kill = () => {
      proxy.isDead = true;
      onDeath();
    };

    async function throughFaults<T>(
      name: string,
      run: () => Promise<T>,
      { fail, lie }: { fail: (fault: 429 | 500 | 503) => T; lie: () => T },
    ): Promise<T> {
      if (proxy.isDead) return never();
      proxy.count += 1;
      calls.push(name);
      const fault = proxy.plan({ name, n: proxy.count });
      switch (fault) {
        case "refuse":
          throw new TypeError("fetch failed");
        case 429:
        case 500:
        case 503:
          return fail(fault);
        case "lie":
          return lie();
        case "kill before":
          kill();
          return never();
        case "slow":
          advance(SLOW_MS);
          break;
        case "late":
          lateCalls.push({ dueAt: time.ms + (parts.lateMs?.({ name, n: proxy.count }) ?? LATE_MS), run });
          throw new TypeError("given up");
        case null:
        case "cut":
        case "lie after":
        case "kill after":
          break;
      }
      const response = await track(land(run, parts.pause));
      if (fault === "kill after") kill();
      if (proxy.isDead) return never();
      if (fault === "cut") throw new TypeError("fetch failed");
      if (fault === "lie after") return lie();
      return response;
    }

    const stripeFetch: typeof fetch = (input, init) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input.toString());
      return throughFaults(
        `stripe ${init?.method ?? "GET"} ${pathname.replace(/(cs|pi|re|price)_[A-Za-z0-9_]+/, "$1")}`,
        () => sandbox.httpFetch(input, init),
        {
          fail: (status) =>
            Response.json(
              { error: { type: status === 429 ? "rate_limit_error" : "api_error", message: "failed by the proxy" } },
              { status },
            ),
          lie: () => proxy.lie(proxy.count),
        },
      );
    };
    // The in-memory table has no HTTP client, so a bogus response is an error here.
    const fail = (): never => {
      throw new UnavailableError("failed by the proxy");
    };
    const throughProxy = <T>(name: string, run: () => Promise<T>): Promise<T> =>
      throughFaults(`database ${name}`, run, { fail, lie: fail }).catch((cause: unknown) => {
        throw cause instanceof UnavailableError
          ? cause
          : new UnavailableError("the database is unavailable", { cause });
      });
    const gateway = createStripeGateway(
      createStripe({ secretKey: "sk_test_sandbox", fetch: stripeFetch, timeoutMs: 5_000, maxNetworkRetries: 0 }),
      options.patience ?? NO_PATIENCE,
    );
    const prices = createPriceBook({ gateway, now: clock.now });
    const memory = createMemoryCatalog(rows, {
      prices,
      onSwap: (...swap) => table.onSwap(...swap),
      versions: options.versions ?? true,
    });
    const databaseFetch =
      (fetch: Fetch): Fetch =>
      (input, init) =>
        throughFaults(`database ${init?.method ?? "GET"}`, () => fetch(input, init), {
          fail: (status) => Response.json({ message: "failed by the proxy" }, { status }),
          lie: () => proxy.lie(proxy.count),
        });
    const catalog: Catalog = options.catalog?.(databaseFetch) ?? {
      ...memory,
      products: (productIds) => throughProxy("products", () => memory.products(productIds)),
      readStock: (productIds) => throughProxy("readStock", () => memory.readStock(productIds)),
      compareAndSwap: (swap) => throughProxy("compareAndSwap", () => memory.compareAndSwap(swap)),
    };
    const store: ReservationStore = createMemoryReservationStore({ clock, ttlMs: TTL_MS, maxAgeMs: MAX_AGE_MS });
    const real: CheckoutDependencies = {
      reservations: {
        store,
        readStock: (productIds) => catalog.readStock(productIds),
        limits: { maxUnitsPerLine: 99, maxLinesPerCart: 30 },
        hints: new StockHints(),
        newOperationId: () => `op-${(ids += 1)}`,
        backOff: () => Promise.resolve(),
      },
      catalog,
      gateway,
      leases: createMemoryLeaseStore(),
      clock,
      newClaimId: () => `claim-${(ids += 1)}`,
      log: (event) => events.push(event),
      config: {
        shopTag: SHOP_TAG,
        formerTags: [],
        orderKey: (claimId) => `${claimId}.signed`,
        checkoutTtlMs: CHECKOUT_TTL_MS,
        paymentMethods: ["card"],
        shippingCountries: [],
        shippingRates: [],
        automaticTax: false,
        promotionCodes: false,
        language: "en",
        ...options.config,
      },
    };
    const checkout = createCheckout({ ...real, ...parts.dependencies?.(real) });
    return {
      checkout,
      dependencies: real,
      prices,
      store,
      events,
      calls,
      proxy,
      kill,
      /** The work's result, the error that it threw, or `died` if the process was killed meanwhile. */
      async run<T>(work: Promise<T>): Promise<T | "died" | Error> {
        return Promise.race([
          work.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
          died,
        ]);
      },
      setFaults(plan: FaultPlan) {
        proxy.plan = plan;
      },
      heal() {
        proxy.plan = () => null;
      },
      pay: async (sessionHash: string, lines: Record<string, number>) => {
        const cart = Object.entries(lines).map(([productId, quantity]) => ({ productId, quantity }));
        const started = await checkout.start({ sessionHash, lines: cart, origin: ORIGIN });
        if (started.outcome !== "redirect") throw new Error(`no payment page: ${JSON.stringify([started, events])}`);
        return started.checkoutId;
      },
      eventsOf: <T extends CheckoutEvent["type"]>(type: T) =>
        events.filter((event): event is Extract<CheckoutEvent, { type: T }> => event.type === type),
    };
  }

  return {
    time,
    clock,
    rows,
    table,
    sandbox,
    stripe: sandbox.controls,
    boot,
    /** Boots a process and rebuilds its holds. */
    async open(parts: Parameters<typeof boot>[0] = {}) {
      const process = boot(parts);
      await process.checkout.rebuild();
      return process;
    },
    /** Waits for requests that a killed process had already sent: they land long before the next process is up. */
    async landed() {
      while (inFlight.size > 0) await Promise.allSettled(inFlight);
    },
    advance,
    /** Number of abandoned calls still to be executed. */
    lateCalls: () => lateCalls.length,
    /** Executes all abandoned calls now. */
    async landLate() {
      landDue(Infinity);
      await Promise.allSettled(inFlight);
    },
    stock: (id = "mug") => rows.get(id)?.inventory ?? null,
    setStock(id: string, inventory: number | null) {
      const before = rows.get(id);
      rows.set(id, { ...before, inventory, version: (before?.version ?? 1) + 1 });
    },
    /** Amounts of all refunds at Stripe. */
    async refunds(): Promise<number[]> {
      const response = await sandbox.fetch(
        new Request("http://stripe.test/v1/refunds?limit=100", {
          headers: { authorization: "Bearer sk_test_sandbox" },
        }),
      );
      return z
        .object({ data: z.array(z.object({ amount: z.number() })) })
        .parse(await response.json())
        .data.map((refund) => refund.amount);
    },
  };
}
