import { UnavailableError } from "~/errors";
import type { ProblemCode } from "./problem-codes";

export interface FieldProblem {
  /** Path of the field in the request, `items.0.quantity`. */
  readonly field: string;
  readonly message: string;
}

/**
 * An error response of the API, thrown where the error is noticed; `message` is for people.
 *
 * @example
 * throw new Problem(404, "unknown_product", "There is no such product.");
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: ProblemCode;
  readonly fields: readonly FieldProblem[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ProblemCode,
    message: string,
    options: { fields?: readonly FieldProblem[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = options.fields;
    this.headers = options.headers ?? {};
  }

  toResponse(): Response {
    const { code, message, fields } = this;
    return json(
      { success: false, error: { code, message, ...(fields ? { fields } : {}) } },
      { status: this.status, headers: this.headers },
    );
  }
}

/** The error response for a thrown error; null if the error is unexpected. */
export function asProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof UnavailableError) {
    // The error's own message is only logged: it may quote the database.
    return new Problem(503, "unavailable", "The shop is temporarily unavailable. Please try again in a moment.", {
      headers: { "Retry-After": String(error.retryAfterSeconds) },
    });
  }
  return null;
}

/** A JSON response that caches do not store. */
export function json(body: unknown, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  headers.set("Content-Type", "application/json; charset=utf-8");
  headers.set("X-Content-Type-Options", "nosniff");
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  return new Response(JSON.stringify(body), { ...init, headers });
}
