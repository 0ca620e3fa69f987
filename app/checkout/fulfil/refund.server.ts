import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { lacksPayment, refundReview, refundStanding } from "~/checkout/report/refund-standing";
import type { Refund, StripeSession } from "~/checkout/stripe/gateway";
import { UnavailableError } from "~/errors";
import type { Leases } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";

const MAX_TRIES = 4;

interface Refunding {
  /** As it was read under the lease of the checkout. */
  readonly session: StripeSession;
  readonly record: CheckoutRecord;
  readonly held: Leases;
}

/** `session`: with the refunds as they are known now. */
type Refunded = Pick<Refunding, "session" | "record">;

/**
 * Gives the money back in full, once, and records it. A refund that Stripe definitely will not make, or that failed, is left to a person,
 * and so is money that Stripe says was paid without naming the payment: the record then stays as it is.
 */
export async function refundInFull(context: CheckoutContext, { session, record, held }: Refunding): Promise<Refunded> {
  if (lacksPayment(session)) return { session, record };
  const given = await giveBack(context, { session, record, held });
  if (refundReview(given, record) !== null) return { session: given, record };
  held.check();
  return { session: given, record: await context.marks.write(session.id, record, { verdict: "refunded" }) };
}

/**
 * Writes down, once, that a refund failed, and that it no longer matters. What Stripe lists decides; the mark is there to tell and count
 * each failure once, over restarts and by whichever server.
 */
export async function markRefund(
  context: CheckoutContext,
  { session, record, held }: Refunding,
): Promise<CheckoutRecord> {
  const { owed } = refundStanding(session, record);
  const isMarked = record.review?.reason === "refund_failed";
  // What waits for another reason is told by that one until a person has seen to it.
  if (owed > 0 === isMarked || (owed > 0 && record.review !== null)) return record;
  held.check();
  const marked = await context.marks.write(session.id, record, { review: owed > 0 ? "refund_failed" : null });
  if (owed > 0) context.log({ type: "refund_failed", checkoutId: session.id, amount: owed });
  return marked;
}

/** On an operator's word: once more for what a refund failed to give back. Where none failed, `refundInFull` tries by itself. */
export async function refundAgain(context: CheckoutContext, refunding: Refunding): Promise<void> {
  if (refundStanding(refunding.session, refunding.record).owed > 0) await giveBack(context, refunding, { again: true });
}

/**
 * Refunds what is left of the payment or, where only a refund by hand failed, what that one left. What Stripe lists is looked at before each
 * try, since a response may have been lost; what is pending there counts, and is not refunded once more. After a refund that failed no
 * other is made without a person: what does not take the money once will hardly take it a minute later.
 */
async function giveBack(
  context: CheckoutContext,
  { session, record, held }: Refunding,
  { again = false } = {},
): Promise<StripeSession> {
  const { payment, total } = session;
  if (payment === null || total.amount === 0) return session;
  let lastFailure: unknown;
  let known: ReadonlySet<string> | null = null;
  for (let tries = 0, n = 0; tries < MAX_TRIES; tries += 1, n += 1) {
    const refunds = await context.gateway.refunds(payment.id);
    const seen = withRefunds(session, refunds);
    const { returned, pending, owed } = refundStanding(seen, record);
    const failed = refunds.filter(({ status }) => status === "failed").map(({ id }) => id);
    known ??= new Set(again ? failed : []);
    const left = record.verdict === null ? owed : total.amount - returned - pending;
    if (left <= 0 || failed.some((id) => !known?.has(id))) return seen;
    held.check();
    n = Math.max(n, refunds.length);
    const result = await context.gateway.refund({
      paymentIntentId: payment.id,
      amount: record.verdict === null ? left : undefined,
      metadata: { holdfast_claim: record.claimId },
      idempotencyKey: `refund:${session.id}:${n}`,
    });
    switch (result.outcome) {
      case "already_refunded":
        // Where one has failed, Stripe makes no other, and not because all went back.
        return failed.length > 0
          ? seen
          : withRefunds(session, [
              { id: "unlisted", createdAt: context.clock.wall(), amount: left, status: "succeeded" },
              ...refunds,
            ]);
      case "refused":
        context.log({ type: "refund_refused", checkoutId: session.id, cause: result.cause });
        return seen;
      case "refunded":
        // A saved response may tell of a refund that has failed since, or of another amount than is left: the list knows better.
        if (refunds.some(({ id }) => id === result.refund.id)) break;
        context.log({
          type: "refund_made",
          checkoutId: session.id,
          refundId: result.refund.id,
          status: result.refund.status,
        });
        if (result.refund.status === "failed" || result.refund.amount >= left)
          return withRefunds(session, [result.refund, ...refunds]);
        break;
      case "failed":
        lastFailure = result.cause;
        break;
    }
  }
  throw new UnavailableError("Stripe does not make the refund", { cause: lastFailure });
}

function withRefunds(session: StripeSession, refunds: readonly Refund[]): StripeSession {
  return { ...session, charge: { createdAt: session.charge?.createdAt ?? session.createdAt, refunds } };
}
