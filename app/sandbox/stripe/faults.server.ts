import { StripeApiError } from "./stripe-error.server";

export interface CallMatch {
  /** `GET`, `POST`; any when left out. */
  method?: string | undefined;
  /** A path, with `*` for one segment: `/v1/checkout/sessions/*\/expire`. Any when left out. */
  path?: string | undefined;
  /** Whether it strikes before the call takes effect (the default) or after. */
  when?: "before" | "after" | undefined;
}

/** What goes wrong with the next calls that match. */
export interface Fault extends CallMatch {
  /** How many calls it strikes; 1 when left out. */
  times?: number | undefined;
  /** Milliseconds that the call waits at this point. */
  delayMs?: number | undefined;
  /** Answer with this status. 500 is kept under the idempotency key and replayed, as with Stripe; others are not. */
  status?: number | undefined;
  code?: string | undefined;
  message?: string | undefined;
  /** Overrides whether the answer is kept under the idempotency key. */
  saved?: boolean | undefined;
  /** The connection breaks and no answer is heard; what took effect is kept under the idempotency key. */
  disconnect?: boolean | undefined;
}

/** A call that was made to stand still. */
export interface HeldCall {
  /** Resolves when a matching call has arrived. */
  reached: Promise<void>;
  release(): void;
}

/**
 * Over HTTP the SDK sees a reset and tries once more even without retries; as a rejected fetch it does not.
 * A fault that must be noticed over HTTP therefore strikes twice.
 */
export class ConnectionLost extends TypeError {
  constructor() {
    super("fetch failed", { cause: new Error("The sandbox cut this connection, as it was told to.") });
  }
}

export interface Faults {
  failNext(fault: Fault): void;
  holdNext(match: CallMatch): HeldCall;
  /** Waits, throws the fault's answer or a ConnectionLost, or does nothing. */
  strike(when: "before" | "after", method: string, path: string): Promise<void>;
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
    if (status !== undefined) throw faultAnswer(fault, status);
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
    async strike(when, method, path) {
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

function faultAnswer(fault: Fault, status: number): StripeApiError {
  const retry = status === 409 || status === 429 || status === 503;
  return new StripeApiError(
    status,
    {
      type: status === 429 ? "rate_limit_error" : status >= 500 ? "api_error" : "invalid_request_error",
      message: fault.message ?? "An unknown error occurred (the sandbox was told to fail this call).",
      ...(fault.code !== undefined && { code: fault.code }),
    },
    { executed: fault.saved ?? status === 500, headers: { "Stripe-Should-Retry": String(retry) } },
  );
}
