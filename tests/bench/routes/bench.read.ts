import { api } from "~/api/resource-route.server";
import { reserveRequest } from "~/api/schemas";
import { container } from "~/boot/container.server";
import { readJson } from "~/http/body.server";
import { json } from "~/http/problem.server";

/**
 * The baseline of `POST /api/reserve-inventory`: parses the same JSON and makes the same stock read, but holds nothing.
 */
const handler = api({
  POST: async (request) => {
    const { items } = await readJson(request, reserveRequest);
    const rows = await container.catalog.readStock(items.flatMap((item) => item.product_id ?? []));
    return json({
      success: true,
      results: [...rows].map(([product_id, row]) => ({ product_id, inventory: row.inventory })),
    });
  },
});

export { handler as loader, handler as action };
