import type { CheckoutRecord, ReviewReason } from "~/checkout/fulfil/line-marks";
import { stepWithoutStock } from "~/checkout/fulfil/next-step";
import type { Refund, StripeSession } from "~/checkout/stripe/gateway";

/** State of an order's refunds as Stripe reports it, including manual ones. In minor units. */
export interface RefundStanding {
  /** Refunded to the buyer, as far as Stripe knows today. */
  readonly returned: number;
  /** On its way: not refunded yet, and not to be refunded again. */
  readonly pending: number;
  /** Left to refund after a refund that failed; 0 once an operator states that it was refunded another way. */
  readonly owed: number;
}

type Payment = Pick<StripeSession, "payment" | "total" | "charge">;
type Decided = Pick<CheckoutRecord, "verdict" | "accepted">;

export function refundStanding({ charge, total }: Payment, { verdict, accepted }: Decided): RefundStanding {
  const refunds = charge?.refunds ?? [];
  const returned = sumOf(refunds, "succeeded");
  const pending = sumOf(refunds, "pending");
  const left = Math.max(0, total.amount - returned - pending);
  const isSettled = accepted.includes("refund_failed") || !refunds.some(({ status }) => status === "failed");
  return { returned, pending, owed: isSettled ? 0 : verdict === null ? Math.min(left, notMadeUpFor(refunds)) : left };
}

/** Whether nothing of the payment is left to refund. */
export function isGivenBack({ charge, total }: Payment): boolean {
  const refunds = charge?.refunds ?? [];
  return total.amount > 0 && sumOf(refunds, "succeeded") + sumOf(refunds, "pending") >= total.amount;
}

/** Whether something was to be paid but Stripe names no payment to refund. */
export function lacksPayment({ payment, total }: Pick<Payment, "payment" | "total">): boolean {
  return payment === null && total.amount > 0;
}

/** Why the refund of a paid order waits for a person; null if it does not. */
export function refundReview(
  session: Payment,
  record: CheckoutRecord,
): Extract<ReviewReason, "no_payment" | "refund_failed"> | null {
  if (refundStanding(session, record).owed > 0) return "refund_failed";
  if (session.total.amount === 0 || isGivenBack(session) || stepWithoutStock(record).step !== "refund") return null;
  return lacksPayment(session) ? "no_payment" : "refund_failed";
}

/**
 * Sums up manual refunds that failed and were not repeated. Stripe does not say when a refund failed, so a later one of the same amount,
 * or of the sum of all that had failed, counts as the retry.
 */
function notMadeUpFor(refunds: readonly Refund[]): number {
  let open: number[] = [];
  for (const { amount, status } of [...refunds].reverse().sort((one, other) => one.createdAt - other.createdAt)) {
    const same = open.indexOf(amount);
    if (amount === sum(open)) open = [];
    else if (same >= 0) open.splice(same, 1);
    if (status === "failed") open.push(amount);
  }
  return sum(open);
}

function sumOf(refunds: readonly Refund[], status: Refund["status"]): number {
  return sum(refunds.filter((refund) => refund.status === status).map(({ amount }) => amount));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((one, other) => one + other, 0);
}
