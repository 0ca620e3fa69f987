import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { container } from "~/boot/container.server";
import { asProblem, Problem } from "~/http/problem.server";

type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Handler = (request: Request) => Promise<Response>;

/**
 * A resource route: one handler per method. Expected failures become the contract's error shape, anything else a 500
 * that is logged and tells the caller nothing.
 */
export function api(handlers: Partial<Record<Method, Handler>>) {
  return async ({ request }: LoaderFunctionArgs | ActionFunctionArgs): Promise<Response> => {
    try {
      const handler = handlers[methodOf(request)];
      if (handler === undefined) {
        throw new Problem(405, "method_not_allowed", `${request.method} is not possible here.`, {
          headers: { Allow: Object.keys(handlers).join(", ") },
        });
      }
      const response = await handler(request);
      return request.method === "HEAD" ? await headOf(response) : response;
    } catch (error) {
      const problem = asProblem(error);
      // A problem is an answer; an outage, or what nobody expected, is for the log.
      if (error !== problem) container.log.error({ err: error, path: new URL(request.url).pathname }, "request failed");
      return (problem ?? new Problem(500, "internal", "Something went wrong here. It has been logged.")).toResponse();
    }
  };
}

/** Without its body, which may be a stream that nobody would end. */
async function headOf({ body, status, headers }: Response): Promise<Response> {
  await body?.cancel();
  return new Response(null, { status, headers });
}

function methodOf(request: Request): Method {
  return (request.method === "HEAD" ? "GET" : request.method) as Method;
}
