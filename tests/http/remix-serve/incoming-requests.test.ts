import { createServer, request, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { receiveRequests } from "~/http/remix-serve/incoming-requests.server";

let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((_request, response) => response.end("a page"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  port = address.port;
});
afterAll(() => void server.close());

function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; hsts: string | undefined; location: string | undefined }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, headers }, (response) => {
      response.resume();
      resolve({
        status: response.statusCode ?? 0,
        hsts: response.headers["strict-transport-security"],
        location: response.headers.location,
      });
    });
    asked.on("error", reject).end();
  });
}

/** A page, an error, a redirect, an invalid host. */
const REQUESTS = [
  ["/", {}],
  ["/METRICS", {}],
  ["/products", {}],
  ["/", { Host: "u@h" }],
] as const;

describe("every response", () => {
  it("tells browsers to stay on HTTPS if the shop uses it, and only then", async () => {
    receiveRequests({ isHttps: false });
    for (const [path, headers] of REQUESTS) expect((await get(path, headers)).hsts, path).toBeUndefined();
    receiveRequests({ isHttps: true });
    for (const [path, headers] of REQUESTS) expect((await get(path, headers)).hsts, path).toBe("max-age=31536000");
  });
});

describe("an older link to a product whose id ends in .data", () => {
  it("redirects a browser to the product's page, but not the pages' scripts", async () => {
    receiveRequests({ isHttps: false });
    const browsers: Record<string, string>[] = [{ "Sec-Fetch-Dest": "document" }, { Accept: "text/html,*/*" }];
    const scripts: Record<string, string>[] = [{ "Sec-Fetch-Dest": "empty", Accept: "*/*" }, {}];
    for (const browser of browsers) {
      expect(await get("/products/mug.data", browser)).toMatchObject({ status: 301, location: "/products/mug~2Edata" });
      expect(await get("/products/a%20b.data?x=1", browser)).toMatchObject({
        status: 301,
        location: "/products/a%20b~2Edata",
      });
    }
    for (const script of scripts) expect((await get("/products/mug.data", script)).status).toBe(200);
    expect((await get("/products/mug~2Edata", { Accept: "text/html" })).status).toBe(200);
  });
});
