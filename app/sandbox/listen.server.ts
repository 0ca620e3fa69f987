import { serve, type Http2Bindings, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

export interface Listening {
  port: number;
  /** Stops listening and closes open connections. */
  close(): Promise<void>;
}

/**
 * Serves a fetch handler over HTTP; port 0 picks a free port. If the handler rejects, the connection is cut without a
 * response, so that a stand-in can simulate a broken server. Rejects if the port is in use.
 * @example
 * const { port, close } = await listen(async () => new Response("ok"), 0);
 */
export function listen(
  fetch: (request: Request) => Promise<Response>,
  port: number,
  host = "127.0.0.1",
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: async (request: Request, { outgoing }: HttpBindings | Http2Bindings) => {
          try {
            return await fetch(request);
          } catch {
            outgoing.destroy();
            return RESPONSE_ALREADY_SENT;
          }
        },
        port,
        hostname: host,
      },
      (address) => {
        server.off("error", reject);
        resolve({
          port: address.port,
          close: () =>
            new Promise((closed) => {
              server.close(() => {
                closed();
              });
              if ("closeAllConnections" in server) server.closeAllConnections();
            }),
        });
      },
    );
    server.once("error", reject);
  });
}
