import { windowStart, type CheckoutContext } from "~/checkout/checkout-context.server";
import type { CheckoutRecord, MarkedLine } from "~/checkout/fulfil/line-marks";
import { awaitsReview } from "~/checkout/fulfil/next-step";
import { tryRead } from "~/checkout/fulfil/read-record.server";
import type { StripeSession } from "~/checkout/stripe/gateway";
import type { AuditProblem, AuditReport, ProductDrift } from "./audit-report";
import { foreignPayment } from "./foreign-payment";
import { isRefunded } from "./list-orders.server";

/** Two rounds of the reconciler. A payment that is neither taken nor refunded by then needs attention. */
const TAKEN_WITHIN_MS = 10 * 60_000;

/** See `CheckoutService.audit`. A session counts as refunded only as a whole: a partial refund returns no units. */
export async function auditMarks(context: CheckoutContext): Promise<AuditReport> {
  const since = windowStart(context);
  const products = new Map<string, ProductDrift>();
  const problems: AuditProblem[] = [];
  const foreign: { checkoutId: string; tag: string }[] = [];
  let checkouts = 0;
  for await (const session of context.gateway.listPaid({ createdSince: since })) {
    const read = tryRead(context, session);
    if (read.outcome === "not_ours") {
      const payment = foreignPayment(context, session);
      if (payment !== null) foreign.push({ checkoutId: session.id, tag: payment.tag });
      continue;
    }
    checkouts += 1;
    const { id: checkoutId, createdAt } = session;
    if (read.outcome === "unreadable") {
      problems.push({ checkoutId, createdAt, reason: "unreadable", lines: [] });
      continue;
    }
    const { record } = read;
    const lines = record.lines
      .filter((line) => !isStillComing(context, session, record, line))
      .map((line) => compare(session, record, line));
    for (const line of lines) products.set(line.productId, sum(products.get(line.productId), line));
    const wrong = lines.filter((line) => line.drift !== 0);
    if (wrong.length > 0) problems.push({ checkoutId, createdAt, reason: reasonOf(record, wrong), lines: wrong });
  }
  return { since, checkouts, products: [...products.values()], problems: problems.reverse(), foreign };
}

function isStillComing(
  context: CheckoutContext,
  session: StripeSession,
  { verdict }: CheckoutRecord,
  { state }: MarkedLine,
): boolean {
  // Units go back before the money does.
  const isUnderWay =
    state.mark === "claimed" || state.mark === "intent" || (state.mark === "returned" && verdict === "refund");
  return isUnderWay && context.clock.wall() - (session.charge?.createdAt ?? session.createdAt) < TAKEN_WITHIN_MS;
}

function compare(session: StripeSession, record: CheckoutRecord, line: MarkedLine): ProductDrift {
  const isSold = session.paymentStatus !== "unpaid" && !isRefunded(session, record);
  const sold = isSold ? line.quantity : 0;
  const taken = takenBy(line);
  return { productId: line.productId, sold, taken, drift: sold - taken };
}

/** Returns the units that are permanently gone from the row, according to the mark. Announced moves count as not made. */
function takenBy({ state }: MarkedLine): number {
  switch (state.mark) {
    case "done":
      return state.from - state.to;
    case "return_intent":
      return state.to - state.from;
    case "needs_review":
      return state.of === "return_intent" ? state.to - state.from : 0;
    case "claimed":
    case "intent":
    case "returned":
      return 0;
  }
}

function sum(one: ProductDrift | undefined, other: ProductDrift): ProductDrift {
  if (one === undefined) return other;
  return {
    productId: one.productId,
    sold: one.sold + other.sold,
    taken: one.taken + other.taken,
    drift: one.drift + other.drift,
  };
}

function reasonOf(record: CheckoutRecord, wrong: readonly ProductDrift[]): AuditProblem["reason"] {
  if (awaitsReview(record)) return "needs_review";
  const isOdd = record.lines.some((line) => line.state.mark === "done" && takenBy(line) !== line.quantity);
  if (isOdd) return "wrong_number";
  if (!wrong.some((line) => line.drift > 0)) return "not_given_back";
  return record.verdict === null ? "not_taken" : "not_refunded";
}
