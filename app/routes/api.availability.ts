import { apiCart } from "~/api/api-session.server";
import { api } from "~/api/resource-route.server";
import { availabilityQuery } from "~/api/schemas";
import { readAvailability } from "~/availability/read-availability.server";
import { container } from "~/boot/container.server";
import { parse } from "~/http/body.server";
import { json, Problem } from "~/http/problem.server";

/** Omits products that do not exist; 404 if none of them does. */
const route = api({
  GET: async (request) => {
    const { product_id: productIds } = parse(availabilityQuery, {
      product_id: new URL(request.url).searchParams.getAll("product_id"),
    });
    const cart = await apiCart(request, undefined, container.carts);
    const products = await readAvailability(container, cart?.sessionHash ?? null, [...new Set(productIds)]);
    if (products.length === 0) throw new Problem(404, "unknown_product", "There is no such product.");
    return json({ products });
  },
});

export { route as loader, route as action };
