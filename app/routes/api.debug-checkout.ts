import { presentInspection } from "~/api/present-inspection";
import { api } from "~/api/resource-route.server";
import { checkoutQuery } from "~/api/schemas";
import { container } from "~/boot/container.server";
import { settingsHashes } from "~/boot/settings-hashes.server";
import { parse } from "~/http/body.server";
import { requireOperator } from "~/http/operator.server";
import { json, Problem } from "~/http/problem.server";

/** The state of a checkout and the next step of `fulfil`, without running it. */
const route = api({
  GET: async (request) => {
    requireOperator(request, container.operatorRule);
    const { checkout_id: checkoutId } = parse(checkoutQuery, Object.fromEntries(new URL(request.url).searchParams));
    const inspection = await container.checkout.inspect(checkoutId);
    if (inspection === null) throw new Problem(404, "not_found", "Stripe has no such checkout.");
    return json(presentInspection(inspection, container.receivedEvents, settingsHashes(container.env)));
  },
});

export { route as loader, route as action };
