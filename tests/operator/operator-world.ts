import type { Catalog } from "~/catalog/catalog";
import { createCheckout, type Checkout } from "~/checkout/create-checkout.server";
import { createOperatorDesk } from "~/operator/create-operator-desk.server";
import { createDriftAudits } from "~/operator/drift-audits.server";
import { createHistory } from "~/operator/history";
import { createJournal } from "~/operator/journal";
import { createMissedSalesBook } from "~/operator/missed-sales";
import { readCounts } from "~/operator/read-counts.server";
import { createSelling, type SellingControl } from "~/operator/selling.server";
import { createLog } from "~/telemetry/log.server";
import { createMetrics } from "~/telemetry/metrics.server";
import { checkoutLog, observeChanges } from "~/telemetry/observe-checkout.server";
import { observeStore } from "~/telemetry/observe-store.server";
import { parseMetrics, type Sample } from "../api/metrics-text";
import {
  CHECKOUT_TTL_MS,
  createWorld,
  SHOP_TAG,
  type FaultPlan,
  type World,
  type WorldOptions,
} from "../checkout/world";

export type OperatedShop = Awaited<ReturnType<typeof openShop>>;

/** A server wired like the container's, with an in-memory Stripe and database. Logs to the journal only. */
export async function openShop(
  options: { world?: World | WorldOptions; selling?: SellingControl; faults?: FaultPlan; unguarded?: boolean } = {},
) {
  const world = options.world !== undefined && "boot" in options.world ? options.world : createWorld(options.world);
  const journal = createJournal();
  const log = createLog("silent", journal);
  const process = world.boot(options.faults === undefined ? {} : { faults: options.faults });
  const { dependencies } = process;
  const catalog = Object.assign(dependencies.catalog, {
    list: async ({ page, pageSize }: ListQuery) => listRows(world, page, pageSize),
  });
  const metrics = createMetrics(() => process.store.totals());
  const missedSales = createMissedSalesBook({ clock: world.clock });
  const store = observeStore(process.store, log, metrics);
  const bare = createCheckout({
    ...dependencies,
    log: checkoutLog(log, metrics),
    reservations: { ...dependencies.reservations, store },
  });
  const selling = options.selling ?? createSelling({ redis: null, store, closedBy: () => null, log });
  const guarded: Checkout = Object.assign(
    Object.create(bare) as Checkout,
    options.unguarded === true ? {} : selling.guarded(bare),
  );
  const checkout = observeChanges(guarded, log, metrics, (sessionHash, lines) => missedSales.note(sessionHash, lines));
  const counts = () => readCounts(metrics);
  const history = createHistory({ counts, totals: () => store.totals(), missedSales, clock: world.clock });
  const audits = createDriftAudits({
    checkout,
    catalog,
    clock: world.clock,
    note: (audit) => metrics.noteAudit(audit),
    log,
  });
  const desk = createOperatorDesk({
    store,
    catalog,
    checkout,
    selling,
    journal,
    history,
    audits,
    counts,
    clock: world.clock,
    checkoutTtlMs: CHECKOUT_TTL_MS,
    backOff: () => Promise.resolve(),
    server: "abc123",
    payments: "test",
    shopTag: SHOP_TAG,
    hasDashboard: true,
    diagnostics: () => ({
      dependencies: { database: "ok", stripe: "ok", holds: "memory" },
      warnings: ["run one server"],
      tableFaults: [],
    }),
    log,
  });
  await checkout.rebuild();
  const start = (sessionHash: string, lines: Record<string, number>) =>
    checkout.start({ sessionHash, lines: linesOf(lines), origin: "http://shop.test" });
  return {
    world,
    checkout,
    store,
    /** The checkout's own catalog. Tests can replace its operations. */
    catalog,
    desk,
    history,
    audits,
    log,
    journal,
    metrics,
    setFaults: (plan: FaultPlan) => process.setFaults(plan),
    heal: () => process.heal(),
    stripeReads: () => world.stripe.calls().filter(({ method }) => method === "GET").length,
    /** The samples of `/metrics`. */
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

type ListQuery = Parameters<Catalog["list"]>[0];

const linesOf = (lines: Record<string, number>) =>
  Object.entries(lines).map(([productId, quantity]) => ({ productId, quantity }));

async function listRows(world: World, page: number, pageSize: number) {
  const ids = [...world.rows.keys()].sort();
  const shown = ids.slice((page - 1) * pageSize, page * pageSize);
  const products = shown.map((id) => ({
    id,
    name: world.rows.get(id)?.name ?? id,
    description: "",
    image: null,
    price: null,
    stripePrice: null,
    onHand: Math.max(0, world.stock(id) ?? 0),
    active: true,
  }));
  return { products, page, pages: Math.ceil(ids.length / pageSize), total: ids.length };
}
