import { orderOf, windowStart, type CheckoutContext } from "~/checkout/checkout-context.server";
import { hasFailed } from "~/checkout/fulfil/fulfil.server";
import type { CheckoutRecord } from "~/checkout/fulfil/line-marks";
import { tryRead } from "~/checkout/fulfil/read-record.server";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { foreignPayment } from "./foreign-payment";
import type { CheckoutOrder, OrderList, OrderState } from "./orders";
import { isGivenBack, refundStanding } from "./refund-standing";
import { reviewReason } from "./review-reason";

/** See `CheckoutService.orders`. Skips unreadable records, which the reconciler and the audit report. */
export async function listOrders(context: CheckoutContext, { atMost }: { atMost: number }): Promise<OrderList> {
  const since = windowStart(context);
  const orders: CheckoutOrder[] = [];
  let seen = 0;
  for await (const session of context.gateway.listPaid({ createdSince: since })) {
    seen += 1;
    const read = tryRead(context, session);
    if (read.outcome === "ours") orders.push(asListed(session, read.record));
    if (read.outcome === "not_ours") {
      const foreign = foreignPayment(context, session);
      if (foreign !== null)
        orders.push({
          ...describe(session, foreign.record),
          state: "needs_review",
          reason: "foreign_tag",
          tag: foreign.tag,
        });
    }
    // Not worth another request to find out whether there are more.
    if (seen === atMost) return { orders, since, isWhole: false };
  }
  return { orders, since, isWhole: true };
}

export function asListed(session: StripeSession, record: CheckoutRecord): CheckoutOrder {
  return { ...describe(session, record), ...standingOf(session, record), tag: null };
}

function describe(session: StripeSession, record: CheckoutRecord): Omit<CheckoutOrder, "state" | "reason" | "tag"> {
  const { checkoutId, claimId, createdAt, lines, total, refund } = orderOf(session, record);
  const states = new Map(record.lines.map((line) => [line.productId, line.state]));
  return {
    checkoutId,
    claimId,
    createdAt,
    total,
    note: record.note,
    lines: lines.map((line) => ({ ...line, state: states.get(line.productId) ?? { mark: "claimed" } })),
    paymentId: session.payment?.id ?? null,
    refund,
  };
}

function standingOf(session: StripeSession, record: CheckoutRecord): Pick<CheckoutOrder, "state" | "reason"> {
  const reason = reviewReason(session, record);
  return { state: reason === null ? stateOf(session, record) : "needs_review", reason };
}

/** The state of an order that needs no person. */
function stateOf(session: StripeSession, record: CheckoutRecord): Exclude<OrderState, "needs_review"> {
  const marks = new Set(record.lines.map((line) => line.state.mark));
  if (session.paymentStatus === "unpaid") return hasFailed(session) ? "not_charged" : "awaiting_payment";
  if (record.verdict === null) {
    if (isRefunded(session, record)) return "refunded_elsewhere";
    return marks.size === 1 && marks.has("done") ? "paid" : "being_confirmed";
  }
  if (record.verdict !== "refunded" || marks.has("done") || marks.has("return_intent")) return "being_confirmed";
  return refundStanding(session, record).pending > 0 ? "refund_pending" : "refunded";
}

/** Whether the payment was refunded, according to Stripe; or to the marks, if nothing was paid or an operator refunded it another way. */
export function isRefunded(session: StripeSession, { verdict, accepted }: CheckoutRecord): boolean {
  const isByMarks = session.payment === null || accepted.includes("refund_failed");
  return (isByMarks && verdict === "refunded") || isGivenBack(session);
}
