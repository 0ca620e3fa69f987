import type { SettleOutcome, SettleRequest } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { reviewReason } from "~/checkout/report/review-reason";
import { UnavailableError } from "~/errors";
import { createBudget, FULFIL_BUDGET_MS } from "./budget.server";
import { fulfilCheckout } from "./fulfil.server";
import { checkoutKey, withLeases } from "./lease-work.server";
import { refundAgain } from "./refund.server";
import { decideReview } from "./review-decisions.server";

/** See `CheckoutService.settle`. An order that isn't waiting for this verdict stays as it is. */
export async function settleOrder(context: CheckoutContext, request: SettleRequest): Promise<SettleOutcome> {
  const { checkoutId } = request;
  const leases = { keys: [checkoutKey(checkoutId)], checkoutId, budget: createBudget(context.clock, FULFIL_BUDGET_MS) };
  const decided = await withLeases(context.leases, leases, async (held): Promise<SettleOutcome | "fulfil"> => {
    const session = await context.gateway.fetch(checkoutId);
    const record = session === null ? null : context.marks.read(session);
    if (session === null || record === null) return { outcome: "not_ours" };
    const reason = reviewReason(session, record);
    const decision = decideReview(record, reason, request);
    if (decision.decision === "not_applicable") return { outcome: "not_applicable", reason };
    if (decision.decision === "write") {
      held.check();
      await context.marks.write(checkoutId, record, decision.change);
    }
    if (decision.decision === "refund_again") await refundAgain(context, { session, record, held });
    return "fulfil";
  });
  if (decided.outcome === "predecessor") throw new UnavailableError("this checkout is being fulfilled");
  return decided.result === "fulfil" ? fulfilCheckout(context, checkoutId) : decided.result;
}
