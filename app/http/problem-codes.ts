/** Error codes for programs; the message that comes with one is for people. */
export const PROBLEM_CODES = [
  "invalid_request",
  "invalid_session",
  "ambiguous_product",
  "cross_origin",
  "unauthorized",
  "unknown_product",
  "not_found",
  "not_applicable",
  "method_not_allowed",
  "checkout_open",
  "too_large",
  "unsupported_media_type",
  "limit_exceeded",
  "rate_limited",
  "selling_paused",
  "row_refused",
  "unavailable",
  "internal",
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** A problem as data of a page; the page chooses the message. */
export interface PageProblem {
  readonly code: ProblemCode;
  readonly retryAfterSeconds: number | null;
}
