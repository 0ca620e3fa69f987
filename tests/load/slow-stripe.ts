import { setTimeout as sleep } from "node:timers/promises";

/** A monotonic clock in milliseconds. */
export interface Time {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

export const realTime: Time = { now: () => performance.now(), sleep: (ms) => sleep(ms) };

export interface StripeLoad {
  /** From request to response. */
  readonly latencyMs: number;
  /** Requests allowed in any window of `windowMs`. More get a 429 and are not executed. */
  readonly perEndpoint: number;
  readonly inAll: number;
  readonly windowMs: number;
}

export interface SlowStripe {
  readonly fetch: typeof fetch;
  /** Executed and refused requests by endpoint, for example `GET /v1/checkout/sessions/:id`. */
  readonly counts: ReadonlyMap<string, { carriedOut: number; refused: number }>;
  /** Turns on delays, limits and counts; until then, a test can set up its data. */
  begin(): void;
}

/**
 * Stripe under load: slow, and with the limits of https://docs.stripe.com/rate-limits, where each operation of a
 * resource counts as an endpoint.
 */
export function slowStripe(
  fast: typeof fetch,
  { latencyMs, perEndpoint, inAll, windowMs }: StripeLoad,
  time: Time = realTime,
): SlowStripe {
  const counts = new Map<string, { carriedOut: number; refused: number }>();
  const arrivals = new Map<string, number[]>();
  let isSlow = false;

  function isBelow(key: string, limit: number, now: number): boolean {
    const recent = (arrivals.get(key) ?? []).filter((at) => at > now - windowMs);
    arrivals.set(key, recent);
    return recent.length < limit;
  }

  return {
    counts,
    begin() {
      isSlow = true;
    },
    fetch: async (input, init) => {
      if (!isSlow) return fast(input, init);
      const { pathname } = new URL(input instanceof Request ? input.url : input.toString());
      const endpoint = `${init?.method ?? "GET"} ${pathname.replace(/\/(cs|pi|re|price)_[A-Za-z0-9_]+/, "/:id")}`;
      await time.sleep(latencyMs / 2);
      const count = counts.get(endpoint) ?? { carriedOut: 0, refused: 0 };
      counts.set(endpoint, count);
      const now = time.now();
      const isAdmitted = isBelow("all", inAll, now) && isBelow(endpoint, perEndpoint, now);
      if (isAdmitted) for (const key of ["all", endpoint]) arrivals.get(key)?.push(now);
      count[isAdmitted ? "carriedOut" : "refused"] += 1;
      const response = isAdmitted ? await fast(input, init) : tooMany();
      await time.sleep(latencyMs / 2);
      return response;
    },
  };
}

function tooMany(): Response {
  const error = { type: "invalid_request_error", code: "rate_limit", message: "Request rate limit exceeded." };
  return Response.json({ error }, { status: 429, headers: { "Stripe-Rate-Limited-Reason": "endpoint-rate" } });
}
