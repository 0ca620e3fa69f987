import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createReadableStreamFromReadable } from "@remix-run/node";
import { afterEach, describe, expect, it } from "vitest";
import { DRAIN_BYTES, drainUnreadBody } from "~/http/remix-serve/unread-bodies.server";

/** A server that wraps bodies as Remix does and rejects requests without reading them. */
let server: Server;
let client: Socket;

async function open(drain: typeof drainUnreadBody): Promise<number> {
  server = createServer((request, response) => {
    drain(request, response);
    if (request.method === "POST") createReadableStreamFromReadable(request);
    response.writeHead(request.method === "POST" ? 401 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

/** Sends the head, waits for the rejection, then sends a body of `bytes` bytes and another request on the same connection. */
async function sendTwice(port: number, bytes: number): Promise<{ statuses: () => string[]; isCut: () => boolean }> {
  let text = "";
  let isCut = false;
  client = connect(port, "127.0.0.1");
  client.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  client.on("close", () => (isCut = true));
  client.on("error", () => (isCut = true));
  client.write(`POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: ${bytes}\r\n\r\n`);
  const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = ""]) => status);
  await expect.poll(statuses, { timeout: 20_000 }).toEqual(["401"]);
  const chunk = Buffer.alloc(1024 * 1024, 0x20);
  for (let left = bytes; left > 0; left -= chunk.length) client.write(chunk.subarray(0, left));
  client.write("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  return { statuses, isCut: () => isCut };
}

describe("the body of a request that was rejected unread", () => {
  const MEGABYTES = 5 * 1024 * 1024;

  it("is discarded, and the connection stays usable", async () => {
    const { statuses } = await sendTwice(await open(drainUnreadBody), MEGABYTES);
    await expect.poll(statuses, { timeout: 20_000 }).toEqual(["401", "200"]);
  });

  it("is cut off beyond the limit", async () => {
    const { statuses, isCut } = await sendTwice(await open(drainUnreadBody), DRAIN_BYTES + MEGABYTES);
    await expect.poll(isCut, { timeout: 20_000 }).toBe(true);
    expect(statuses()).toEqual(["401"]);
  });

  it("blocks the connection if nothing drains it (negative control)", async () => {
    const { statuses, isCut } = await sendTwice(await open(() => undefined), MEGABYTES);
    await sleep(1_000);
    expect([statuses(), isCut()]).toEqual([["401"], false]);
  });
});
