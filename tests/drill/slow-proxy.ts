/** A reverse proxy in front of the database or Stripe that delays each response. */
import { setTimeout as sleep } from "node:timers/promises";
import { listen, type Listening } from "~/sandbox/listen.server";

/**
 * `delayMs` is called for each response. `onDone` is called once the target has executed a request, before its response
 * is passed on.
 */
export function slowProxy(
  target: () => string,
  delayMs: () => number,
  onDone: (request: Request, body: string) => void = () => undefined,
): Promise<Listening> {
  return listen(async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = request.method === "GET" || request.method === "HEAD" ? null : await request.arrayBuffer();
    const response = await fetch(`${target()}${pathname}${search}`, {
      method: request.method,
      headers: forwardable(request.headers),
      body,
    });
    const whole = await response.arrayBuffer();
    if (response.ok) onDone(request, body === null ? "" : Buffer.from(body).toString());
    await sleep(delayMs());
    return new Response(whole.byteLength === 0 ? null : whole, {
      status: response.status,
      headers: forwardable(response.headers),
    });
  }, 0);
}

/** Removes headers that apply to a single connection or to the encoding of a body on it. */
function forwardable(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of [
    "connection",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "host",
    "keep-alive",
    "accept-encoding",
  ])
    kept.delete(name);
  return kept;
}
