import { subscribe } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";

/** The requests that this process is answering, whoever opened the server (remix-serve hides its own). */
export interface OpenRequests {
  /** Resolves as soon as none is open. */
  idle(): Promise<void>;
}

export function countOpenRequests(): OpenRequests {
  const open = new Set<EventEmitter>();
  const waiting: (() => void)[] = [];
  subscribe("http.server.request.start", (message) => {
    if (!tellsResponse(message)) return;
    const { response } = message;
    open.add(response);
    response.once("close", () => {
      open.delete(response);
      if (open.size === 0) for (const resolve of waiting.splice(0)) resolve();
    });
  });
  return {
    idle: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

function tellsResponse(message: unknown): message is { response: EventEmitter } {
  return typeof message === "object" && message !== null && "response" in message && message.response instanceof EventEmitter;
}
