import type { Drivers } from "~/boot/choose-drivers.server";
import { createMemorySellingSwitch, NOT_PAUSED } from "~/operator/selling-switch";
import { parseMetrics, type Sample } from "../api/metrics-text";
import { assembleWorldShop, ORIGIN } from "../boot/assembled-shop";
import { createWorld, type FaultPlan, type World, type WorldOptions } from "../checkout/world";

export type OperatedShop = Awaited<ReturnType<typeof openShop>>;

interface ShopOptions {
  readonly world?: World | WorldOptions;
  readonly drivers?: Partial<Drivers>;
  readonly faults?: FaultPlan;
  /** Negative control: nothing that holds ever learns of a pause. */
  readonly ignoresPause?: boolean;
}

/** A server of the shop, ready to sell, over a Stripe and a database that play along. */
export async function openShop(options: ShopOptions = {}) {
  const world = options.world !== undefined && "boot" in options.world ? options.world : createWorld(options.world);
  const process = world.boot(options.faults === undefined ? {} : { faults: options.faults });
  const deafSwitch = { ...createMemorySellingSwitch(() => world.clock.wall()), read: async () => NOT_PAUSED };
  const { shop, drivers } = assembleWorldShop(process, {
    drivers: {
      clockSkew: { warnings: () => ["run one server"] },
      ...(options.ignoresPause === true ? { sellingSwitch: deafSwitch } : {}),
      ...options.drivers,
    },
  });
  const { checkout, store, desk, log, metrics } = shop;
  await checkout.rebuild();
  const start = (sessionHash: string, lines: Record<string, number>) =>
    checkout.start({ sessionHash, lines: linesOf(lines), origin: ORIGIN });
  return {
    world,
    shop,
    checkout,
    store,
    /** Below everything that observes it; a test may replace its operations. */
    storeDriver: process.store,
    /** What the checkout works with; a test may replace its operations. */
    catalog: drivers.catalog,
    desk,
    log,
    journal: drivers.journal,
    metrics,
    /** Runs the background job of this name once. */
    run: (name: string) => shop.routines.find((routine) => routine.name === name)?.run(),
    setFaults: (plan: FaultPlan) => process.setFaults(plan),
    heal: () => process.heal(),
    stripeReads: () => world.stripe.calls().filter(({ method }) => method === "GET").length,
    /** What `/metrics` serves. */
    samples: async (): Promise<Sample[]> => parseMetrics(await metrics.registry.metrics()),
    hold: (sessionHash: string, lines: Record<string, number>) =>
      checkout.changeCart({ sessionHash, lines: linesOf(lines) }),
    start,
    async pay(sessionHash: string, lines: Record<string, number>): Promise<string> {
      const started = await start(sessionHash, lines);
      if (started.outcome !== "redirect") throw new Error(`no payment page: ${JSON.stringify(started)}`);
      return started.checkoutId;
    },
  };
}

const linesOf = (lines: Record<string, number>) =>
  Object.entries(lines).map(([productId, quantity]) => ({ productId, quantity }));
