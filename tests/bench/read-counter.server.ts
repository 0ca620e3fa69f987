import { subscribe } from "node:diagnostics_channel";

/** Reads of the products table by this process, as the HTTP client of Node tells them. */
export const reads = { begun: 0, underWay: new Set<unknown>(), mostAtOnce: 0 };

subscribe("undici:request:create", (message) => {
  const request = readIn(message);
  if (request === null) return;
  reads.begun += 1;
  reads.underWay.add(request);
  reads.mostAtOnce = Math.max(reads.mostAtOnce, reads.underWay.size);
});
for (const end of ["undici:request:trailers", "undici:request:error"])
  subscribe(end, (message) => reads.underWay.delete(readIn(message)));

function readIn(message: unknown): object | null {
  if (typeof message !== "object" || message === null || !("request" in message)) return null;
  const { request } = message;
  if (typeof request !== "object" || request === null || !("method" in request) || !("path" in request)) return null;
  return request.method === "GET" && typeof request.path === "string" && request.path.startsWith("/rest/v1/")
    ? request
    : null;
}
