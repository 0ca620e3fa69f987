import type { Logger } from "pino";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";
import type { Checkout } from "~/checkout/create-checkout.server";
import type { SecretAgreement } from "~/http/secret-agreement.server";
import type { Holds } from "./create-holds.server";

const SWEEP_EVERY_MS = 5_000;
const START_QUEUED_EVERY_MS = 500;
const RECONCILE_EVERY_MS = 5 * 60_000;
/** How soon a store that is full or has lost permissions is noticed. */
const CHECK_STORE_EVERY_MS = 5_000;
/** How soon a loss of the store's data is noticed. */
const WATCH_EVERY_MS = 1_000;
const CHECK_PRICES_EVERY_MS = 5 * 60_000;
const RETRY_MS = 2_000;
/** Interval of checks of the products table while it has a problem or refuses sales. */
const CHECK_TABLE_EVERY_MS = 10_000;

/** A periodic background job; first run `firstAfterMs` (default `everyMs`) after the start. */
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

/** Background jobs: boot check, rebuild, payment deadlines, the queue of paid checkouts, reconciliation of missed webhooks. */
export interface Housekeeping {
  /** Starts its own jobs and `routines`; returns immediately. */
  start(routines: readonly Routine[]): void;
  /** Starts nothing new and waits for running jobs. */
  stop(): Promise<void>;
  /** What the last boot check of the merchant's table found wrong; empty before it ran. */
  readonly tableProblems: readonly string[];
  /** What an operator should know about hold storage; empty before the first check. */
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
  let tableProblems: readonly string[] = [];
  let warnings: readonly string[] = [];

  /** Runs a job repeatedly. The job returns the pause before its next run, in milliseconds; failures are logged and retried. */
  function repeat(name: string, job: () => Promise<number>): void {
    if (stopped) return;
    const round = job()
      .catch((error: unknown) => {
        log.error({ err: error }, `${name} failed and will be retried`);
        return RETRY_MS;
      })
      .then((wait) => {
        running.delete(round);
        if (!stopped) runAfter(name, job, wait);
      });
    running.add(round);
  }

  function runAfter(name: string, job: () => Promise<number>, wait: number): void {
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
      // Only after the first rebuild, because shoppers wait for that, but not for the check.
      if (!isTableWatched) repeat("the check of the products table", checkTable);
      isTableWatched = true;
    }
    return RECONCILE_EVERY_MS;
  }

  async function sweep(): Promise<number> {
    if (checkout.ready) await checkout.sweep();
    return SWEEP_EVERY_MS;
  }

  async function startQueued(): Promise<number> {
    if (checkout.ready) checkout.queue.startDue();
    return START_QUEUED_EVERY_MS;
  }

  let isTableUsable = false;

  /**
   * Runs at boot, and again while there is a problem; not more often, because each check writes a row, which fires the merchant's
   * triggers and appears in their movement logs.
   */
  async function checkTable(): Promise<number> {
    // Also while the table keeps selling closed, so that the shop reopens without waiting for a sale.
    if (isTableUsable && catalog.closedBy === null) return CHECK_TABLE_EVERY_MS;
    const report = await catalog.probe();
    tableProblems = report.problems;
    for (const warning of report.warnings) log.warn(warning);
    for (const problem of report.problems) log.error(problem);
    if (report.ok) log.info("the products table can be read and written");
    isTableUsable = report.ok;
    return CHECK_TABLE_EVERY_MS;
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
    start(routines) {
      repeat("the check of hold storage", checkStore);
      repeat("the rebuild of holds", reconcile);
      repeat("the watch on hold storage", watchStore);
      repeat("the sweep of payment pages", sweep);
      repeat("the queue of paid checkouts", startQueued);
      for (const routine of routines)
        runAfter(
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
    get tableProblems() {
      return tableProblems;
    },
    get warnings() {
      return warnings;
    },
  };
}

/** Reads Stripe Prices before shoppers need them, and finds those deactivated since. Does nothing if rows name none. */
export function priceCheck(catalog: Pick<SupabaseCatalog, "checkPrices">, log: Pick<Logger, "warn">): Routine {
  const run = () =>
    catalog.checkPrices().catch((err: unknown) => log.warn({ err }, "some Stripe Prices could not be read"));
  return { name: "the check of Stripe Prices", everyMs: CHECK_PRICES_EVERY_MS, firstAfterMs: 0, run };
}
