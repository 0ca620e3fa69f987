import { settleRequest } from "~/api/schemas";
import { container } from "~/container.server";
import { api } from "~/http/api.server";
import { readJson } from "~/http/body.server";
import { requireOperator } from "~/http/operator.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { Problem, json } from "~/http/problem.server";

/** An operator's word on a line that needs review; then whatever is left of the checkout is done. Other lines stay as they are. */
const answer = api({
  POST: async (request) => {
    requireOwnOrigin(request, container.originRule);
    requireOperator(request, container.operatorRule);
    const { checkout_id: checkoutId, product_id: productId, verdict } = await readJson(request, settleRequest);
    const { outcome } = await container.checkout.settle({ checkoutId, productId, verdict });
    if (outcome === "not_ours") throw new Problem(404, "not_found", "This shop has no such checkout.");
    if (outcome === "not_applicable") throw new Problem(409, "not_applicable", "This order does not wait for this decision.");
    container.log.warn({ checkoutId, productId, verdict, outcome }, "line settled by an operator");
    return json({ success: true, checkout_id: checkoutId, outcome });
  },
});

export { answer as loader, answer as action };
