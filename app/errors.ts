/**
 * A dependency is unavailable: the database, Stripe, Redis, or the holds while they are being rebuilt.
 * Routes respond with 503 `unavailable` and Retry-After. The call that throws it confirms no hold and no sale.
 */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly retryAfterSeconds: number;

  constructor(message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds ?? 2;
  }
}
