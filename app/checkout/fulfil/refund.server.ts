import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { lacksPayment, refundReview, refundStanding } from "~/checkout/report/refund-standing";
import type { Refund, StripeSession } from "~/checkout/stripe/gateway";
import { UnavailableError } from "~/errors";
import type { Leases } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";

const MAX_ATTEMPTS = 4;

interface Refunding {
  /** As read under the checkout's lease. */
  readonly session: StripeSession;
  readonly record: CheckoutRecord;
  readonly held: Leases;
}

/** `session` includes the refunds known now. */
type Refunded = Pick<Refunding, "session" | "record">;

/**
 * Refunds the payment in full, exactly once, and records it. Leaves the record as it is, for an operator, if Stripe
 * refuses the refund, if it failed, or if Stripe reports money paid without naming the payment.
 */
export async function refundInFull(context: CheckoutContext, { session, record, held }: Refunding): Promise<Refunded> {
  if (lacksPayment(session)) return { session, record };
  const refunded = await refundRemainder(context, { session, record, held });
  if (refundReview(refunded, record) !== null) return { session: refunded, record };
  held.check();
  return { session: refunded, record: await context.marks.write(session.id, record, { verdict: "refunded" }) };
}

/**
 * Records once that a refund failed, and clears the mark when nothing is owed any longer. Stripe's list decides; the
 * mark makes sure that each failure is logged and counted once, across restarts and servers.
 */
export async function markRefund(
  context: CheckoutContext,
  { session, record, held }: Refunding,
): Promise<CheckoutRecord> {
  const { owed } = refundStanding(session, record);
  const isMarked = record.review?.reason === "refund_failed";
  // An order in review for another reason keeps that reason until an operator has decided.
  if (owed > 0 === isMarked || (owed > 0 && record.review !== null)) return record;
  held.check();
  const marked = await context.marks.write(session.id, record, { review: owed > 0 ? "refund_failed" : null });
  if (owed > 0) context.log({ type: "refund_failed", checkoutId: session.id, amount: owed });
  return marked;
}

/** Repeats a failed refund on an operator's verdict. If none failed, `refundInFull` retries by itself. */
export async function refundAgain(context: CheckoutContext, refunding: Refunding): Promise<void> {
  if (refundStanding(refunding.session, refunding.record).owed > 0)
    await refundRemainder(context, refunding, { again: true });
}

/**
 * Refunds the rest of the payment or, if only a manual refund failed, the amount of that one. Reads Stripe's list
 * before each attempt, since a response may have been lost; pending refunds count as made. After a failed refund it
 * makes no other without an operator: money that can't be returned now will hardly be a minute later.
 */
async function refundRemainder(
  context: CheckoutContext,
  { session, record, held }: Refunding,
  { again = false } = {},
): Promise<StripeSession> {
  const { payment, total } = session;
  if (payment === null || total.amount === 0) return session;
  let lastFailure: unknown;
  let known: ReadonlySet<string> | null = null;
  for (let attempts = 0, n = 0; attempts < MAX_ATTEMPTS; attempts += 1, n += 1) {
    const refunds = await context.gateway.refunds(payment.id);
    const current = withRefunds(session, refunds);
    const { returned, pending, owed } = refundStanding(current, record);
    const failed = refunds.filter(({ status }) => status === "failed").map(({ id }) => id);
    known ??= new Set(again ? failed : []);
    const remainder = record.verdict === null ? owed : total.amount - returned - pending;
    if (remainder <= 0 || failed.some((id) => !known?.has(id))) return current;
    held.check();
    n = Math.max(n, refunds.length);
    const result = await context.gateway.refund({
      paymentIntentId: payment.id,
      amount: record.verdict === null ? remainder : undefined,
      metadata: { holdfast_claim: record.claimId },
      idempotencyKey: `refund:${session.id}:${n}`,
    });
    switch (result.outcome) {
      case "already_refunded":
        // After a failed refund Stripe makes no other, so this response does not mean that all was refunded.
        return failed.length > 0
          ? current
          : withRefunds(session, [
              { id: "unlisted", createdAt: context.clock.wall(), amount: remainder, status: "succeeded" },
              ...refunds,
            ]);
      case "refused":
        context.log({ type: "refund_refused", checkoutId: session.id, cause: result.cause });
        return current;
      case "refunded":
        // A replayed response may be of a refund that has failed since, or of another amount than is left: trust the
        // list.
        if (refunds.some(({ id }) => id === result.refund.id)) break;
        context.log({
          type: "refund_made",
          checkoutId: session.id,
          refundId: result.refund.id,
          status: result.refund.status,
        });
        if (result.refund.status === "failed" || result.refund.amount >= remainder)
          return withRefunds(session, [result.refund, ...refunds]);
        break;
      case "failed":
        lastFailure = result.cause;
        break;
    }
  }
  throw new UnavailableError("Stripe did not make the refund", { cause: lastFailure });
}

function withRefunds(session: StripeSession, refunds: readonly Refund[]): StripeSession {
  return { ...session, charge: { createdAt: session.charge?.createdAt ?? session.createdAt, refunds } };
}
