import { type CheckoutContext, orderOf, windowStart } from "./checkout-context.server";
import { hasFailed } from "./fulfil.server";
import type { CheckoutRecord } from "./line-marks";
import { nextStep } from "./next-step";
import type { CheckoutOrder, OrderList, OrderState } from "./order-list";
import { tryToRead } from "./read-record.server";
import type { StripeSession } from "./stripe-gateway.server";

/** See `CheckoutService.orders`. What cannot be read is reported by the reconciler, and told by the audit. */
export async function listOrders(context: CheckoutContext, { atMost }: { atMost: number }): Promise<OrderList> {
  const since = windowStart(context);
  const orders: CheckoutOrder[] = [];
  let seen = 0;
  for await (const session of context.gateway.listPaid({ createdSince: since })) {
    seen += 1;
    const read = tryToRead(context, session);
    if (read.outcome === "ours") orders.push(describe(session, read.record));
    // Whether there are more is not worth another request.
    if (seen === atMost) return { orders, since, isWhole: false };
  }
  return { orders, since, isWhole: true };
}

function describe(session: StripeSession, record: CheckoutRecord): CheckoutOrder {
  const { checkoutId, claimId, createdAt, lines, total } = orderOf(session, record);
  const states = new Map(record.lines.map((line) => [line.productId, line.state]));
  return {
    checkoutId,
    claimId,
    createdAt,
    total,
    state: stateOf(session, record),
    lines: lines.map((line) => ({ ...line, state: states.get(line.productId) ?? { mark: "claimed" } })),
    paymentId: session.payment?.id ?? null,
    refundedAmount: session.charge?.refundedAmount ?? 0,
  };
}

function stateOf(session: StripeSession, record: CheckoutRecord): OrderState {
  const marks = new Set(record.lines.map((line) => line.state.mark));
  if (session.paymentStatus === "unpaid") return hasFailed(session) ? "not_charged" : "awaiting_payment";
  if (marks.has("needs_review")) return "needs_review";
  if (record.verdict === null) {
    if (isRefunded(session, record)) return "refunded_elsewhere";
    return marks.size === 1 && marks.has("done") ? "paid" : "being_confirmed";
  }
  const { step } = nextStep(record, new Map());
  if (step === "finished") return "refunded";
  return step === "refund" ? "needs_review" : "being_confirmed";
}

/** By Stripe's word; where nothing was to be paid there is nothing that it could say. */
export function isRefunded(session: StripeSession, record: CheckoutRecord): boolean {
  return session.payment === null ? record.verdict === "refunded" : (session.charge?.isRefunded ?? false);
}
