import { PATIENCE } from "~/checkout/stripe/ask-stripe.server";

/** What is sent under a lease has to be over before the lease can lapse. Milliseconds. */
export interface TimeLimits {
  /** Of one request to the database. Only the update of a swap changes something. */
  readonly databaseMs: number;
  /** Of one request that writes marks. */
  readonly markMs: number;
  /** From the first try of a write of marks to the start of its last. */
  readonly markTriesMs: number;
  /** A lease is renewed this often. */
  readonly renewalMs: number;
  /** A lease lasts this long after its last renewal. */
  readonly leaseMs: number;
}

export const TIME_LIMITS: TimeLimits = {
  databaseMs: 2_500,
  markMs: 4_000,
  markTriesMs: PATIENCE.markMs,
  renewalMs: 500,
  leaseMs: 6_000,
};

/** The longest that what is sent after one look at a lease can take. Milliseconds. */
export const LONGEST_REQUEST_MS = Math.max(...Object.values(longestRequests(TIME_LIMITS)));

/**
 * Throws where a request could outlive the lease that was checked before it was sent: at that moment the last renewal may be as old as
 * the interval between two.
 */
export function checkTimeLimits(limits: TimeLimits): void {
  const { renewalMs, leaseMs } = limits;
  for (const [what, ms] of Object.entries(longestRequests(limits))) {
    if (ms + renewalMs < leaseMs) continue;
    throw new Error(
      `The time limits do not fit: ${what} may take ${ms} ms, and ${ms} + ${renewalMs} ms until the next renewal is not below the lease's ${leaseMs} ms`,
    );
  }
}

function longestRequests({ databaseMs, markMs, markTriesMs }: TimeLimits): Record<string, number> {
  return { "a swap": databaseMs, "a write of marks": markTriesMs + markMs };
}
