import { subscribe } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { IncomingMessage } from "node:http";

/** The requests that this process is answering, whoever opened the server (remix-serve hides its own). */
export interface OpenRequests {
  /** Resolves as soon as none is open. */
  idle(): Promise<void>;
  /**
   * Calls `then` once the connection of this request is over, from either side. `request.signal` does not tell: what
   * Remix hands to a route follows the server's own signal only until the garbage collector comes by.
   */
  whenClosed(request: Request, then: () => void): void;
}

/** Set on every request as it comes in, whatever the client said. */
const ID_HEADER = "x-open-request";

export function countOpenRequests(): OpenRequests {
  const open = new Map<string, EventEmitter>();
  const waiting: (() => void)[] = [];
  let count = 0;
  subscribe("http.server.request.start", (message) => {
    if (!tellsExchange(message)) return;
    const { request, response } = message;
    const id = String((count += 1));
    request.headers[ID_HEADER] = id;
    open.set(id, response);
    response.once("close", () => {
      open.delete(id);
      if (open.size === 0) for (const resolve of waiting.splice(0)) resolve();
    });
  });
  return {
    idle: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    whenClosed(request, then) {
      const response = open.get(request.headers.get(ID_HEADER) ?? "");
      if (response === undefined) then();
      else response.once("close", then);
    },
  };
}

function tellsExchange(message: unknown): message is { request: IncomingMessage; response: EventEmitter } {
  const isExchange = typeof message === "object" && message !== null && "request" in message && "response" in message;
  return isExchange && message.request instanceof IncomingMessage && message.response instanceof EventEmitter;
}
