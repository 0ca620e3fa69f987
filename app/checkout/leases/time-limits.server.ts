import { PATIENCE } from "~/checkout/stripe/ask-stripe.server";

/** Time limits of requests sent under a lease: each must end before the lease can lapse. Milliseconds. */
export interface TimeLimits {
  /** Limit of one database request. Only the update of a swap changes anything. */
  readonly databaseMs: number;
  /** Limit of one request that writes marks. */
  readonly markMs: number;
  /** From the first attempt to write marks to the start of the last. */
  readonly markTriesMs: number;
  /** Interval between two renewals of a lease. */
  readonly renewalMs: number;
  /** Life of a lease after its last renewal. */
  readonly leaseMs: number;
}

export const TIME_LIMITS: TimeLimits = {
  databaseMs: 2_500,
  markMs: 4_000,
  markTriesMs: PATIENCE.markMs,
  renewalMs: 500,
  leaseMs: 6_000,
};

/** The longest that a request can take after the check of its lease. Milliseconds. */
export const LONGEST_REQUEST_MS = Math.max(...Object.values(longestRequests(TIME_LIMITS)));

/**
 * Throws if a request could outlive its lease. The lease is checked before the request is sent; at that moment the last
 * renewal may be a whole interval old.
 */
export function checkTimeLimits(limits: TimeLimits): void {
  const { renewalMs, leaseMs } = limits;
  for (const [request, ms] of Object.entries(longestRequests(limits))) {
    if (ms + renewalMs < leaseMs) continue;
    throw new Error(
      `Invalid time limits: ${request} may take ${ms} ms; with ${renewalMs} ms until the next renewal, that must be less than the lease's ${leaseMs} ms`,
    );
  }
}

function longestRequests({ databaseMs, markMs, markTriesMs }: TimeLimits): Record<string, number> {
  return { "a swap": databaseMs, "a write of marks": markTriesMs + markMs };
}
