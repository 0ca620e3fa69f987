import { api } from "~/api/resource-route.server";
import { settleRequest } from "~/api/schemas";
import { container } from "~/boot/container.server";
import type { ReviewReason } from "~/checkout/fulfil/line-marks";
import { VERDICTS_BY_REASON } from "~/checkout/fulfil/settle-verdicts";
import { readJson } from "~/http/body.server";
import { requireOperator } from "~/http/operator.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { json, Problem } from "~/http/problem.server";

/** Applies an operator's decision about an order that needs review, then completes the checkout. */
const route = api({
  POST: async (request) => {
    requireOwnOrigin(request, container.originRule);
    requireOperator(request, container.operatorRule);
    const { checkout_id: checkoutId, product_id: productId, verdict } = await readJson(request, settleRequest);
    const settled = await container.checkout.settle({ checkoutId, productId, verdict });
    const { outcome } = settled;
    if (outcome === "not_ours") throw new Problem(404, "not_found", "This shop has no such checkout.");
    if (outcome === "not_applicable") throw new Problem(409, "not_applicable", notApplicable(settled.reason));
    container.log.warn({ checkoutId, productId, verdict, outcome }, "order settled by an operator");
    return json({
      success: true,
      checkout_id: checkoutId,
      outcome,
      ...(outcome === "needs_review" ? { reason: settled.reason } : {}),
    });
  },
});

function notApplicable(reason: ReviewReason | null): string {
  if (reason === null) return "This order isn't waiting for a decision. Nothing changed.";
  return `This order isn't waiting for this decision. Its reason is ${reason}, which allows: ${VERDICTS_BY_REASON[reason].join(", ")}. Nothing changed.`;
}

export { route as loader, route as action };
