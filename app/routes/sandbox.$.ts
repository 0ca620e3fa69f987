import { api } from "~/api/resource-route.server";
import { container } from "~/boot/container.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { Problem } from "~/http/problem.server";

/** The sandbox's payment page, controls and REST API for other tools. 404 outside the sandbox. */
async function handle(request: Request): Promise<Response> {
  if (container.sandbox === null) throw new Problem(404, "not_found", "There is no such page.");
  if (request.method !== "GET" && request.method !== "HEAD") requireOwnOrigin(request, container.originRule);
  return container.sandbox.fetch(request);
}

const route = api({ GET: handle, POST: handle, PATCH: handle });

export { route as loader, route as action };
