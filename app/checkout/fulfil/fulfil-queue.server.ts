import { AsyncResource } from "node:async_hooks";
import type { FulfilOutcome } from "~/checkout/checkout";
import { UnavailableError } from "~/errors";
import type { Clock } from "~/reservations/clock";
import { createBudget, FULFIL_BUDGET_MS, within } from "./budget.server";

/**
 * More would only wait for Stripe, with a lease each. Four times the sales that one lease takes: one batch is moved while the sessions of the
 * next, and the lines of the one after, are read.
 */
const AT_ONCE = 96;
/** Beyond that, Stripe's own repetition is the queue. */
const MAX_WAITING = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export interface FulfilQueue {
  /**
   * See `CheckoutService.fulfil`: the outcome, or `UnavailableError` when it is not there within the time of a webhook. The checkout then
   * stays in the queue and is settled without being asked for again. `isNews`: something happened that a run which is under way may have
   * missed although it ends well.
   */
  fulfil(checkoutId: string, why?: { readonly isNews: boolean }): Promise<FulfilOutcome>;
  /** Starts what is due, oldest first; to be called every now and then, since nobody asks again for what failed. */
  startDue(): void;
  /** Starts nothing more, and resolves when what was started has ended. */
  stop(): Promise<void>;
  /** Checkouts that wait; those that are being settled are not counted. */
  readonly waiting: number;
}

interface Entry {
  /** In the asynchronous context of the call that brought it here, so that log lines are about the right checkout. */
  readonly run: () => Promise<FulfilOutcome>;
  /** When it may be started, by the monotonic clock. */
  readonly dueAt: number;
  readonly failures: number;
  readonly listeners: ((work: Promise<FulfilOutcome>) => void)[];
}

/**
 * One server's checkouts that are to be settled, in order of arrival: some at once, and each of them only once at a time. One that
 * fails is tried again after growing pauses. This is memory only: Stripe's repetition and the reconciler bring back what a stopped
 * server had waiting.
 */
export function createFulfilQueue({
  clock,
  settle,
}: {
  clock: Clock;
  settle: (checkoutId: string) => Promise<FulfilOutcome>;
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
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
      waiting.set(checkoutId, { run, dueAt: clock.now() + pause, failures: failures + 1, listeners: [] });
    });
    void ended.then(startDue);
  }

  function startDue(): void {
    for (const [checkoutId, entry] of waiting) {
      if (isStopped || running.size >= AT_ONCE) return;
      if (entry.dueAt <= clock.now() && !running.has(checkoutId)) start(checkoutId, entry);
    }
  }

  /** The result of its next run: one that began before the call may have read what is no longer true. */
  function nextRun(checkoutId: string): Promise<FulfilOutcome> {
    if (isStopped) throw new UnavailableError("this server is leaving");
    const before = waiting.get(checkoutId);
    if (before === undefined && waiting.size >= MAX_WAITING)
      throw new UnavailableError("too many checkouts are waiting to be settled");
    const entry = {
      run: AsyncResource.bind(() => settle(checkoutId)),
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
    async fulfil(checkoutId, { isNews } = { isNews: false }) {
      const budget = createBudget(clock, FULFIL_BUDGET_MS);
      const current = await within(budget, running.get(checkoutId)?.catch(() => null) ?? Promise.resolve(null));
      // Nothing comes after these two but a refund that fails.
      if (!isNews && (current?.outcome === "done" || current?.outcome === "refunded"))
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
