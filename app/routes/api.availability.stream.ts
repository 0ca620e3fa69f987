import { apiCart } from "~/api/api-session.server";
import { api } from "~/api/resource-route.server";
import { availabilityQuery } from "~/api/schemas";
import { availabilityEvents } from "~/availability/event-stream.server";
import { container } from "~/boot/container.server";
import { parse } from "~/http/body.server";
import { clientAddress } from "~/http/client-address";
import { Problem } from "~/http/problem.server";

/** What changes is told as it happens; the figures are those of `GET /api/availability`. */
const answer = api({
  GET: async (request) => {
    const { product_id: productIds } = parse(availabilityQuery, {
      product_id: new URL(request.url).searchParams.getAll("product_id"),
    });
    const cart = await apiCart(request, undefined, container.carts);
    const sessionHash = cart?.sessionHash ?? null;
    const giveBack = container.streamPlaces.take({
      sessionHash,
      address: clientAddress(request.headers, container.env.TRUSTED_PROXY_HOPS),
    });
    if (giveBack === null)
      throw new Problem(429, "rate_limited", "You have as many streams open as one client may have.", {
        headers: { "Retry-After": "30" },
      });
    container.requests.whenClosed(request, giveBack);
    const viewer = { sessionHash, productIds: [...new Set(productIds)] };
    const events = availabilityEvents(container.feed, viewer, (then) => container.requests.whenClosed(request, then));
    if (events === null)
      throw new Problem(503, "unavailable", "No more streams can be opened here.", {
        headers: { "Retry-After": "30" },
      });
    return events;
  },
});

export { answer as loader, answer as action };
