import type { CheckoutRecord, ReviewReason } from "~/checkout/fulfil/line-marks";
import { stepWithoutStock } from "~/checkout/fulfil/next-step";
import type { Refund, StripeSession } from "~/checkout/stripe/gateway";

/** Where an order's money is, as Stripe reports it, in minor units; refunds by hand included. */
export interface RefundStanding {
  /** Back with the buyer, as far as Stripe knows today. */
  readonly returned: number;
  /** On its way: not paid back yet, and not to be refunded once more. */
  readonly pending: number;
  /** What a refund that failed leaves to be given back; 0 once an operator says that it was, by another way. */
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

/** Nothing of the payment is left to be refunded. */
export function isGivenBack({ charge, total }: Payment): boolean {
  const refunds = charge?.refunds ?? [];
  return total.amount > 0 && sumOf(refunds, "succeeded") + sumOf(refunds, "pending") >= total.amount;
}

/** Something was to be paid, and nothing is named that could be refunded. */
export function lacksPayment({ payment, total }: Pick<Payment, "payment" | "total">): boolean {
  return payment === null && total.amount > 0;
}

/** Why the money of a paid order waits for a person; null when it does not. */
export function refundReview(
  session: Payment,
  record: CheckoutRecord,
): Extract<ReviewReason, "no_payment" | "refund_failed"> | null {
  if (refundStanding(session, record).owed > 0) return "refund_failed";
  if (session.total.amount === 0 || isGivenBack(session) || stepWithoutStock(record).step !== "refund") return null;
  return lacksPayment(session) ? "no_payment" : "refund_failed";
}

/**
 * Of refunds that were made by hand: what failed and was not refunded again. Stripe does not say when one failed, so a later one of the
 * same amount, or of all that had failed, counts as the other try.
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
