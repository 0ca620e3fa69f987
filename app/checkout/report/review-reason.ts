import type { CheckoutRecord, ReviewReason } from "../line-marks";
import { nextStep } from "../next-step";
import type { StripeSession } from "../stripe-gateway.server";

/** Why a paid order of this shop waits for a person, by its session and marks alone; null when it does not. The money goes first. */
export function reviewReason(session: Pick<StripeSession, "paymentStatus" | "payment" | "total">, record: CheckoutRecord): ReviewReason | null {
  if (session.paymentStatus === "unpaid") return null;
  if (record.verdict === "refund" && nextStep(record, new Map()).step === "refund") {
    return session.payment === null && session.total.amount > 0 ? "no_payment" : "refund_failed";
  }
  return record.lines.some((line) => line.state.mark === "needs_review") ? "unclear_row" : null;
}
