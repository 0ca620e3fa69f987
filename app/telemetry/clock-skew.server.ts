import type { Clock } from "~/reservations/clock";

/** Skew that triggers a warning. */
const WARN_FROM_MS = 30_000;
/** The skew is the median of this many measurements, so that one delayed response or one step of our clock does not matter. */
const MEASUREMENTS = 5;
/** A `Date` header is truncated to seconds, so on average it is half a second early. */
const HALF_A_SECOND_MS = 500;

/** Difference between this server's clock and Stripe's, measured from responses that arrive anyway. */
export interface ClockSkew {
  /** Wraps `fetch`: every response with a `Date` header is a measurement. */
  watch(fetch: typeof globalThis.fetch): typeof globalThis.fetch;
  /** The skew in milliseconds, above 0 if our clock is ahead; null before the first measurement. */
  read(): number | null;
  /** A warning while the clocks differ by 30 s or more. */
  warnings(): readonly string[];
}

export function createClockSkew({
  clock,
  log,
}: {
  readonly clock: Clock;
  readonly log: { info(message: string): void; warn(message: string): void };
}): ClockSkew {
  const measured: number[] = [];
  let reported = "no";

  const read = () => {
    const sorted = [...measured].sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  };
  const warnings = () => {
    const skew = read();
    return skew === null || Math.abs(skew) < WARN_FROM_MS ? [] : [warningOf(skew)];
  };

  function note(skew: number): void {
    measured.push(skew);
    if (measured.length > MEASUREMENTS) measured.shift();
    const now = direction(read() ?? 0);
    if (now === reported) return;
    reported = now;
    for (const warning of warnings()) log.warn(warning);
    if (now === "no") log.info("this server's clock agrees with Stripe's again");
  }

  return {
    watch: (fetch) => async (input, init) => {
      const sentAt = clock.now();
      const response = await fetch(input, init);
      const theirs = Date.parse(response.headers.get("Date") ?? "");
      // The response was written half a round trip ago.
      if (!Number.isNaN(theirs))
        note(Math.round(clock.wall() - (clock.now() - sentAt) / 2 - (theirs + HALF_A_SECOND_MS)));
      return response;
    },
    read,
    warnings,
  };
}

function direction(skew: number): "no" | "ahead" | "behind" {
  if (Math.abs(skew) < WARN_FROM_MS) return "no";
  return skew > 0 ? "ahead" : "behind";
}

function warningOf(skew: number): string {
  return skew > 0
    ? `this server's clock is ${Math.round(skew / 1000)} s ahead of Stripe's: set it with NTP; beyond an hour, long payment pages cannot be opened`
    : `this server's clock is ${Math.round(-skew / 1000)} s behind Stripe's: set it with NTP; beyond 15 minutes, payments are not possible`;
}
