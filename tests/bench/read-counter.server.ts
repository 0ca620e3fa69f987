import { subscribe } from "node:diagnostics_channel";

/** Reads of the products table by this process, counted through the diagnostics channels of Node's HTTP client. */
export const reads = { started: 0, inFlight: new Set<unknown>(), mostAtOnce: 0 };

subscribe("undici:request:create", (message) => {
  const request = readIn(message);
  if (request === null) return;
  reads.started += 1;
  reads.inFlight.add(request);
  reads.mostAtOnce = Math.max(reads.mostAtOnce, reads.inFlight.size);
});
for (const end of ["undici:request:trailers", "undici:request:error"])
  subscribe(end, (message) => reads.inFlight.delete(readIn(message)));

function readIn(message: unknown): object | null {
  if (typeof message !== "object" || message === null || !("request" in message)) return null;
  const { request } = message;
  if (typeof request !== "object" || request === null || !("method" in request) || !("path" in request)) return null;
  return request.method === "GET" && typeof request.path === "string" && request.path.startsWith("/rest/v1/")
    ? request
    : null;
}
