import { createServer, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { receiveRequests } from "~/http/remix-serve/incoming-requests.server";
import { t } from "~/words/words";
import { setSiteOf } from "../../words/site";

/** More pages than run and wait at once. */
const CROWD = 1_050;

let server: Server;
/** Pages that were begun and are not finished. */
let pages: ServerResponse[];

beforeEach(async () => {
  pages = [];
  receiveRequests({ isHttps: false });
  server = createServer((_request, response) => void pages.push(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The first refusal while a crowd waits for pages that are never finished. */
function refusal(
  headers: Record<string, string>,
): Promise<{ status: number; type: string; retryAfter: string; body: string }> {
  return new Promise((resolve) => {
    for (let count = 0; count < CROWD; count += 1)
      request({ port: (server.address() as AddressInfo).port, headers, agent: false }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (part: string) => (body += part));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers["content-type"] ?? "",
            retryAfter: response.headers["retry-after"] ?? "",
            body,
          }),
        );
      })
        .on("error", () => undefined)
        .end();
  });
}

describe("a shopper whose page would wait too long", () => {
  it("gets a page in the shop's language", async () => {
    setSiteOf({ SHOP_LOCALE: "de-AT", SHOP_NAME: "Müller <& Töchter>" });
    const { body, ...response } = await refusal({ Accept: "text/html" });
    expect(response).toEqual({ status: 503, type: "text/html; charset=utf-8", retryAfter: "5" });
    expect(body).toContain('<html lang="de-AT" dir="ltr">');
    expect(body).toContain(t("error.busy.text"));
    expect(body).toContain("Müller &lt;&amp; Töchter&gt;");
  });

  it("gets the API's error where a script asked", async () => {
    const { body, ...response } = await refusal({ Accept: "*/*" });
    expect(response).toMatchObject({ status: 503, retryAfter: "5" });
    expect(JSON.parse(body)).toMatchObject({ success: false, error: { code: "unavailable" } });
  });
});

it("icons do not wait behind the pages of a crowd", async () => {
  await refusal({ Accept: "text/html" });
  const begun = pages.length;
  const { port } = server.address() as AddressInfo;
  for (const path of [
    "/favicon.svg",
    "/favicon.ico",
    "/apple-touch-icon.png",
    "/icon-192.png",
    "/site.webmanifest",
    "/",
  ])
    request({ port, path, agent: false })
      .on("error", () => undefined)
      .end();
  await expect.poll(() => pages.length).toBeGreaterThan(begun + 4);
  // All but the list, which is a page.
  expect(pages.slice(begun).map(({ req }) => req.url)).not.toContain("/");
  expect(pages.length).toBe(begun + 5);
});

describe("a shopper who followed a malformed link", () => {
  it.each([
    ["/products/100%", 400],
    [`/${"x".repeat(3_000)}`, 414],
  ])("gets a page with a way on: %#", async (path, status) => {
    setSiteOf({ SHOP_LOCALE: "fr" });
    const { port } = server.address() as AddressInfo;
    const response = await new Promise<{ status: number; body: string }>((resolve, reject) => {
      request({ port, path, headers: { Accept: "text/html" } }, (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (part: string) => (body += part));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
      })
        .on("error", reject)
        .end();
    });
    expect(response.status).toBe(status);
    expect(response.body).toContain(`<h1>${t("error.notFound.title")}</h1>`);
    expect(response.body).toContain(`<a href="/">${t("nav.allProducts")}</a>`);
  });
});
