import type { CheckoutRecord, ReviewReason } from "~/checkout/fulfil/line-marks";
import { hasUnacceptedExtras, stepWithoutStock } from "~/checkout/fulfil/next-step";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { refundReview } from "./refund-standing";

/** Why a paid order of this shop waits for a person, by its session and marks alone; null if it does not. Refund problems come first. */
export function reviewReason(
  session: Pick<StripeSession, "paymentStatus" | "payment" | "total" | "charge">,
  record: CheckoutRecord,
): ReviewReason | null {
  if (session.paymentStatus === "unpaid") return null;
  const money = refundReview(session, record);
  if (money !== null) return money;
  return stepWithoutStock(record).step === "review" ? reviewedFor(record) : null;
}

/** Why an order's stock or lines wait for a person. Reasons that only a person can resolve come before those retried automatically. */
export function reviewedFor(record: CheckoutRecord): ReviewReason {
  if (record.lines.some((line) => line.state.mark === "needs_review")) return "unclear_row";
  return record.review?.reason ?? (hasUnacceptedExtras(record) ? "lines_differ" : "unclear_row");
}
