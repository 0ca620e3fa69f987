import type { ReviewReason, SettleVerdict } from "./line-marks";

/** Which decisions end each reason for a review; an order takes no other. */
export const WAYS_OUT = {
  unclear_row: ["applied", "not_applied"],
  row_refused: ["retry", "refund"],
  no_payment: ["retry", "refunded_elsewhere"],
  lines_differ: ["accept", "refund"],
  refund_failed: ["retry", "refunded_elsewhere"],
  foreign_tag: ["adopt", "leave"],
} as const satisfies Record<ReviewReason, readonly SettleVerdict[]>;

export const REVIEW_REASONS = Object.keys(WAYS_OUT) as readonly ReviewReason[];
export const SETTLE_VERDICTS: readonly SettleVerdict[] = [...new Set(Object.values(WAYS_OUT).flat())];

/** Decisions about one line of an order; all others are about the whole order. */
export function isAboutALine(verdict: SettleVerdict): boolean {
  return verdict === "applied" || verdict === "not_applied";
}
