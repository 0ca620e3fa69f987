import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** One address in front of several Redis servers, like a failover: `flip` cuts all connections and routes new ones elsewhere. */
export async function flippingAddress(
  firstPort: number,
): Promise<{ readonly url: string; flip(port: number): void; close(): void }> {
  let port = firstPort;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(one);
      one.on("data", (data) => other.write(data));
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `redis://127.0.0.1:${address.port}`,
    flip(to) {
      port = to;
      cut();
    },
    close() {
      server.close();
      cut();
    },
  };
}
