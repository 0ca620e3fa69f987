import { api } from "~/api/resource-route.server";
import { container } from "~/boot/container.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { Problem } from "~/http/problem.server";

/** The sandbox's payment page and controls, and its table as other tools reach it. Nothing outside the sandbox. */
async function handle(request: Request): Promise<Response> {
  if (container.sandbox === null) throw new Problem(404, "not_found", "There is no such page.");
  if (request.method !== "GET" && request.method !== "HEAD") requireOwnOrigin(request, container.originRule);
  return container.sandbox.fetch(request);
}

const answer = api({ GET: handle, POST: handle, PATCH: handle });

export { answer as loader, answer as action };
