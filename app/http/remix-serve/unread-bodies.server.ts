import type { IncomingMessage, ServerResponse } from "node:http";

/** Limits for draining a body that is not read. */
export const DRAIN_BYTES = 64 * 1024 * 1024;
export const DRAIN_MS = 10_000;

/**
 * Discards the rest of a request's body once the response is sent; beyond the limits, cuts the connection. Remix wraps the body in a
 * stream, so Node considers it handled: the unread rest would block the socket and the client's next requests on that connection, until
 * Node gives up after five minutes.
 */
export function drainUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  response.once("finish", () => {
    if (request.complete) return;
    let size = 0;
    const cut = setTimeout(() => request.destroy(), DRAIN_MS).unref();
    request.once("close", () => clearTimeout(cut));
    // The unread stream would keep buffering.
    request.removeAllListeners("data");
    request.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > DRAIN_BYTES) request.destroy();
    });
    request.resume();
  });
}
