import { UnavailableError } from "~/errors";
import type { Clock } from "~/reservations/clock";

/** Time for one piece of work in all, its retries included. Stripe gives a webhook some 10 s; we stop before it does. */
export interface Budget {
  /** Aborts when the time is over; for waits. */
  readonly signal: AbortSignal;
  /** Throws `UnavailableError` when the time is over; called before each step outside. */
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
 * The work's result, or `UnavailableError` when the time is over first. The work then goes on with its leases until its
 * own next check, so whoever comes after it waits for it.
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
