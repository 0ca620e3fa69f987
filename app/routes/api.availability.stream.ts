import { apiCart } from "~/api/api-session.server";
import { api } from "~/api/resource-route.server";
import { availabilityQuery } from "~/api/schemas";
import { availabilityEvents } from "~/availability/event-stream.server";
import { container } from "~/boot/container.server";
import { parse } from "~/http/body.server";
import { clientAddress } from "~/http/client-address";
import { Problem } from "~/http/problem.server";

/** Sends changes as they happen, in the format of `GET /api/availability`. */
const route = api({
  GET: async (request) => {
    const { product_id: productIds } = parse(availabilityQuery, {
      product_id: new URL(request.url).searchParams.getAll("product_id"),
    });
    const cart = await apiCart(request, undefined, container.carts);
    const sessionHash = cart?.sessionHash ?? null;
    const freePlace = container.streamPlaces.take({
      sessionHash,
      address: clientAddress(request.headers, container.env.TRUSTED_PROXY_HOPS),
    });
    if (freePlace === null)
      throw new Problem(429, "rate_limited", "Too many open streams for one client.", {
        headers: { "Retry-After": "30" },
      });
    container.requests.whenClosed(request, freePlace);
    const viewer = { sessionHash, productIds: [...new Set(productIds)] };
    const events = availabilityEvents(container.feed, viewer, (then) => container.requests.whenClosed(request, then));
    if (events === null)
      throw new Problem(503, "unavailable", "This server has too many open streams.", {
        headers: { "Retry-After": "30" },
      });
    return events;
  },
});

export { route as loader, route as action };
