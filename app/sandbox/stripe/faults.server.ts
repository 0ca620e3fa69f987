import { StripeApiError } from "./stripe-error.server";

export interface CallMatch {
  /** `GET` or `POST`. Default: any. */
  method?: string | undefined;
  /** A path, with `*` for one segment: `/v1/checkout/sessions/*\/expire`. Default: any. */
  path?: string | undefined;
  /** Before (default) or after the call takes effect. */
  when?: "before" | "after" | undefined;
}

/** A fault to inject into the next matching calls. */
export interface Fault extends CallMatch {
  /** Number of calls that fail. Default: 1. */
  times?: number | undefined;
  /** Delay of the call at this point, in milliseconds. */
  delayMs?: number | undefined;
  /** Status to respond with. As at Stripe, only a 500 is saved under the idempotency key and replayed. */
  status?: number | undefined;
  code?: string | undefined;
  message?: string | undefined;
  /** Overrides whether the response is saved under the idempotency key. */
  saved?: boolean | undefined;
  /**
   * Cuts the connection without a response. The result of an executed call is still saved under the idempotency key.
   */
  disconnect?: boolean | undefined;
}

/** A call that is held in the middle of its execution. */
export interface HeldCall {
  /** Resolves once a matching call has arrived. */
  reached: Promise<void>;
  release(): void;
}

/**
 * Over HTTP, the SDK sees a connection reset and tries once more even with retries disabled; it does not for a rejected
 * fetch. To be noticed over HTTP, a fault therefore needs `times: 2`.
 */
export class ConnectionLost extends TypeError {
  constructor() {
    super("fetch failed", { cause: new Error("The sandbox cut this connection (injected fault).") });
  }
}

export interface Faults {
  failNext(fault: Fault): void;
  holdNext(match: CallMatch): HeldCall;
  /** Runs the next matching fault, if any: waits, throws its StripeApiError, or throws ConnectionLost. */
  inject(when: "before" | "after", method: string, path: string): Promise<void>;
  clear(): void;
}

interface Armed {
  match: CallMatch;
  left: number;
  run: () => Promise<void>;
}

export function createFaults(schedule: (run: () => void, delayMs: number) => void): Faults {
  let armed: Armed[] = [];
  let held: HeldCall[] = [];

  async function run(fault: Fault): Promise<void> {
    const { delayMs, status } = fault;
    if (delayMs !== undefined)
      await new Promise<void>((resolve) => {
        schedule(resolve, delayMs);
      });
    if (fault.disconnect === true) throw new ConnectionLost();
    if (status !== undefined) throw faultError(fault, status);
  }

  return {
    failNext(fault) {
      armed.push({ match: fault, left: fault.times ?? 1, run: () => run(fault) });
    },
    holdNext(match) {
      let release: () => void = () => undefined;
      let arrived: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const reached = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      armed.push({
        match,
        left: 1,
        run: async () => {
          arrived();
          await gate;
        },
      });
      const call = { reached, release };
      held.push(call);
      return call;
    },
    async inject(when, method, path) {
      const fault = armed.find(({ match }) => matches(match, when, method, path));
      if (fault === undefined) return;
      fault.left -= 1;
      if (fault.left <= 0) armed = armed.filter((other) => other !== fault);
      await fault.run();
    },
    clear() {
      for (const call of held) call.release();
      armed = [];
      held = [];
    },
  };
}

function matches(match: CallMatch, when: "before" | "after", method: string, path: string): boolean {
  if ((match.when ?? "before") !== when) return false;
  if (match.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (match.path === undefined) return true;
  const pattern = match.path
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join("[^/]+");
  return new RegExp(`^${pattern}$`).test(path);
}

function faultError(fault: Fault, status: number): StripeApiError {
  const retry = status === 409 || status === 429 || status === 503;
  return new StripeApiError(
    status,
    {
      type: status === 429 ? "rate_limit_error" : status >= 500 ? "api_error" : "invalid_request_error",
      message: fault.message ?? "An unknown error occurred (injected by the sandbox).",
      ...(fault.code !== undefined && { code: fault.code }),
    },
    { executed: fault.saved ?? status === 500, headers: { "Stripe-Should-Retry": String(retry) } },
  );
}
