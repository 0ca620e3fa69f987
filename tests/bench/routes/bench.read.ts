import { api } from "~/api/resource-route.server";
import { reserveRequest } from "~/api/schemas";
import { container } from "~/boot/container.server";
import { readJson } from "~/http/body.server";
import { json } from "~/http/problem.server";

/** What `POST /api/reserve-inventory` is measured against: parses the same JSON, makes the same read of the stock, holds nothing. */
const answer = api({
  POST: async (request) => {
    const { items } = await readJson(request, reserveRequest);
    const rows = await container.catalog.readStock(items.flatMap((item) => item.product_id ?? []));
    return json({
      success: true,
      results: [...rows].map(([product_id, row]) => ({ product_id, inventory: row.inventory })),
    });
  },
});

export { answer as loader, answer as action };
