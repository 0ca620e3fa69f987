import { setTimeout as sleep } from "node:timers/promises";
import Stripe from "stripe";
import type { z } from "zod";
import { UnavailableError } from "~/errors";

/** How long a request that Stripe certainly did not execute is retried, in total, and the clock that measures it. */
export interface Patience {
  readonly readMs: number;
  /**
   * For a write of marks: from its first try to the start of its last. The caller checks its lease only before the first try, so this,
   * the request's time limit and the renewal interval together have to be shorter than a lease (`checkTimeLimits`).
   */
  readonly markMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** From 0 to 1. */
  readonly random: () => number;
}

export const PATIENCE: Patience = {
  readMs: 3_000,
  markMs: 700,
  now: () => performance.now(),
  sleep,
  random: Math.random,
};

const FIRST_PAUSE_MS = 100;

type Call = () => Promise<Stripe.Response<unknown>>;

/**
 * Sends a request to Stripe and returns its parsed response. Throws the SDK's own error if Stripe refused or could not be reached, and
 * `UnavailableError` if the response does not match the schema, since something else may have responded in Stripe's place: whether the
 * request was executed is then unknown.
 *
 * @example await ask({ what: "read a refund", schema: refundWithId(id), patience }, () => stripe.refunds.retrieve(id))
 */
export async function ask<Schema extends z.ZodType>(
  {
    what,
    schema,
    patience,
    tryForMs = patience.readMs,
  }: { what: string; schema: Schema; patience: Patience; tryForMs?: number },
  call: Call,
): Promise<z.output<Schema>> {
  const response = await retryWhileBusy(patience, tryForMs, call).catch((cause: unknown) => {
    // The SDK itself fails on responses that are not even objects.
    throw cause instanceof Stripe.errors.StripeError
      ? cause
      : new UnavailableError(`Stripe did not ${what}`, { cause });
  });
  const { statusCode } = response.lastResponse;
  const parsed = schema.safeParse(response);
  if (statusCode >= 200 && statusCode < 300 && parsed.success) return parsed.data;
  throw new UnavailableError(`Stripe did not ${what}`, {
    cause: new Error(`the response is not Stripe's: ${describe(statusCode, parsed.error)}`),
  });
}

/** Names the fields and what was expected of them, never their values: the response may hold personal data. */
function describe(statusCode: number, error: z.ZodError | undefined): string {
  const issues = (error?.issues ?? []).slice(0, 3).map(({ path, message }) => `${path.join(".")}: ${message}`);
  return [`status ${statusCode}`, ...issues].join("; ").slice(0, 300);
}

/**
 * Retries after growing, random pauses while Stripe is too busy to process the request. Such a request was not executed, and
 * Stripe does not save its result under the idempotency key either (docs.stripe.com/rate-limits).
 */
async function retryWhileBusy<T>(
  { now, sleep: pause, random }: Patience,
  tryForMs: number,
  run: () => Promise<T>,
): Promise<T> {
  const end = now() + tryForMs;
  for (let longest = FIRST_PAUSE_MS; ; longest *= 2) {
    try {
      return await run();
    } catch (error) {
      if (!isNotExecuted(error)) throw error;
      const pauseMs = Math.max(longest * (0.5 + random() / 2), retryAfterMs(error));
      if (now() + pauseMs >= end) throw error;
      await pause(pauseMs);
    }
  }
}

/** Rate limit, or `lock_timeout`: another request is changing the same object. Believed only with Stripe's own error body. */
function isNotExecuted(error: unknown): error is Stripe.errors.StripeError {
  return (
    error instanceof Stripe.errors.StripeError &&
    isFromStripe(error) &&
    (error.statusCode === 429 || error.code === "lock_timeout")
  );
}

function retryAfterMs({ headers }: Stripe.errors.StripeError): number {
  const value = Number(headers?.["retry-after"]);
  return Number.isFinite(value) ? value * 1000 : 0;
}

/** Stripe processed the request and did nothing: a 400 or 404 with its own error body. */
export function isRefusal(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError &&
    error.rawType === "invalid_request_error" &&
    error.code !== "lock_timeout"
  );
}

/** There is no such object. A 404 from a proxy does not have Stripe's error code. */
export function isMissing(error: unknown): boolean {
  return isRefusal(error) && error.statusCode === 404 && error.code === "resource_missing";
}

/** A 5xx from Stripe itself, which it saves under the idempotency key. */
export function isFailure(error: unknown): error is Stripe.errors.StripeAPIError {
  return error instanceof Stripe.errors.StripeAPIError && (error.statusCode ?? 0) >= 500 && isFromStripe(error);
}

/** Stripe replays this error for as long as it keeps the key, so no request with the key ever returned a session. */
export function isReplayedFailure(error: unknown): boolean {
  return isFailure(error) && error.headers?.["idempotent-replayed"] === "true";
}

const ERROR_TYPES = ["api_error", "card_error", "idempotency_error", "invalid_request_error", "rate_limit_error"];

function isFromStripe({ rawType }: Stripe.errors.StripeError): boolean {
  return ERROR_TYPES.includes(rawType ?? "");
}

export function unknownOutcome(what: string, cause: unknown): unknown {
  return cause instanceof Stripe.errors.StripeError ? new UnavailableError(`Stripe did not ${what}`, { cause }) : cause;
}
