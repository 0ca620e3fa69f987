import { AsyncResource } from "node:async_hooks";
import type { FulfilOutcome } from "~/checkout/checkout";
import { UnavailableError } from "~/errors";
import type { Clock } from "~/reservations/clock";
import { createBudget, FULFIL_BUDGET_MS, within } from "./budget.server";

/**
 * Maximum of concurrent runs. More would only wait for Stripe, each with a lease. Four times the size of a batch: one
 * batch is moved while the sessions of the next, and the lines of the one after that, are read.
 */
const MAX_CONCURRENT = 96;
/** Beyond this, Stripe's own retries serve as the queue. */
const MAX_WAITING = 10_000;
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

export interface FulfilQueue {
  /**
   * See `CheckoutService.fulfil`. Throws `UnavailableError` if there is no outcome within a webhook's time; the
   * checkout then stays in the queue, which retries by itself. `rerun`: a run in progress may have missed what just
   * happened even if it succeeds, so start another.
   */
  fulfil(checkoutId: string, options?: { readonly rerun: boolean }): Promise<FulfilOutcome>;
  /** Starts due checkouts, oldest first. Call it periodically: nothing else retries failed ones. */
  startDue(): void;
  /** Starts nothing more, and resolves when all runs have ended. */
  stop(): Promise<void>;
  /** Number of waiting checkouts, without those in progress. */
  readonly waiting: number;
}

interface Entry {
  /** Bound to the async context of the call that added it, so that log lines have the right checkout id. */
  readonly run: () => Promise<FulfilOutcome>;
  /** Earliest start, by the monotonic clock. */
  readonly dueAt: number;
  readonly failures: number;
  readonly listeners: ((work: Promise<FulfilOutcome>) => void)[];
}

/**
 * One server's checkouts to fulfil, in order of arrival. Several run concurrently, but never the same one twice.
 * Failures are retried after growing pauses. In memory only: Stripe's retries and the reconciler recover what a stopped
 * server had waiting.
 */
export function createFulfilQueue({
  clock,
  fulfil,
}: {
  clock: Clock;
  fulfil: (checkoutId: string) => Promise<FulfilOutcome>;
}): FulfilQueue {
  const running = new Map<string, Promise<FulfilOutcome>>();
  /** Insertion order is the order of arrival. */
  const waiting = new Map<string, Entry>();
  let isStopped = false;

  function start(checkoutId: string, { run, failures, listeners }: Entry): void {
    waiting.delete(checkoutId);
    const work = run().finally(() => running.delete(checkoutId));
    running.set(checkoutId, work);
    for (const listener of listeners) listener(work);
    const ended = work.catch((error: unknown) => {
      if (!(error instanceof UnavailableError) || waiting.has(checkoutId) || waiting.size >= MAX_WAITING) return;
      const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
      waiting.set(checkoutId, { run, dueAt: clock.now() + pause, failures: failures + 1, listeners: [] });
    });
    void ended.then(startDue);
  }

  function startDue(): void {
    for (const [checkoutId, entry] of waiting) {
      if (isStopped || running.size >= MAX_CONCURRENT) return;
      if (entry.dueAt <= clock.now() && !running.has(checkoutId)) start(checkoutId, entry);
    }
  }

  /** The result of the next run, since one that began before this call may have read outdated data. */
  function nextRun(checkoutId: string): Promise<FulfilOutcome> {
    if (isStopped) throw new UnavailableError("this server is shutting down");
    const before = waiting.get(checkoutId);
    if (before === undefined && waiting.size >= MAX_WAITING)
      throw new UnavailableError("too many checkouts are waiting to be fulfilled");
    const entry = {
      run: AsyncResource.bind(() => fulfil(checkoutId)),
      failures: 0,
      listeners: [],
      ...before,
      dueAt: clock.now(),
    };
    waiting.set(checkoutId, entry);
    const work = new Promise<FulfilOutcome>((resolve) => entry.listeners.push(resolve));
    startDue();
    return work;
  }

  return {
    async fulfil(checkoutId, { rerun } = { rerun: false }) {
      const budget = createBudget(clock, FULFIL_BUDGET_MS);
      const current = await within(budget, running.get(checkoutId)?.catch(() => null) ?? Promise.resolve(null));
      // Both are final, except for a refund that fails later (`rerun`).
      if (!rerun && (current?.outcome === "done" || current?.outcome === "refunded"))
        return { ...current, repeated: true };
      return within(budget, nextRun(checkoutId));
    },
    startDue,
    async stop() {
      isStopped = true;
      await Promise.allSettled(running.values());
    },
    get waiting() {
      return waiting.size;
    },
  };
}
