/** A reverse proxy before the database whose answers come late, each at a time of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import { listen, type Listening } from "~/sandbox/listen.server";

export function slowDatabase(target: () => string, delayMs: () => number): Promise<Listening> {
  return listen(async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = request.method === "GET" || request.method === "HEAD" ? null : await request.arrayBuffer();
    const answer = await fetch(`${target()}${pathname}${search}`, { method: request.method, headers: passedOn(request.headers), body });
    const whole = await answer.arrayBuffer();
    await sleep(delayMs());
    return new Response(whole.byteLength === 0 ? null : whole, { status: answer.status, headers: passedOn(answer.headers) });
  }, 0);
}

/** Without what speaks of one connection only, or of the body's form on it. */
function passedOn(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of ["connection", "content-length", "content-encoding", "transfer-encoding", "host", "keep-alive", "accept-encoding"]) kept.delete(name);
  return kept;
}
