import { apiCart } from "~/api/api-session.server";
import { requireAdmission } from "~/api/checkout-problems.server";
import { allReservations, ownReservations } from "~/api/list-reservations.server";
import { releaseItems } from "~/api/release-items.server";
import { reserveItems } from "~/api/reserve-items.server";
import { api } from "~/api/resource-route.server";
import { releaseRequest, reservationsQuery, reserveRequest } from "~/api/schemas";
import { container } from "~/boot/container.server";
import { parse, readJson, readOptionalJson } from "~/http/body.server";
import { hasBearerToken, isOperator } from "~/http/operator.server";
import { requireOwnOrigin } from "~/http/origin.server";

const route = api({
  POST: async (request) => {
    requireOwnOrigin(request, container.originRule);
    const { session_id: token, items } = await readJson(request, reserveRequest);
    const cart = (await apiCart(request, token, container.carts)) ?? container.carts.create();
    requireAdmission(await container.limits.admit(request, cart.sessionHash, "change"));
    return reserveItems(container, cart, items);
  },
  DELETE: async (request) => {
    requireOwnOrigin(request, container.originRule);
    const { session_id: token, items = [] } = await readOptionalJson(request, releaseRequest);
    const cart = await apiCart(request, token, container.carts);
    if (cart !== null) requireAdmission(await container.limits.admit(request, cart.sessionHash, "change"));
    return releaseItems(container, cart, items.length === 0 ? "all" : items.map((item) => item.product_id));
  },
  GET: async (request) => {
    const query = parse(reservationsQuery, Object.fromEntries(new URL(request.url).searchParams));
    const cart = await apiCart(request, query.session_id, container.carts);
    // A caller with a session sees its holds; an operator with a bearer token, or without a session, sees all.
    const seesAll = isOperator(request, container.operatorRule) && (cart === null || hasBearerToken(request));
    return seesAll ? allReservations(container, query) : ownReservations(container, cart?.sessionHash ?? null);
  },
});

export { route as loader, route as action };
