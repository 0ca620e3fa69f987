import { AsyncLocalStorage } from "node:async_hooks";

/** Requests a second that an account may make. */
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

/** Below the limit, because requests that leave evenly do not arrive evenly. */
const SHARE = 0.96;
/** A request that would wait longer is refused. Shorter than any time limit of the requests themselves. */
const MAX_WAIT_MS = 3_000;
/** While both wait, every so manyth request is not one of a settlement, so that payment pages open during a long drop, too. */
const OTHERS_TURN = 5;
/** How an endpoint's rate falls when Stripe refuses, and by how much it rises again with each second. */
const FALL = 0.5;
const RISE_PER_SECOND = 1;
const MIN_RATE = 2;

const settling = new AsyncLocalStorage<true>();

/** Runs `work`, whose requests to Stripe go before all others: somebody has paid. */
export function settlingFirst<T>(work: () => T): T {
  return settling.run(true, work);
}

interface Waiting {
  readonly endpoint: Pace;
  readonly start: () => void;
}

/**
 * The same fetch, kept below Stripe's limits: requests wait for their turn, by endpoint and in all, those of settlements first. One that
 * would wait too long is answered 429 as Stripe would, without being sent. Each server counts for itself: when Stripe answers 429,
 * because other servers share the account, the rate of that endpoint falls by half and rises again slowly, so that all find their share.
 */
export function limitStripe({ fetch, limits, now = () => performance.now(), schedule = timer }: LimiterParts): typeof globalThis.fetch {
  const inAll = createPace(limits.inAll, now);
  const endpoints = new Map<string, Pace>();
  const queues = { settling: [] as Waiting[], others: [] as Waiting[] };
  let sent = 0;
  let wakesAt = Infinity;

  function paceOf(endpoint: string): Pace {
    const pace = endpoints.get(endpoint) ?? createPace(limits.perEndpoint, now);
    endpoints.set(endpoint, pace);
    return pace;
  }

  /** The first that may leave now, in the order of the queues. */
  function next(): Waiting | null {
    const order = sent % OTHERS_TURN === OTHERS_TURN - 1 ? [queues.others, queues.settling] : [queues.settling, queues.others];
    for (const queue of order) {
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
    const waits = [...queues.settling, ...queues.others].map(({ endpoint }) => endpoint.waitMs());
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

  function turn(endpoint: Pace, signal: AbortSignal | null): Promise<boolean> {
    const queue = settling.getStore() === true ? queues.settling : queues.others;
    const ahead = queue.filter((one) => one.endpoint === endpoint).length;
    if (endpoint.timeFor(ahead) > MAX_WAIT_MS || inAll.timeFor(queue.length) > MAX_WAIT_MS) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const request: Waiting = { endpoint, start: () => resolve(true) };
      queue.push(request);
      signal?.addEventListener("abort", () => {
        const index = queue.indexOf(request);
        if (index < 0) return;
        queue.splice(index, 1);
        reject(signal.reason instanceof Error ? signal.reason : new DOMException("given up while waiting", "AbortError"));
      });
      pump();
    });
  }

  return async (input, init) => {
    const request = { method: init?.method ?? "GET", url: input instanceof Request ? input.url : input.toString() };
    const endpoint = paceOf(endpointOf(request));
    init?.signal?.throwIfAborted();
    if (!(await turn(endpoint, init?.signal ?? null))) return tooMany("This server keeps below Stripe's limits and has too many requests waiting.");
    const response = await fetch(input, init);
    if (response.status === 429) (response.headers.get("Stripe-Rate-Limited-Reason") === "global-rate" ? inAll : endpoint).slowDown();
    return response;
  };
}

/** Stripe counts by named operation: requests about different objects of one kind are of one endpoint. */
export function endpointOf({ method, url }: { method: string; url: string }): string {
  const path = new URL(url).pathname.split("/").map((part) => (/^[a-z]+_[A-Za-z0-9_]{5,}$/.test(part) && /[A-Z0-9]/.test(part) ? ":id" : part));
  return `${method} ${path.join("/")}`;
}

interface Pace {
  /** Until one more request may leave. */
  waitMs(): number;
  /** Until as many requests and one more have left. */
  timeFor(requests: number): number;
  take(): void;
  slowDown(): void;
}

function createPace(limit: number, now: () => number): Pace {
  const full = limit * SHARE;
  let rate = full;
  let slowedAt = -Infinity;
  /** When the next request may leave: evenly and never at once, for Stripe does not say how it counts. */
  let due = -Infinity;

  const gap = () => 1000 / Math.min(full, rate + Math.max(0, (now() - slowedAt) / 1000) * RISE_PER_SECOND);
  const waitMs = () => Math.max(0, due - now());
  return {
    waitMs,
    timeFor: (requests) => waitMs() + requests * gap(),
    take() {
      due = Math.max(due, now()) + gap();
    },
    slowDown() {
      // Refusals of requests that left together are one refusal.
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
