import type { FulfilOutcome } from "~/checkout/checkout";
import { orderOf, type CheckoutContext } from "~/checkout/checkout-context.server";
import { endClaim, holdOnlyUntaken, liveClaim } from "~/checkout/claims.server";
import { refundReview } from "~/checkout/report/refund-standing";
import { reviewedFor } from "~/checkout/report/review-reason";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { withUrgency } from "~/checkout/stripe/stripe-limiter.server";
import { UnavailableError } from "~/errors";
import type { BatchResult } from "./batches";
import { createBudget, FULFIL_BUDGET_MS, within, type Budget } from "./budget.server";
import { checkLines } from "./check-lines.server";
import { claimLatePayment } from "./late-payment.server";
import { checkoutKey, MANUAL_EDIT, productKeys, withLeases, type Leases, type Predecessor } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";
import { moveStock } from "./move-stock.server";
import { batchableLine, moveTogether, resolveFollower } from "./move-together.server";
import { awaitsReview, needsRows, stepWithoutStock } from "./next-step";
import { markRefund, refundInFull } from "./refund.server";

/** Maximum number of other unsettled checkouts that one call settles first. */
const MAX_PREDECESSORS = 8;

/** See `CheckoutService.fulfil`. Ignores the gate, because a rebuild fulfils before it opens. */
export function fulfilCheckout(context: CheckoutContext, checkoutId: string): Promise<FulfilOutcome> {
  const budget = createBudget(context.clock, FULFIL_BUDGET_MS);
  return within(budget, runFulfilment(context, checkoutId, budget));
}

/**
 * Time for one run of the queue, enough to wait for a turn among many. No caller is waiting for the result by then: a
 * webhook gets its response after `FULFIL_BUDGET_MS`.
 */
const QUEUED_BUDGET_MS = 30_000;

/** Like `fulfilCheckout`, but resolves only when nothing is in progress any longer, which may be after the budget. */
export async function runFulfilment(
  context: CheckoutContext,
  checkoutId: string,
  budget = createBudget(context.clock, QUEUED_BUDGET_MS),
): Promise<FulfilOutcome> {
  try {
    const outcome = await withUrgency("paid", () =>
      afterPredecessors(context, budget, () => attemptOne(context, checkoutId, false, budget)),
    );
    report(context, checkoutId, outcome);
    return outcome;
  } catch (error) {
    context.log({ type: "fulfilled", checkoutId, outcome: "retried", cause: error });
    throw error;
  }
}

type Attempt<T> = { readonly outcome: "worked"; readonly result: T } | Predecessor;

/**
 * Runs `attempt`, which takes leases of products. A checkout left unsettled on one of them is settled first: the row
 * proves the outcome of its move only until it changes again.
 */
export async function afterPredecessors<T>(
  context: CheckoutContext,
  budget: Budget,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  const waiting: Predecessor[] = [];
  for (let tries = 0; tries < 2 * MAX_PREDECESSORS; tries += 1) {
    const first = waiting.at(-1);
    const result = first === undefined ? await attempt() : await fulfilPredecessor(context, first, budget);
    if (result.outcome === "predecessor") waiting.push(result);
    else if (waiting.pop() === undefined) return result.result as T;
  }
  throw new UnavailableError("too many unsettled checkouts before this one");
}

async function fulfilPredecessor(
  context: CheckoutContext,
  { checkoutId, key }: Predecessor,
  budget: Budget,
): Promise<Attempt<FulfilOutcome>> {
  const settled =
    checkoutId === MANUAL_EDIT
      ? worked<FulfilOutcome>({ outcome: "not_ours" })
      : await attemptOne(context, checkoutId, true, budget);
  // A manual edit, or a checkout of the Stripe account that was used before: nothing to settle, and its name must not
  // block the product.
  if (settled.outcome === "worked" && settled.result.outcome === "not_ours") {
    await withLeases(context.leases, { keys: [key], checkoutId, budget }, () => Promise.resolve());
  }
  return settled;
}

async function attemptOne(
  context: CheckoutContext,
  checkoutId: string,
  isPredecessor: boolean,
  budget: Budget,
): Promise<Attempt<FulfilOutcome>> {
  const request = { keys: [checkoutKey(checkoutId)], checkoutId, budget };
  const attempt = await withLeases(context.leases, request, async (held) => {
    const session = await context.gateway.fetch(checkoutId);
    const record = session === null ? null : context.marks.read(session);
    if (session === null || record === null) return worked<FulfilOutcome>({ outcome: "not_ours" });
    return fulfilSession(context, { session, record, held, budget, isPredecessor });
  });
  // A checkout's own lease never has a predecessor.
  return attempt.outcome === "worked" ? attempt.result : attempt;
}

interface Work {
  readonly session: StripeSession;
  readonly record: CheckoutRecord;
  readonly held: Leases;
  readonly budget: Budget;
  readonly isPredecessor: boolean;
}

async function fulfilSession(context: CheckoutContext, work: Work): Promise<Attempt<FulfilOutcome>> {
  const { session, record } = work;
  const order = orderOf(session, record);
  if (session.status === "open") return worked({ outcome: "open", order });
  if (session.status === "expired" || hasFailed(session)) {
    await endClaim(context, { claimId: record.claimId, checkoutId: session.id, how: "stock" });
    return worked({ outcome: "released", order });
  }
  if (session.paymentStatus === "unpaid") return worked({ outcome: "awaiting_payment", order });
  return fulfilPaid(context, work);
}

async function fulfilPaid(context: CheckoutContext, work: Work): Promise<Attempt<FulfilOutcome>> {
  const { session, held } = work;
  const follower = await resolveFollower(context, work);
  if (follower.outcome === "predecessor") return follower;
  let { record } = follower;
  if (follower.outcome === "needs_review")
    return worked({ outcome: "needs_review", reason: "unclear_row", order: orderOf(session, record) });
  const isUntouched =
    record.verdict === null && record.lines.every((line) => line.state.mark === "claimed") && !awaitsReview(record);
  const claim = isUntouched ? await liveClaim(context, record.claimId, session.id) : null;
  if (isUntouched && claim === null) record = await claimLatePayment(context, { session, record, held });
  if (isUntouched && record.verdict === null) record = await checkLines(context, { session, record, held });

  if (needsRows(record) || work.isPredecessor) {
    const moved = await moveUnderProducts(context, { ...work, record }, claim !== null);
    if (moved.outcome === "predecessor") return moved;
    record = moved.result;
  }
  return worked(await conclude(context, session, record, { held, repeated: record === work.record }));
}

/**
 * Moves stock under the leases of the products, or as part of a batch whose leader got the lease first
 * (`moveTogether`).
 */
async function moveUnderProducts(
  context: CheckoutContext,
  work: Work,
  wasClaimed: boolean,
): Promise<Attempt<CheckoutRecord>> {
  const { session, record, held, budget, isPredecessor } = work;
  const line = wasClaimed && !isPredecessor ? batchableLine(record) : null;
  const entry = line === null ? null : context.batches.join(line.productId, { session, record, held });
  const signal = entry === null ? budget.signal : AbortSignal.any([budget.signal, entry.signal]);
  const request = {
    keys: productKeys(record.lines.map(({ productId }) => productId)),
    checkoutId: session.id,
    budget: { check: () => budget.check(), signal },
  };
  try {
    return await withLeases(context.leases, request, (productsHeld) => {
      entry?.leave();
      const move = { session, record, held: { check: () => (held.check(), productsHeld.check()) }, wasClaimed };
      return withUrgency("product_held", () =>
        line === null ? moveStock(context, move) : moveTogether(context, move),
      );
    });
  } catch (error) {
    if (entry?.taken === undefined) throw error;
    return fulfilByBatch(context, work, await entry.taken);
  } finally {
    entry?.leave();
  }
}

async function fulfilByBatch(
  context: CheckoutContext,
  work: Work,
  { leader, named }: BatchResult,
): Promise<Attempt<CheckoutRecord>> {
  const record = named.get(work.session.id);
  const follower = record === undefined ? null : await resolveFollower(context, { ...work, record }, leader);
  if (follower?.outcome !== "taken")
    throw new UnavailableError("this checkout was not included in the batch and has to wait for its own turn");
  return worked(follower.record);
}

/** Everything after stock: the refund, and the end of the claim. */
async function conclude(
  context: CheckoutContext,
  fetched: StripeSession,
  moved: CheckoutRecord,
  { held, repeated }: { held: Leases; repeated: boolean },
): Promise<FulfilOutcome> {
  let [session, record] = [fetched, moved];
  const end = { claimId: record.claimId, checkoutId: session.id };
  // It is never sold again and its stock is returned. A refund that Stripe never makes must not keep units from other
  // shoppers.
  if (record.verdict !== null) await endClaim(context, { ...end, how: "stock" });
  const isRefunding = stepWithoutStock(record).step === "refund";
  if (isRefunding) ({ session, record } = await refundInFull(context, { session, record, held }));
  record = await markRefund(context, { session, record, held });
  const step = stepWithoutStock(record);
  if (step.step === "finished" && step.as === "done") await endClaim(context, { ...end, how: "completed" });
  const openRefund = refundReview(session, record);
  const order = orderOf(session, record);
  if (openRefund !== null) return { outcome: "needs_review", reason: openRefund, order };
  switch (step.step) {
    case "review":
      if (record.verdict === null) await holdOnlyUntaken(context, session, record);
      return { outcome: "needs_review", reason: reviewedFor(record), order };
    case "finished":
      return { outcome: step.as, repeated: repeated && !isRefunding, order };
    case "refund":
    case "resolve":
    case "announce":
    case "decide_refund":
      throw new Error(`fulfilment stopped before the step ${step.step}`);
  }
}

/**
 * Whether a delayed payment failed: the session is complete, and its PaymentIntent needs a new payment method, which
 * the finished page can't offer (docs.stripe.com/payments/checkout/fulfill-orders). Read from the session, never from
 * an event.
 */
export function hasFailed(session: StripeSession): boolean {
  return (
    session.paymentStatus === "unpaid" &&
    (session.payment?.status === "requires_payment_method" || session.payment?.status === "canceled")
  );
}

function worked<T>(result: T): { outcome: "worked"; result: T } {
  return { outcome: "worked", result };
}

function report(context: CheckoutContext, checkoutId: string, outcome: FulfilOutcome): void {
  switch (outcome.outcome) {
    case "done":
    case "refunded":
      context.log({ type: "fulfilled", checkoutId, outcome: outcome.repeated ? "repeated" : outcome.outcome });
      return;
    case "needs_review":
      context.log({ type: "fulfilled", checkoutId, outcome: "needs_review", reason: outcome.reason });
      return;
    case "awaiting_payment":
    case "released":
    case "open":
    case "not_ours":
      return;
  }
}
