import { subscribe } from "node:diagnostics_channel";
import { Server, type IncomingMessage, type ServerResponse } from "node:http";

/**
 * Intercepts requests ahead of all other listeners. `serve` either responds itself or calls `pass`, now or later, to let them respond.
 * remix-serve and Vite do not expose their server, but a diagnostics channel does when a request begins, before its listeners run.
 */
export function interceptRequests(
  serve: (request: IncomingMessage, response: ServerResponse, pass: () => void) => void,
): void {
  const known = new WeakSet<Server>();
  subscribe("http.server.request.start", (message) => {
    if (!hasServer(message) || known.has(message.server)) return;
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

function hasServer(message: unknown): message is { server: Server } {
  return typeof message === "object" && message !== null && "server" in message && message.server instanceof Server;
}
