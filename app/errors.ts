/**
 * Something outside did not answer: the database, Stripe, Redis, or the rebuild of holds is not done yet.
 * Routes turn it into 503 `unavailable` with Retry-After; nothing is held or sold by the call that threw it.
 */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly retryAfterSeconds: number;

  constructor(message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds ?? 2;
  }
}
