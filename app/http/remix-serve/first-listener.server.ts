import { subscribe } from "node:diagnostics_channel";
import { Server, type IncomingMessage, type ServerResponse } from "node:http";

/**
 * Intercepts requests ahead of all other listeners. `serve` either responds, or calls `pass`, now or later, for them to respond.
 * remix-serve and Vite hide their servers, but a server shows itself as its first request begins, just before its listeners are called.
 */
export function serveFirst(
  serve: (request: IncomingMessage, response: ServerResponse, pass: () => void) => void,
): void {
  const known = new WeakSet<Server>();
  subscribe("http.server.request.start", (message) => {
    if (!tellsServer(message) || known.has(message.server)) return;
    const { server } = message;
    known.add(server);
    const others = server.listeners("request");
    server.removeAllListeners("request");
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      serve(request, response, () => {
        for (const listener of others) listener.call(server, request, response);
      });
    });
  });
}

function tellsServer(message: unknown): message is { server: Server } {
  return typeof message === "object" && message !== null && "server" in message && message.server instanceof Server;
}
