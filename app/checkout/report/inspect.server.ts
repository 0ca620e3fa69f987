import type { CheckoutInspection } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { compareLines, wasCompared } from "~/checkout/fulfil/compare-lines";
import type { CheckoutRecord } from "~/checkout/fulfil/line-marks";
import { needsRows, nextStep, type Rows } from "~/checkout/fulfil/next-step";
import type { ChargedLine, StripeSession } from "~/checkout/stripe/gateway";
import { UnavailableError } from "~/errors";
import { refundReview, refundStanding } from "./refund-standing";
import { reviewedFor } from "./review-reason";

/** See `CheckoutService.inspect`. Reads only, and takes no lease: what it tells may be old a moment later. */
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
        ? "Nothing: it is not this shop's."
        : sayNext(session, record, { rows, charged, hasClaim: claim !== null }),
  };
}

/** Null while nobody answers. */
function orNull<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error: unknown) => {
    if (error instanceof UnavailableError) return null;
    throw error;
  });
}

interface Facts {
  readonly rows: Rows | null;
  readonly charged: readonly ChargedLine[] | null;
  readonly hasClaim: boolean;
}

function sayNext(session: StripeSession, record: CheckoutRecord, { rows, charged, hasClaim }: Facts): string {
  if (session.status === "open") return "Nothing: the payment page is open.";
  if (session.status === "expired")
    return hasClaim ? "Release the claim: the payment page has expired." : "Nothing: the payment page has expired.";
  if (session.paymentStatus === "unpaid") return "Wait for the delayed payment, or release the claim if it has failed.";
  const { owed, pending } = refundStanding(session, record);
  if (owed > 0) return "Wait for an operator: a refund failed, and the buyer does not have the money back.";
  if (refundReview(session, record) === "no_payment")
    return "Wait for an operator: Stripe names no payment that could be refunded.";
  const isUntouched = record.verdict === null && record.lines.every((line) => line.state.mark === "claimed");
  if (isUntouched && !hasClaim)
    return "Reserve the units like anybody, since the claim is gone; then take them, or refund.";
  if (isUntouched && !wasCompared(record) && charged !== null && compareLines(record, charged) === "missing") {
    return "Wait for an operator, since Stripe charged for less than this order's lines.";
  }
  if (rows === null && needsRows(record)) return "Wait for the database, which does not answer.";
  const step = nextStep(record, rows ?? new Map());
  switch (step.step) {
    case "resolve":
      return `Settle announced moves by their rows: ${step.moves.map((move) => `${move.line.productId} ${move.row}`).join(", ")}.`;
    case "announce":
      if (record.review?.reason === "row_refused")
        return "Try once more what the row refused: it waits until the table takes the change.";
      return record.verdict === null
        ? "Announce the decrements, then make them."
        : "Announce what is to be given back, then give it back.";
    case "decide_refund":
      return `Decide to refund: too few units of ${step.short.map((line) => line.productId).join(", ")}.`;
    case "refund":
      return "Refund the payment in full.";
    case "review":
      return reviewedFor(record) === "lines_differ"
        ? "Wait for an operator to accept what Stripe charged for, or to refund it."
        : "Wait for an operator to settle the lines that need review.";
    case "finished":
      if (hasClaim) return "End the claim; everything else is done.";
      return pending > 0 ? "Nothing: the refund is on its way, by Stripe's word." : "Nothing: everything is done.";
  }
}
