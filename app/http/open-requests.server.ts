import { subscribe } from "node:diagnostics_channel";
import { ServerResponse, type IncomingMessage } from "node:http";

/** The requests that this process is answering, whoever opened the server (remix-serve hides its own). */
export interface OpenRequests {
  /** Resolves as soon as none is open. */
  idle(): Promise<void>;
}

export function countOpenRequests(): OpenRequests {
  const open = new Set<ServerResponse<IncomingMessage>>();
  const waiting: (() => void)[] = [];
  subscribe("http.server.request.start", (message) => {
    if (typeof message !== "object" || message === null || !("response" in message) || !(message.response instanceof ServerResponse)) return;
    const response: ServerResponse<IncomingMessage> = message.response;
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
