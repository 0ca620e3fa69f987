import type { ReviewReason, SettleVerdict } from "./line-marks";

/** Valid verdicts for each reason for a review. Others are not applicable. */
export const VERDICTS_BY_REASON = {
  unclear_row: ["applied", "not_applied"],
  row_refused: ["retry", "refund"],
  no_payment: ["retry", "refunded_elsewhere"],
  lines_differ: ["accept", "refund"],
  refund_failed: ["retry", "refunded_elsewhere"],
  foreign_tag: ["adopt", "leave"],
} as const satisfies Record<ReviewReason, readonly SettleVerdict[]>;

export const REVIEW_REASONS = Object.keys(VERDICTS_BY_REASON) as readonly ReviewReason[];
export const SETTLE_VERDICTS: readonly SettleVerdict[] = [...new Set(Object.values(VERDICTS_BY_REASON).flat())];

/** Whether the verdict is about one line; all others are about the whole order. */
export function isAboutALine(verdict: SettleVerdict): boolean {
  return verdict === "applied" || verdict === "not_applied";
}
