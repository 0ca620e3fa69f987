import type { Logger } from "pino";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog.server";
import type { Checkout } from "~/checkout/create-checkout.server";
import type { SecretAgreement } from "~/http/secret-agreement.server";
import type { Holds } from "./create-holds.server";

const SWEEP_EVERY_MS = 5_000;
const WORK_OFF_EVERY_MS = 500;
const RECONCILE_EVERY_MS = 5 * 60_000;
/** How soon a store that is full, or was given fewer rights, is noticed. */
const CHECK_STORE_EVERY_MS = 5_000;
/** How soon lost data of the store is noticed. */
const WATCH_EVERY_MS = 1_000;
const CHECK_PRICES_EVERY_MS = 5 * 60_000;
const RETRY_MS = 2_000;
/** How soon the products table is checked again while something is wrong with it, or sales are refused. */
const TABLE_ROUND_MS = 10_000;

/** What else is to be done now and then, the first time `firstAfterMs` (else `everyMs`) after the start. */
export interface Routine {
  readonly name: string;
  readonly everyMs: number;
  readonly firstAfterMs?: number;
  run(): Promise<unknown>;
}

interface HousekeepingOptions {
  readonly checkout: Pick<Checkout, "ready" | "isIntact" | "rebuild" | "sweep" | "queue">;
  readonly catalog: Pick<SupabaseCatalog, "probe" | "closedBy">;
  readonly holds: Pick<Holds, "warnings">;
  readonly secretAgreement: Pick<SecretAgreement, "warnings"> | null;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
}

/** What the server does unasked: the boot check, rebuilding holds, payment deadlines, what webhooks left over, and healing missed ones. */
export interface Housekeeping {
  /** Starts its own jobs and these; returns at once. */
  start(routines?: readonly Routine[]): void;
  /** Begins nothing new and waits for the round that runs. */
  stop(): Promise<void>;
  /** What the last boot check of the merchant's table found wrong; empty before it ran. */
  readonly tableFaults: readonly string[];
  /** What an operator has to know about where holds live; empty before it was looked at. */
  readonly warnings: readonly string[];
}

export function createHousekeeping({
  checkout,
  catalog,
  holds,
  secretAgreement,
  log,
}: HousekeepingOptions): Housekeeping {
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let stopped = false;
  let tableFaults: readonly string[] = [];
  let warnings: readonly string[] = [];

  /** Runs the job again and again, `wait` after each end; a failure is logged and is followed by the next run. */
  function repeat(name: string, job: () => Promise<number>): void {
    if (stopped) return;
    const round = job()
      .catch((error: unknown) => {
        log.error({ err: error }, `${name} failed and will be tried again`);
        return RETRY_MS;
      })
      .then((wait) => {
        running.delete(round);
        if (!stopped) later(name, job, wait);
      });
    running.add(round);
  }

  function later(name: string, job: () => Promise<number>, wait: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      repeat(name, job);
    }, wait);
    timer.unref();
    timers.add(timer);
  }

  let isTableWatched = false;

  async function reconcile(): Promise<number> {
    try {
      await checkout.rebuild();
    } finally {
      // After the first try only: shoppers wait for the rebuild, and nobody for the check.
      if (!isTableWatched) repeat("the check of the products table", checkTable);
      isTableWatched = true;
    }
    return RECONCILE_EVERY_MS;
  }

  async function sweep(): Promise<number> {
    if (checkout.ready) await checkout.sweep();
    return SWEEP_EVERY_MS;
  }

  async function workOff(): Promise<number> {
    if (checkout.ready) checkout.queue.startDue();
    return WORK_OFF_EVERY_MS;
  }

  let isTableProven = false;

  /** At boot, and every round while something is wrong: each check writes a row, which the merchant's triggers and movement logs see. */
  async function checkTable(): Promise<number> {
    // While the table has closed the shop it is checked soon, so that the shop reopens although nobody buys.
    if (isTableProven && catalog.closedBy === null) return TABLE_ROUND_MS;
    const report = await catalog.probe();
    tableFaults = report.problems;
    for (const warning of report.warnings) log.warn(warning);
    for (const fault of report.problems) log.error(fault);
    if (report.ok) log.info("the products table can be read and written");
    isTableProven = report.ok;
    return TABLE_ROUND_MS;
  }

  async function watchStore(): Promise<number> {
    if (checkout.ready && !(await checkout.isIntact())) await checkout.rebuild();
    return WATCH_EVERY_MS;
  }

  async function checkStore(): Promise<number> {
    const found = [...(await holds.warnings()), ...((await secretAgreement?.warnings()) ?? [])];
    for (const warning of found) if (!warnings.includes(warning)) log.warn(warning);
    warnings = found;
    return CHECK_STORE_EVERY_MS;
  }

  return {
    start(routines = []) {
      repeat("the check of the store of holds", checkStore);
      repeat("rebuilding holds", reconcile);
      repeat("watching the store of holds", watchStore);
      repeat("the sweep of payment pages", sweep);
      repeat("the queue of paid checkouts", workOff);
      for (const routine of routines)
        later(
          routine.name,
          async () => (await routine.run(), routine.everyMs),
          routine.firstAfterMs ?? routine.everyMs,
        );
    },
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.allSettled([...running, checkout.queue.stop()]);
    },
    get tableFaults() {
      return tableFaults;
    },
    get warnings() {
      return warnings;
    },
  };
}

/** Reads Stripe Prices before shoppers ask, and finds those that were switched off since. Does nothing where rows name none. */
export function priceCheck(catalog: Pick<SupabaseCatalog, "checkPrices">, log: Pick<Logger, "warn">): Routine {
  const run = () =>
    catalog.checkPrices().catch((err: unknown) => log.warn({ err }, "the Stripe Prices could not all be read"));
  return { name: "the check of Stripe Prices", everyMs: CHECK_PRICES_EVERY_MS, firstAfterMs: 0, run };
}
