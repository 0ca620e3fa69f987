import { UnavailableError } from "~/errors";
import type { ProblemCode } from "./problem-codes";

export interface Fault {
  readonly field: string;
  readonly message: string;
}

/** An answer of the API other than success, thrown by whoever notices; `message` is for a person. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: ProblemCode;
  readonly fields: readonly Fault[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ProblemCode,
    message: string,
    options: { fields?: readonly Fault[]; headers?: Record<string, string> } = {},
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

/** What went wrong as an answer; null when it is not an expected failure. */
export function asProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof UnavailableError) {
    // What the error says is for the log: it may quote the database.
    return new Problem(503, "unavailable", "The shop cannot answer this right now. Please try again in a moment.", {
      headers: { "Retry-After": String(error.retryAfterSeconds) },
    });
  }
  return null;
}

/** A JSON answer that no cache keeps. */
export function json(body: unknown, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  headers.set("Content-Type", "application/json; charset=utf-8");
  headers.set("X-Content-Type-Options", "nosniff");
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  return new Response(JSON.stringify(body), { ...init, headers });
}
