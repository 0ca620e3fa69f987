import type { CheckoutDependencies } from "~/checkout/create-checkout.server";
import { createRedisLeaseStore } from "~/checkout/leases/redis-lease-store.server";
import { PATIENCE } from "~/checkout/stripe/ask-stripe.server";
import { createStripe } from "~/checkout/stripe/stripe-client.server";
import { createStripeGateway } from "~/checkout/stripe/stripe-gateway.server";
import { limitStripe } from "~/checkout/stripe/stripe-limiter.server";
import { UnavailableError } from "~/errors";
import { createWorld, START } from "../checkout/world";
import { connect } from "../reservations/redis-fixture";
import { realTime, slowStripe, type StripeLoad, type Time } from "./slow-stripe";

/** Stripe in live mode, with the limits of https://docs.stripe.com/rate-limits. */
export const LIVE: StripeLoad = { latencyMs: 250, perEndpoint: 25, inAll: 100, windowMs: 1_000 };

export interface HotProductOptions {
  readonly sales: number;
  readonly servers: number;
  readonly redisUrl: string | null;
  readonly stripe: StripeLoad;
  readonly databaseMs: number;
  /** How long to wait until every sale is settled. */
  readonly atMostMs: number;
  /** Default: real time, which Redis requires. */
  readonly time?: Time;
}

export interface HotProductFigures {
  readonly settled: number;
  readonly stock: number | null;
  readonly seconds: number;
  /** Webhooks refused with a 503. */
  readonly refused: number;
  readonly redisCommandsPerSecond: number | null;
  readonly stripe: Readonly<Record<string, { carriedOut: number; refused: number }>>;
}

/** Settles sales paid at the same moment, whose webhooks reach the servers at once and only once. */
export async function sellHotProduct(options: HotProductOptions): Promise<HotProductFigures> {
  const { sales, databaseMs, time = realTime } = options;
  const world = createWorld({ rows: { mug: sales } });
  const stripe = slowStripe(world.sandbox.httpFetch, options.stripe, time);
  const connections: { close(): void }[] = [];
  let isSlow = false;
  const delay = async <T>(run: () => Promise<T>): Promise<T> => {
    if (!isSlow) return run();
    await time.sleep(databaseMs / 2);
    const result = await run();
    await time.sleep(databaseMs / 2);
    return result;
  };

  function boot() {
    const began = time.now();
    const clock = { now: () => time.now(), wall: () => START + (time.now() - began) };
    const limited = limitStripe({
      fetch: stripe.fetch,
      limits: options.stripe,
      now: () => time.now(),
      schedule: (run, ms) => void time.sleep(ms).then(run),
    });
    return world.boot({
      dependencies: (real): Partial<CheckoutDependencies> => ({
        clock,
        catalog: {
          ...real.catalog,
          products: (ids) => delay(() => real.catalog.products(ids)),
          readStock: (ids) => delay(() => real.catalog.readStock(ids)),
          compareAndSwap: (swap) => delay(() => real.catalog.compareAndSwap(swap)),
        },
        gateway: createStripeGateway(createStripe({ secretKey: "sk_test_sandbox", fetch: limited, timeoutMs: 6_000 }), {
          ...PATIENCE,
          ...time,
        }),
        ...(options.redisUrl === null ? inMemory(real) : onRedis(options.redisUrl, real)),
      }),
    });
  }

  let shared: Partial<CheckoutDependencies> | undefined;
  /** Several servers share one process, as if the store and its leases took no time. */
  function inMemory({ leases, reservations }: CheckoutDependencies): Partial<CheckoutDependencies> {
    return (shared ??= { leases, reservations });
  }

  function onRedis(url: string, real: CheckoutDependencies): Partial<CheckoutDependencies> {
    const { redis, store, turns } = connect(url, { offset: { ms: START - Date.now() } });
    connections.push(redis);
    return {
      reservations: { ...real.reservations, store },
      leases: createRedisLeaseStore(redis),
      rebuildLeases: createRedisLeaseStore(redis, { forRebuild: true }),
      rebuildTurns: turns,
    };
  }

  const servers = Array.from({ length: options.servers }, boot);
  for (const server of servers) await server.checkout.rebuild();
  const paid: string[] = [];
  for (let n = 0; n < sales; n += 1) {
    const checkoutId = await servers[n % servers.length]!.pay(`shopper-${n}`, { mug: 1 });
    world.stripe.pay(checkoutId);
    paid.push(checkoutId);
  }

  stripe.begin();
  isSlow = true;
  const begin = time.now();
  const commands = options.redisUrl === null ? null : await commandCounter(options.redisUrl);
  let refused = 0;
  const webhooks = paid.map(async (checkoutId, n) => {
    try {
      await servers[n % servers.length]!.checkout.fulfil(checkoutId);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      refused += 1;
    }
  });
  const isSettled = (id: string) =>
    world.stripe.session(id)?.metadata["holdfast_line_0"]?.includes('"mark":"done"') ?? false;
  const settled = () => paid.filter(isSettled).length;
  while (time.now() - begin < options.atMostMs && settled() < sales) {
    for (const server of servers) server.checkout.queue.startDue();
    await time.sleep(100);
  }
  const seconds = (time.now() - begin) / 1000;
  await Promise.all(webhooks);
  const spent = await commands?.();
  for (const connection of connections) connection.close();
  return {
    settled: settled(),
    stock: world.stock(),
    seconds,
    refused,
    redisCommandsPerSecond: spent === undefined ? null : Math.round(spent / ((time.now() - begin) / 1000)),
    stripe: Object.fromEntries(stripe.counts),
  };
}

/** Returns a function that resolves to the number of Redis commands since this call; a script counts as one. */
async function commandCounter(url: string): Promise<() => Promise<number>> {
  const { createClient } = await import("redis");
  const client = createClient({ url });
  await client.connect();
  const read = async () => Number(/total_commands_processed:(\d+)/.exec(await client.info("stats"))?.[1]);
  const before = await read();
  return async () => {
    const after = await read();
    client.destroy();
    return after - before;
  };
}
