import { api } from "~/api/resource-route.server";
import { inventoryUpdate } from "~/api/schemas";
import { container } from "~/boot/container.server";
import { updateInventory } from "~/checkout/adjust-stock.server";
import { readJson } from "~/http/body.server";
import { requireOperator } from "~/http/operator.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { json } from "~/http/problem.server";

const answer = api({
  POST: async (request) => {
    requireOwnOrigin(request, container.originRule);
    requireOperator(request, container.operatorRule);
    const update = await readJson(request, inventoryUpdate);
    const change = await updateInventory(container, update);
    container.log.warn({ productId: update.product_id, ...change }, "stock set by an operator");
    return json({ success: true, product_id: update.product_id, ...change });
  },
});

export { answer as loader, answer as action };
