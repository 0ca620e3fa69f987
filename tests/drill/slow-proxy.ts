/** A reverse proxy in front of the database or Stripe: each response is delayed by a time of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import { listen, type Listening } from "~/sandbox/listen.server";

/** `onDone` is called when the target has carried out a request, body and all, before its response is passed back. */
export function slowProxy(
  target: () => string,
  delayMs: () => number,
  onDone: (request: Request, body: string) => void = () => undefined,
): Promise<Listening> {
  return listen(async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = request.method === "GET" || request.method === "HEAD" ? null : await request.arrayBuffer();
    const answer = await fetch(`${target()}${pathname}${search}`, {
      method: request.method,
      headers: passedOn(request.headers),
      body,
    });
    const whole = await answer.arrayBuffer();
    if (answer.ok) onDone(request, body === null ? "" : Buffer.from(body).toString());
    await sleep(delayMs());
    return new Response(whole.byteLength === 0 ? null : whole, {
      status: answer.status,
      headers: passedOn(answer.headers),
    });
  }, 0);
}

/** Without what speaks of one connection only, or of the body's form on it. */
function passedOn(headers: Headers): Headers {
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
