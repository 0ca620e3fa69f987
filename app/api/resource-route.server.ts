import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { container } from "~/boot/container.server";
import { asProblem, Problem } from "~/http/problem.server";

type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Handler = (request: Request) => Promise<Response>;

/**
 * A resource route with one handler per method. Expected failures become error responses of the API, anything else a 500 without details,
 * which is logged.
 *
 * @example
 * const route = api({ GET: async () => json({ status: "ok" }) });
 * export { route as loader, route as action };
 */
export function api(handlers: Partial<Record<Method, Handler>>) {
  return async ({ request }: LoaderFunctionArgs | ActionFunctionArgs): Promise<Response> => {
    try {
      const handler = handlers[methodOf(request)];
      if (handler === undefined) {
        throw new Problem(405, "method_not_allowed", `Method ${request.method} isn't allowed here.`, {
          headers: { Allow: Object.keys(handlers).join(", ") },
        });
      }
      const response = await handler(request);
      return request.method === "HEAD" ? await headOf(response) : response;
    } catch (error) {
      const problem = asProblem(error);
      // A thrown problem is a normal response; outages and unexpected errors are logged.
      if (error !== problem) container.log.error({ err: error, path: new URL(request.url).pathname }, "request failed");
      return (
        problem ?? new Problem(500, "internal", "Something went wrong on our side. It has been logged.")
      ).toResponse();
    }
  };
}

/** The response without its body, which may be an endless stream. */
async function headOf({ body, status, headers }: Response): Promise<Response> {
  await body?.cancel();
  return new Response(null, { status, headers });
}

function methodOf(request: Request): Method {
  return (request.method === "HEAD" ? "GET" : request.method) as Method;
}
