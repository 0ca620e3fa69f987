import { PATIENCE } from "../stripe/ask-stripe.server";

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

export const TIME_LIMITS: TimeLimits = { databaseMs: 2_500, markMs: 4_000, markTriesMs: PATIENCE.markMs, renewalMs: 1_000, leaseMs: 6_000 };

/**
 * Throws where a request could outlive the lease that was checked before it was sent: at that moment the last renewal may be as old as
 * the interval between two.
 */
export function checkTimeLimits({ databaseMs, markMs, markTriesMs, renewalMs, leaseMs }: TimeLimits): void {
  const longest = { "a swap": databaseMs, "a write of marks": markTriesMs + markMs };
  for (const [what, ms] of Object.entries(longest)) {
    if (ms + renewalMs < leaseMs) continue;
    throw new Error(`The time limits do not fit: ${what} may take ${ms} ms, and ${ms} + ${renewalMs} ms until the next renewal is not below the lease's ${leaseMs} ms`);
  }
}
