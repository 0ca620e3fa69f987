import { api } from "~/api/resource-route.server";
import { inventoryUpdate } from "~/api/schemas";
import { stockProblem } from "~/api/stock-problem.server";
import { container } from "~/boot/container.server";
import { adjustStock } from "~/checkout/adjust-stock.server";
import { readJson } from "~/http/body.server";
import { requireOperator } from "~/http/operator.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { json } from "~/http/problem.server";

const route = api({
  POST: async (request) => {
    requireOwnOrigin(request, container.originRule);
    requireOperator(request, container.operatorRule);
    const { product_id: productId, inventory, delta } = await readJson(request, inventoryUpdate);
    const result = await adjustStock(container, { productId, inventory, delta });
    if (result.outcome !== "moved") throw stockProblem(productId, result);
    const { before, after } = result;
    container.log.warn({ productId, before, after }, "stock set by an operator");
    return json({ success: true, product_id: productId, before, after });
  },
});

export { route as loader, route as action };
