import type { Clock } from "~/reservations/clock";

/** From here on a person is told. */
const WARN_FROM_MS = 30_000;
/** The median of so many measurements counts: one answer that was held up on its way, or one step of our clock, changes nothing. */
const KEPT = 5;
/** A `Date` header is cut to whole seconds, so on average it is half a second early. */
const HALF_A_SECOND_MS = 500;

/** How far this server's clock is from Stripe's, measured by the answers that it gets anyway. */
export interface ClockSkew {
  /** The same fetch; each answer with a `Date` header is a measurement. */
  watch(fetch: typeof globalThis.fetch): typeof globalThis.fetch;
  /** Above 0: our clock is ahead. Null before the first measurement. */
  read(): number | null;
  /** A sentence while the clocks are 30 s or more apart. */
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
  let told = "no";

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
    if (measured.length > KEPT) measured.shift();
    const now = direction(read() ?? 0);
    if (now === told) return;
    told = now;
    for (const warning of warnings()) log.warn(warning);
    if (now === "no") log.info("this server's clock agrees with Stripe's again");
  }

  return {
    watch: (fetch) => async (input, init) => {
      const sentAt = clock.now();
      const response = await fetch(input, init);
      const theirs = Date.parse(response.headers.get("Date") ?? "");
      // The answer was written half a round trip ago.
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
    ? `this server's clock is ${Math.round(skew / 1000)} s ahead of Stripe's: set it by NTP; from an hour on long payment pages cannot be opened`
    : `this server's clock is ${Math.round(-skew / 1000)} s behind Stripe's: set it by NTP; from 15 minutes on nobody can pay`;
}
