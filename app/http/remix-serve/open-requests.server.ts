import { subscribe } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { IncomingMessage } from "node:http";

/** Requests in flight in this process. remix-serve does not expose its server, so they are counted through a diagnostics channel. */
export interface OpenRequests {
  /** Resolves once no request is in flight. */
  idle(): Promise<void>;
  /**
   * Calls `then` once the response is closed, by either side. `request.signal` is not reliable: the signal that a Remix route gets is only
   * weakly linked to the server's own, and the link may be garbage-collected before it fires.
   */
  whenClosed(request: Request, then: () => void): void;
}

/** Set on every incoming request, overwriting the client's value. */
const ID_HEADER = "x-open-request";

export function countOpenRequests(): OpenRequests {
  const open = new Map<string, EventEmitter>();
  const waiting: (() => void)[] = [];
  let count = 0;
  subscribe("http.server.request.start", (message) => {
    if (!isExchange(message)) return;
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

function isExchange(message: unknown): message is { request: IncomingMessage; response: EventEmitter } {
  const hasBoth = typeof message === "object" && message !== null && "request" in message && "response" in message;
  return hasBoth && message.request instanceof IncomingMessage && message.response instanceof EventEmitter;
}
