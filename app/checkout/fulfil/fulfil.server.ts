import type { FulfilOutcome } from "~/checkout/checkout";
import { orderOf, type CheckoutContext } from "~/checkout/checkout-context.server";
import { endClaim, holdOnlyUntaken, liveClaim } from "~/checkout/claims.server";
import { refundReview } from "~/checkout/report/refund-standing";
import { reviewedFor } from "~/checkout/report/review-reason";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { withUrgency } from "~/checkout/stripe/stripe-limiter.server";
import { UnavailableError } from "~/errors";
import type { Moved } from "./batches";
import { createBudget, FULFIL_BUDGET_MS, within, type Budget } from "./budget.server";
import { checkLines } from "./check-lines.server";
import { claimLatePayment } from "./late-payment.server";
import { BY_HAND, checkoutKey, productKeys, withLeases, type Leases, type Predecessor } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";
import { moveStock } from "./move-stock.server";
import { fateOf, moveTogether, soleLine } from "./move-together.server";
import { needsRows, stepWithoutStock, waitsForAPerson } from "./next-step";
import { markRefund, refundInFull } from "./refund.server";

/** How many checkouts left unsettled by others one call may have to settle first. */
const MAX_PREDECESSORS = 8;

/** See `CheckoutService.fulfil`. Does not look at the gate: a rebuild fulfils before it opens. */
export function fulfilCheckout(context: CheckoutContext, checkoutId: string): Promise<FulfilOutcome> {
  const budget = createBudget(context.clock, FULFIL_BUDGET_MS);
  return within(budget, settleCheckout(context, checkoutId, budget));
}

/**
 * How long one try of the queue may take: it waits for its turn among many without losing it. Nobody waits for it by then; a webhook was
 * answered after `FULFIL_BUDGET_MS`.
 */
const QUEUED_BUDGET_MS = 30_000;

/** The same, and it ends only when nothing is under way any more, which may be after the budget. */
export async function settleCheckout(
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
 * What `attempt` comes to, under the leases of products. Whoever was left unsettled on one of them goes first: what its row says
 * is true only until the row moves again.
 */
export async function afterPredecessors<T>(
  context: CheckoutContext,
  budget: Budget,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  const waiting: Predecessor[] = [];
  for (let tries = 0; tries < 2 * MAX_PREDECESSORS; tries += 1) {
    const first = waiting.at(-1);
    const result = first === undefined ? await attempt() : await settlePredecessor(context, first, budget);
    if (result.outcome === "predecessor") waiting.push(result);
    else if (waiting.pop() === undefined) return result.result as T;
  }
  throw new UnavailableError("too many unsettled checkouts before this one");
}

async function settlePredecessor(
  context: CheckoutContext,
  { checkoutId, key }: Predecessor,
  budget: Budget,
): Promise<Attempt<FulfilOutcome>> {
  const settled =
    checkoutId === BY_HAND
      ? worked<FulfilOutcome>({ outcome: "not_ours" })
      : await attemptOne(context, checkoutId, true, budget);
  // By hand, or of another Stripe account, left by the keys used before: there is nothing to settle, and the name must not lock the product.
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
    return settleSession(context, { session, record, held, budget, isPredecessor });
  });
  // Nobody else's name is ever on a checkout's own lease.
  return attempt.outcome === "worked" ? attempt.result : attempt;
}

interface Work {
  readonly session: StripeSession;
  readonly record: CheckoutRecord;
  readonly held: Leases;
  readonly budget: Budget;
  readonly isPredecessor: boolean;
}

async function settleSession(context: CheckoutContext, work: Work): Promise<Attempt<FulfilOutcome>> {
  const { session, record } = work;
  const order = orderOf(session, record);
  if (session.status === "open") return worked({ outcome: "open", order });
  if (session.status === "expired" || hasFailed(session)) {
    await endClaim(context, { claimId: record.claimId, checkoutId: session.id, how: "stock" });
    return worked({ outcome: "released", order });
  }
  if (session.paymentStatus === "unpaid") return worked({ outcome: "awaiting_payment", order });
  return settlePaid(context, work);
}

async function settlePaid(context: CheckoutContext, work: Work): Promise<Attempt<FulfilOutcome>> {
  const { session, held } = work;
  const fate = await fateOf(context, work);
  if (fate.outcome === "predecessor") return fate;
  let { record } = fate;
  if (fate.outcome === "waits_for_a_person")
    return worked({ outcome: "needs_review", reason: "unclear_row", order: orderOf(session, record) });
  const isUntouched =
    record.verdict === null && record.lines.every((line) => line.state.mark === "claimed") && !waitsForAPerson(record);
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

/** Under the leases of its products; or along with another checkout that got the lease first (`moveTogether`). */
async function moveUnderProducts(
  context: CheckoutContext,
  work: Work,
  wasPromised: boolean,
): Promise<Attempt<CheckoutRecord>> {
  const { session, record, held, budget, isPredecessor } = work;
  const line = wasPromised && !isPredecessor ? soleLine(record) : null;
  const place = line === null ? null : context.batches.join(line.productId, { session, record, held });
  const signal = place === null ? budget.signal : AbortSignal.any([budget.signal, place.signal]);
  const request = {
    keys: productKeys(record.lines.map(({ productId }) => productId)),
    checkoutId: session.id,
    budget: { check: () => budget.check(), signal },
  };
  try {
    return await withLeases(context.leases, request, (productsHeld) => {
      place?.leave();
      const move = { session, record, held: { check: () => (held.check(), productsHeld.check()) }, wasPromised };
      return withUrgency("product_held", () =>
        line === null ? moveStock(context, move) : moveTogether(context, move),
      );
    });
  } catch (error) {
    if (place?.taken === undefined) throw error;
    return takenAlong(context, work, await place.taken);
  } finally {
    place?.leave();
  }
}

async function takenAlong(
  context: CheckoutContext,
  work: Work,
  { leader, named }: Moved,
): Promise<Attempt<CheckoutRecord>> {
  const record = named.get(work.session.id);
  const fate = record === undefined ? null : await fateOf(context, { ...work, record }, leader);
  if (fate?.outcome !== "taken")
    throw new UnavailableError("it was not taken along, and has to wait for its turn once more");
  return worked(fate.record);
}

/** What does not touch stock any more: the refund, and the end of the claim. */
async function conclude(
  context: CheckoutContext,
  fetched: StripeSession,
  moved: CheckoutRecord,
  { held, repeated }: { held: Leases; repeated: boolean },
): Promise<FulfilOutcome> {
  let [session, record] = [fetched, moved];
  const end = { claimId: record.claimId, checkoutId: session.id };
  // It is never sold again and has given back what it took; a refund that Stripe will never make must not keep units from others.
  if (record.verdict !== null) await endClaim(context, { ...end, how: "stock" });
  const hasToRefund = stepWithoutStock(record).step === "refund";
  if (hasToRefund) ({ session, record } = await refundInFull(context, { session, record, held }));
  record = await markRefund(context, { session, record, held });
  const step = stepWithoutStock(record);
  if (step.step === "finished" && step.as === "done") await endClaim(context, { ...end, how: "completed" });
  const money = refundReview(session, record);
  const order = orderOf(session, record);
  if (money !== null) return { outcome: "needs_review", reason: money, order };
  switch (step.step) {
    case "review":
      if (record.verdict === null) await holdOnlyUntaken(context, session, record);
      return { outcome: "needs_review", reason: reviewedFor(record), order };
    case "finished":
      return { outcome: step.as, repeated: repeated && !hasToRefund, order };
    case "refund":
    case "settle":
    case "announce":
    case "condemn":
      throw new Error(`it ended before ${step.step} was done`);
  }
}

/**
 * Complete, and the delayed payment did not come: the PaymentIntent is back where it asks for a payment method, and the
 * finished page offers none (docs.stripe.com/payments/checkout/fulfill-orders). No event is trusted with this.
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
