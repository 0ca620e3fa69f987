import type { CheckoutInspection } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { compareLines, wasCompared } from "~/checkout/fulfil/compare-lines";
import type { CheckoutRecord } from "~/checkout/fulfil/line-marks";
import { needsRows, nextStep, type Rows } from "~/checkout/fulfil/next-step";
import type { ChargedLine, StripeSession } from "~/checkout/stripe/gateway";
import { UnavailableError } from "~/errors";
import { refundReview, refundStanding } from "./refund-standing";
import { reviewedFor } from "./review-reason";

/** See `CheckoutService.inspect`. Only reads, without a lease, so its result may be outdated a moment later. */
export async function inspectCheckout(
  context: CheckoutContext,
  checkoutId: string,
): Promise<CheckoutInspection | null> {
  const session = await context.gateway.fetch(checkoutId);
  if (session === null) return null;
  const record = context.marks.read(session);
  const rows = await orNull(context.catalog.readStock(record?.lines.map((line) => line.productId) ?? []));
  const charged =
    record === null || session.status !== "complete" ? null : await orNull(context.gateway.lines(checkoutId));
  const claim = record === null ? null : await context.reservations.store.findClaim(record.claimId);
  return {
    checkoutId,
    status: session.status,
    paymentStatus: session.paymentStatus,
    ours: record !== null,
    claim,
    verdict: record?.verdict === null || record === null ? null : "refund",
    lines:
      record?.lines.map(({ productId, quantity, state }) => ({
        productId,
        quantity,
        mark: state.mark,
        from: "from" in state ? state.from : null,
        to: "to" in state ? state.to : null,
        inventory: rows?.get(productId)?.inventory ?? null,
      })) ?? [],
    refunds: session.charge?.refunds ?? [],
    charged,
    next:
      record === null
        ? "Nothing: this is not the shop's checkout."
        : describeNext(session, record, { rows, charged, hasClaim: claim !== null }),
  };
}

/** Resolves to null if the service is unavailable. */
function orNull<T>(result: Promise<T>): Promise<T | null> {
  return result.catch((error: unknown) => {
    if (error instanceof UnavailableError) return null;
    throw error;
  });
}

interface Facts {
  readonly rows: Rows | null;
  readonly charged: readonly ChargedLine[] | null;
  readonly hasClaim: boolean;
}

function describeNext(session: StripeSession, record: CheckoutRecord, { rows, charged, hasClaim }: Facts): string {
  if (session.status === "open") return "Nothing: the payment page is open.";
  if (session.status === "expired")
    return hasClaim ? "Release the claim: the payment page has expired." : "Nothing: the payment page has expired.";
  if (session.paymentStatus === "unpaid") return "Wait for the delayed payment, or release the claim if it has failed.";
  const { owed, pending } = refundStanding(session, record);
  if (owed > 0) return "Wait for an operator: a refund failed, so the buyer has not been paid back.";
  if (refundReview(session, record) === "no_payment") return "Wait for an operator: Stripe has no payment to refund.";
  const isUntouched = record.verdict === null && record.lines.every((line) => line.state.mark === "claimed");
  if (isUntouched && !hasClaim)
    return "Reserve the items like a new order, since the claim has ended. Then take them, or refund.";
  if (isUntouched && !wasCompared(record) && charged !== null && compareLines(record, charged) === "missing") {
    return "Wait for an operator, since Stripe charged for less than this order's lines.";
  }
  if (rows === null && needsRows(record)) return "Wait for the database, which is not responding.";
  const step = nextStep(record, rows ?? new Map());
  switch (step.step) {
    case "resolve":
      return `Resolve announced moves from their rows: ${step.moves.map((move) => `${move.line.productId} ${move.row}`).join(", ")}.`;
    case "announce":
      if (record.review?.reason === "row_refused")
        return "Retry the change that the row refused, until the table accepts it.";
      return record.verdict === null
        ? "Announce the decrements, then apply them."
        : "Announce the returns to stock, then apply them.";
    case "decide_refund":
      return `Decide to refund: not enough stock of ${step.short.map((line) => line.productId).join(", ")}.`;
    case "refund":
      return "Refund the payment in full.";
    case "review":
      return reviewedFor(record) === "lines_differ"
        ? "Wait for an operator to accept what Stripe charged for, or to refund it."
        : "Wait for an operator to settle the lines that need review.";
    case "finished":
      if (hasClaim) return "End the claim; everything else is done.";
      return pending > 0 ? "Nothing: the refund is pending in Stripe." : "Nothing: everything is done.";
  }
}
