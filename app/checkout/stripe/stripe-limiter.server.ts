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

/** Below the limit, because requests that leave evenly do not arrive evenly. Half of what is left makes up for late timers. */
const SHARE = 0.96;
/** A request that would wait longer is refused. Shorter than any time limit of the requests themselves. */
const MAX_WAIT_MS = 3_000;
/** Every so manyth request is of the least urgent that somebody waits for, so that payment pages open during a long drop, too. */
const LAST_COME_FIRST = 5;
/**
 * How an endpoint's rate falls when Stripe refuses, and rises again: with the square of the seconds, so that many servers ask for little
 * too much when they have just found their shares, and what the others no longer need is soon taken.
 */
const FALL = 0.6;
const RISE_PER_SQUARE_SECOND = 1;
const MIN_RATE = 2;

/** Most urgent first. `product_held`: other sales wait until it is through. `paid`: somebody waits for what they paid. `background`: nobody waits, and all others go first. */
export type Urgency = "product_held" | "paid" | "other" | "background";

const urgency = new AsyncLocalStorage<Urgency>();

/** Runs `work`, whose requests to Stripe go before those of less urgent work. */
export function withUrgency<T>(of: Urgency, work: () => T): T {
  return urgency.run(of, work);
}

interface Waiting {
  readonly endpoint: Pace;
  readonly start: () => void;
}

/**
 * The same fetch, kept below Stripe's limits: requests wait for their turn, by endpoint and in all, the urgent ones first. One that
 * would wait too long is answered 429 as Stripe would, without being sent. Each server counts for itself: when Stripe answers 429,
 * because other servers share the account, the rate of that endpoint falls and rises again, so that all find their share. What was
 * answered so is sent again before those that wait.
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

  /** The first that may leave now, in the order of the queues. */
  function next(): Waiting | null {
    const { background, ...awaited } = queues;
    const byUrgency = Object.values(awaited);
    for (const queue of [
      ...(sent % LAST_COME_FIRST === LAST_COME_FIRST - 1 ? byUrgency.reverse() : byUrgency),
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
          signal.reason instanceof Error ? signal.reason : new DOMException("given up while waiting", "AbortError"),
        );
      });
      pump();
    });
  }

  return async (input, init) => {
    const request = { method: init?.method ?? "GET", url: input instanceof Request ? input.url : input.toString() };
    const endpoint = paceOf(endpointOf(request));
    const signal = init?.signal ?? null;
    const askedAt = now();
    for (let tries = 0; ; tries += 1) {
      signal?.throwIfAborted();
      if (!(await turn(endpoint, { signal, isFirst: tries > 0 })))
        return tooMany("This server keeps below Stripe's limits and has too many requests waiting.");
      const response = await fetch(input, init);
      if (response.status !== 429) return response;
      const reason = response.headers.get("Stripe-Rate-Limited-Reason");
      (reason === "global-rate" ? inAll : endpoint).slowDown();
      // Only Stripe names a reason, and then it did not look at the request.
      if (reason === null || now() - askedAt > MAX_WAIT_MS) return response;
      await response.body?.cancel();
    }
  };
}

/** Stripe counts by named operation: requests about different objects of one kind are of one endpoint. */
export function endpointOf({ method, url }: { method: string; url: string }): string {
  const path = new URL(url).pathname
    .split("/")
    .map((part) => (/^[a-z]+_[A-Za-z0-9_]{5,}$/.test(part) && /[A-Z0-9]/.test(part) ? ":id" : part));
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
  /** When the next request may leave: evenly, for Stripe does not say how it counts. */
  let due = -Infinity;

  const gap = () => 1000 / Math.min(full, rate + ((now() - slowedAt) / 1000) ** 2 * RISE_PER_SQUARE_SECOND);
  const waitMs = () => Math.max(0, due - now());
  /** By how much a late timer is made up for. */
  const late = () => ((limit - full) / 2) * gap();
  return {
    waitMs,
    timeFor: (requests) => waitMs() + requests * gap(),
    take() {
      due = Math.max(due, now() - late()) + gap();
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
