import { AsyncLocalStorage } from "node:async_hooks";

/** Requests per second allowed for an account. */
export interface StripeLimits {
  readonly inAll: number;
  readonly perEndpoint: number;
}

/** https://docs.stripe.com/rate-limits */
export const STRIPE_LIMITS = {
  live: { inAll: 100, perEndpoint: 25 },
  test: { inAll: 25, perEndpoint: 25 },
} as const satisfies Record<"live" | "test", StripeLimits>;

export interface LimiterParts {
  readonly fetch: typeof fetch;
  readonly limits: StripeLimits;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
  readonly schedule?: (run: () => void, delayMs: number) => void;
}

/** Share of the limit to use: requests that leave evenly do not arrive evenly. Half of the rest makes up for late timers. */
const SHARE = 0.96;
/** A request that would wait longer is refused. Shorter than any time limit of a request. */
const MAX_WAIT_MS = 3_000;
/** Every fifth request takes the least urgent queue that anyone waits for, so that payment pages also open during a long product drop. */
const REVERSE_EVERY = 5;
/**
 * How an endpoint's rate falls after a refusal by Stripe and then rises with the square of the seconds: slowly at first, so that servers
 * that have just found their shares exceed them little; then faster, so that they soon use what others no longer need.
 */
const FALL = 0.6;
const RISE_PER_SQUARE_SECOND = 1;
const MIN_RATE = 2;

/**
 * Most urgent first. `product_held`: other sales wait for it. `paid`: settles an order whose buyer has paid and waits. `background`: not urgent, and all others
 * go first.
 */
export type Urgency = "product_held" | "paid" | "other" | "background";

const urgency = new AsyncLocalStorage<Urgency>();

/** Runs `work` with this urgency for all of its requests to Stripe. */
export function withUrgency<T>(of: Urgency, work: () => T): T {
  return urgency.run(of, work);
}

interface Waiting {
  readonly endpoint: Pace;
  readonly start: () => void;
}

/**
 * Wraps `fetch` to stay below Stripe's limits: requests wait for their turn, per endpoint and in total, most urgent first. A request that
 * would wait too long gets a 429 like Stripe's without being sent. Each server counts for itself: when Stripe responds with 429, because
 * other servers share the account, the rate of that endpoint falls and rises again, so that all find their shares. The refused request is
 * sent again before those that wait.
 *
 * @example const stripe = createStripe({ secretKey, fetch: limitStripe({ fetch, limits: STRIPE_LIMITS.live }), timeoutMs: 6_000 });
 */
export function limitStripe({
  fetch,
  limits,
  now = () => performance.now(),
  schedule = timer,
}: LimiterParts): typeof globalThis.fetch {
  const inAll = createPace(limits.inAll, now);
  const endpoints = new Map<string, Pace>();
  const queues: Readonly<Record<Urgency, Waiting[]>> = { product_held: [], paid: [], other: [], background: [] };
  let sent = 0;
  let wakesAt = Infinity;

  function paceOf(endpoint: string): Pace {
    const pace = endpoints.get(endpoint) ?? createPace(limits.perEndpoint, now);
    endpoints.set(endpoint, pace);
    return pace;
  }

  /** Removes and returns the first request that may leave now, in the order of the queues. */
  function next(): Waiting | null {
    const { background, ...awaited } = queues;
    const byUrgency = Object.values(awaited);
    for (const queue of [
      ...(sent % REVERSE_EVERY === REVERSE_EVERY - 1 ? byUrgency.reverse() : byUrgency),
      background,
    ]) {
      const index = queue.findIndex(({ endpoint }) => endpoint.waitMs() === 0);
      if (index >= 0) return queue.splice(index, 1)[0] ?? null;
    }
    return null;
  }

  function pump(): void {
    while (inAll.waitMs() === 0) {
      const request = next();
      if (request === null) break;
      inAll.take();
      request.endpoint.take();
      sent += 1;
      request.start();
    }
    const waits = Object.values(queues)
      .flat()
      .map(({ endpoint }) => endpoint.waitMs());
    if (waits.length === 0) return;
    const at = now() + Math.max(1, Math.min(...waits), inAll.waitMs());
    if (at >= wakesAt) return;
    wakesAt = at;
    const wake = () => {
      if (wakesAt === at) wakesAt = Infinity;
      pump();
    };
    schedule(wake, at - now());
  }

  function turn(
    endpoint: Pace,
    { signal, isFirst }: { signal: AbortSignal | null; isFirst: boolean },
  ): Promise<boolean> {
    const queue = queues[urgency.getStore() ?? "other"];
    const ahead = isFirst ? 0 : queue.filter((one) => one.endpoint === endpoint).length;
    if (endpoint.timeFor(ahead) > MAX_WAIT_MS || inAll.timeFor(isFirst ? 0 : queue.length) > MAX_WAIT_MS)
      return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const request: Waiting = { endpoint, start: () => resolve(true) };
      if (isFirst) queue.unshift(request);
      else queue.push(request);
      signal?.addEventListener("abort", () => {
        const index = queue.indexOf(request);
        if (index < 0) return;
        queue.splice(index, 1);
        reject(
          signal.reason instanceof Error ? signal.reason : new DOMException("aborted while waiting", "AbortError"),
        );
      });
      pump();
    });
  }

  return async (input, init) => {
    const request = { method: init?.method ?? "GET", url: input instanceof Request ? input.url : input.toString() };
    const endpoint = paceOf(endpointOf(request));
    const signal = init?.signal ?? null;
    const startedAt = now();
    for (let tries = 0; ; tries += 1) {
      signal?.throwIfAborted();
      if (!(await turn(endpoint, { signal, isFirst: tries > 0 })))
        return tooMany("Too many requests to Stripe are waiting on this server, which stays below Stripe's limits.");
      const response = await fetch(input, init);
      if (response.status !== 429) return response;
      const reason = response.headers.get("Stripe-Rate-Limited-Reason");
      (reason === "global-rate" ? inAll : endpoint).slowDown();
      // Only Stripe itself names a reason, and then it did not execute the request.
      if (reason === null || now() - startedAt > MAX_WAIT_MS) return response;
      await response.body?.cancel();
    }
  };
}

/** Stripe counts by operation, so requests about different objects of one kind share an endpoint. */
export function endpointOf({ method, url }: { method: string; url: string }): string {
  const path = new URL(url).pathname
    .split("/")
    .map((part) => (/^[a-z]+_[A-Za-z0-9_]{5,}$/.test(part) && /[A-Z0-9]/.test(part) ? ":id" : part));
  return `${method} ${path.join("/")}`;
}

interface Pace {
  /** Time until one more request may leave. */
  waitMs(): number;
  /** Time until this many requests and one more have left. */
  timeFor(requests: number): number;
  take(): void;
  slowDown(): void;
}

function createPace(limit: number, now: () => number): Pace {
  const full = limit * SHARE;
  let rate = full;
  let slowedAt = -Infinity;
  /** When the next request may leave. Requests leave evenly, since Stripe does not document how it counts. */
  let due = -Infinity;

  const gap = () => 1000 / Math.min(full, rate + ((now() - slowedAt) / 1000) ** 2 * RISE_PER_SQUARE_SECOND);
  const waitMs = () => Math.max(0, due - now());
  /** How much delay of timers is made up for. */
  const late = () => ((limit - full) / 2) * gap();
  return {
    waitMs,
    timeFor: (requests) => waitMs() + requests * gap(),
    take() {
      due = Math.max(due, now() - late()) + gap();
    },
    slowDown() {
      // Requests that left together count as one refusal.
      if (now() - slowedAt < 1000) return;
      rate = Math.max(MIN_RATE, (1000 / gap()) * FALL);
      slowedAt = now();
    },
  };
}

function tooMany(message: string): Response {
  return Response.json({ error: { type: "invalid_request_error", code: "rate_limit", message } }, { status: 429 });
}

function timer(run: () => void, delayMs: number): void {
  setTimeout(run, delayMs);
}
