import type { IncomingMessage, ServerResponse } from "node:http";

/** What is drained of a body that nobody reads, in bytes and in milliseconds. */
export const DRAIN_BYTES = 64 * 1024 * 1024;
export const DRAIN_MS = 10_000;

/**
 * Once a request is answered, what is left of its body is thrown away, within bounds; then the connection is cut. Remix hands
 * the body on as a stream, so that Node takes it for read: the rest of it would wait in the socket, and whatever the client
 * sends next on that connection behind it, until Node gives up after five minutes.
 */
export function drainUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  response.once("finish", () => {
    if (request.complete) return;
    let size = 0;
    const cut = setTimeout(() => request.destroy(), DRAIN_MS).unref();
    request.once("close", () => clearTimeout(cut));
    // The stream that nobody reads would keep what comes.
    request.removeAllListeners("data");
    request.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > DRAIN_BYTES) request.destroy();
    });
    request.resume();
  });
}
