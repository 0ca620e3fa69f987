import { setTimeout as sleep } from "node:timers/promises";
import Stripe from "stripe";
import type { z } from "zod";
import { UnavailableError } from "~/errors";

/** How long, in all, a request that Stripe certainly did not execute is tried again; and the time that it is metered by. */
export interface Patience {
  readonly readMs: number;
  /**
   * Of a write of marks, from its first try to the start of its last. The caller checks its lease before the first only, so this,
   * the request's time limit and the interval of renewals together have to stay below the life of a lease (`checkTimeLimits`).
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
 * What Stripe answered, if it says what it must. Throws the SDK's own error where Stripe said no or could not be reached, and
 * `UnavailableError` where something else answered in its place: whether the request was executed is then unknown.
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
  const response = await tryWhileRefusedUnread(patience, tryForMs, call).catch((cause: unknown) => {
    // Not even an object: the SDK stumbles over it.
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

/** Fields and what was expected of them, never the response itself. */
function describe(statusCode: number, error: z.ZodError | undefined): string {
  const issues = (error?.issues ?? []).slice(0, 3).map(({ path, message }) => `${path.join(".")}: ${message}`);
  return [`status ${statusCode}`, ...issues].join("; ").slice(0, 300);
}

/**
 * Tries again after growing, random pauses while Stripe is too busy to look at the request. Such a request was not executed, and
 * is not kept under its idempotency key either (docs.stripe.com/rate-limits).
 */
async function tryWhileRefusedUnread<T>(
  { now, sleep: pause, random }: Patience,
  tryForMs: number,
  run: () => Promise<T>,
): Promise<T> {
  const end = now() + tryForMs;
  for (let longest = FIRST_PAUSE_MS; ; longest *= 2) {
    try {
      return await run();
    } catch (error) {
      if (!isRefusedUnread(error)) throw error;
      const pauseMs = Math.max(longest * (0.5 + random() / 2), retryAfterMs(error));
      if (now() + pauseMs >= end) throw error;
      await pause(pauseMs);
    }
  }
}

/** `lock_timeout`: another request works on the same object. Both come as a 429, and with Stripe's own error body only. */
function isRefusedUnread(error: unknown): error is Stripe.errors.StripeError {
  return (
    error instanceof Stripe.errors.StripeError &&
    isStripes(error) &&
    (error.statusCode === 429 || error.code === "lock_timeout")
  );
}

function retryAfterMs({ headers }: Stripe.errors.StripeError): number {
  const value = Number(headers?.["retry-after"]);
  return Number.isFinite(value) ? value * 1000 : 0;
}

/** Stripe read the request and did nothing: a 400 or 404 with its own error body. */
export function isRefusal(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError &&
    error.rawType === "invalid_request_error" &&
    error.code !== "lock_timeout"
  );
}

/** There is no such object: of all that answers 404, only Stripe says it like this. */
export function isMissing(error: unknown): boolean {
  return isRefusal(error) && error.statusCode === 404 && error.code === "resource_missing";
}

/** A 5xx of Stripe's own, which it keeps under the idempotency key. */
export function isFailure(error: unknown): error is Stripe.errors.StripeAPIError {
  return error instanceof Stripe.errors.StripeAPIError && (error.statusCode ?? 0) >= 500 && isStripes(error);
}

/** This key will give the same error for ever: no request under it ever heard of a session. */
export function isReplayedFailure(error: unknown): boolean {
  return isFailure(error) && error.headers?.["idempotent-replayed"] === "true";
}

const ERROR_TYPES = ["api_error", "card_error", "idempotency_error", "invalid_request_error", "rate_limit_error"];

function isStripes({ rawType }: Stripe.errors.StripeError): boolean {
  return ERROR_TYPES.includes(rawType ?? "");
}

export function unknownOutcome(what: string, cause: unknown): unknown {
  return cause instanceof Stripe.errors.StripeError ? new UnavailableError(`Stripe did not ${what}`, { cause }) : cause;
}
