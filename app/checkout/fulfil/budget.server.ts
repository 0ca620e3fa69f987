import { UnavailableError } from "~/errors";
import type { Clock } from "~/reservations/clock";

/** Time for one piece of work, retries included. Stripe waits about 10 s for a webhook's response; we stop earlier. */
export interface Budget {
  /** Aborts when the time is up. Use for waits. */
  readonly signal: AbortSignal;
  /** Throws `UnavailableError` when the time is up. Called before each external request. */
  check(): void;
}

export const FULFIL_BUDGET_MS = 8_000;

export function createBudget(clock: Clock, milliseconds: number): Budget {
  const end = clock.now() + milliseconds;
  return {
    signal: AbortSignal.timeout(milliseconds),
    check() {
      if (clock.now() >= end) throw new UnavailableError("out of time");
    },
  };
}

/**
 * The work's result, or `UnavailableError` if the time is up first. The work then continues with its leases until its
 * own next check, so later calls for the same keys wait for it.
 */
export async function within<T>(budget: Budget, work: Promise<T>): Promise<T> {
  let onAbort = (): void => undefined;
  const timeUp = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new UnavailableError("out of time", { cause: budget.signal.reason }));
    budget.signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    budget.signal.removeEventListener("abort", onAbort);
  }
}
