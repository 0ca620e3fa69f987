import { setTimeout as sleep } from "node:timers/promises";

/** Monotonic milliseconds, and a way to let some pass. */
export interface Time {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

export const realTime: Time = { now: () => performance.now(), sleep: (ms) => sleep(ms) };

export interface StripeWeather {
  /** From the request to its response. */
  readonly latencyMs: number;
  /** Requests in any window of `windowMs`; another one is answered 429 and not carried out. */
  readonly perEndpoint: number;
  readonly inAll: number;
  readonly windowMs: number;
}

export interface SlowStripe {
  readonly fetch: typeof fetch;
  /** Requests by endpoint, `GET /v1/checkout/sessions/:id`; with the number that was refused. */
  readonly counts: ReadonlyMap<string, { carriedOut: number; refused: number }>;
  /** From here on it is slow and counts; before, a test may prepare what it needs. */
  begin(): void;
}

/**
 * A stand-in of Stripe as a shop meets it under load: slow, and with the limits of docs.stripe.com/rate-limits, where each named
 * operation is an endpoint of its own.
 */
export function slowStripe(
  fast: typeof fetch,
  { latencyMs, perEndpoint, inAll, windowMs }: StripeWeather,
  time: Time = realTime,
): SlowStripe {
  const counts = new Map<string, { carriedOut: number; refused: number }>();
  const arrivals = new Map<string, number[]>();
  let isSlow = false;

  function hasRoom(key: string, limit: number, now: number): boolean {
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
      const isAdmitted = hasRoom("all", inAll, now) && hasRoom(endpoint, perEndpoint, now);
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
