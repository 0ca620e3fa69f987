import type { IncomingMessage, ServerResponse } from "node:http";
import { productPath } from "~/catalog/product-address";
import { readAddress } from "~/http/address.server";
import { Problem } from "~/http/problem.server";
import { serveFirst } from "./first-listener.server";
import { createPageTurns } from "./page-turns.server";
import { cutSlowReaders } from "./slow-readers.server";
import { drainUnreadBody } from "./unread-bodies.server";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Looks at every request before Remix does: answers what Remix would answer by an empty 500, and mends what it stumbles over.
 * `tests/api/bad-input.test.ts` and `e2e/bad-input.spec.ts` fail without it.
 */
export function receiveRequests({ isHttps }: { readonly isHttps: boolean }): void {
  const readers = cutSlowReaders();
  const turns = createPageTurns({ now: () => performance.now(), refuse: (response) => void send(response, BUSY()) });
  serveFirst((request, response, pass) => {
    readers.watch(request.socket);
    drainUnreadBody(request, response);
    // On every answer: the first that a browser meets may be a redirect, a picture or an API call.
    if (isHttps) response.setHeader("Strict-Transport-Security", "max-age=31536000");
    mendAddress(request);
    const answer = answerTo(request);
    if (answer !== null) {
      void send(response, answer);
      return;
    }
    showOwnHost(request.headers);
    if (isPage(request)) turns(response, pass);
    else pass();
  });
}

const BUSY = () =>
  new Problem(503, "unavailable", "The shop is very busy right now. Try again in a few seconds.", {
    headers: { "Retry-After": "5" },
  }).toResponse();

/** What is made for one reader. Not files, nor what programs ask for; and forms have limits of their own (`app/limits/README.md`). */
function isPage({ method, url = "/" }: IncomingMessage): boolean {
  return (method === "GET" || method === "HEAD") && !/^\/(assets\/|api\/|healthz|readyz|metrics)/.test(url);
}

/** A host and perhaps a port, as RFC 9112 §3.2 wants it (400 otherwise). HTTP/1.0 needs none. Remix makes a URL of it. */
function isHost(host: string | undefined): boolean {
  return host === undefined || (/^(\[[\da-f:.]+\]|[\w.~-]+)(:\d*)?$/i.test(host) && URL.canParse(`http://${host}`));
}

/** Null: Remix answers. */
function answerTo({ headers, url = "/" }: IncomingMessage): Response | null {
  if (!isHost(headers.host))
    return new Problem(
      400,
      "invalid_request",
      "The Host header of this request names no host. Open the shop by its own address.",
    ).toResponse();
  const address = readAddress(url);
  switch (address.outcome) {
    case "too_long":
      return new Problem(414, "too_large", "The address of this request is too long.").toResponse();
    case "unreadable":
      return new Problem(400, "invalid_request", "The address of this request cannot be read.").toResponse();
    case "misspelled":
      return new Problem(
        404,
        "not_found",
        `There is no such address. Its exact spelling is ${address.exact}.`,
      ).toResponse();
    case "readable":
      return asksForPage(headers)
        ? (pageOfData(address.path) ?? answerToPath(address.path))
        : answerToPath(address.path);
  }
}

/** A person's browser, and no script of a page. */
function asksForPage(headers: IncomingMessage["headers"]): boolean {
  const destination = headers["sec-fetch-dest"];
  return destination === undefined ? (headers.accept ?? "").includes("text/html") : destination === "document";
}

/** Ids that end in `.data` are spelled otherwise in addresses now; by the old spelling Remix would show a person the data of another page. */
function pageOfData(path: string): Response | null {
  const id = /^\/products\/([^/]+\.data)$/.exec(path)?.[1];
  return id === undefined ? null : new Response(null, { status: 301, headers: { Location: productPath(id) } });
}

function answerToPath(path: string): Response | null {
  // Remix would run the same route and answer in the encoding of its own pages.
  if (/^\/(api\/.*|healthz|readyz|metrics)\.data$/i.test(path))
    return new Problem(404, "not_found", "There is no such address: leave out the “.data”.").toResponse();
  // Answers to the pages' scripts, for which alone Remix sends their status, cookie and headers: anybody else belongs to the cart.
  if (/^\/+cart\/panel\/*$/i.test(path))
    return new Response(null, { status: 307, headers: { Location: "/cart", "Cache-Control": "no-store" } });
  // The pictures of the sandbox are in a folder of this name, which a static server would lead into.
  if (/^\/+products\/*$/i.test(path)) return new Response(null, { status: 301, headers: { Location: "/" } });
  return null;
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}

/** Remix makes a URL of host and path, and an X-Forwarded-Host counts more than Host. A target may be a whole address, or `*`. */
function mendAddress(request: IncomingMessage): void {
  const { headers, url = "/" } = request;
  // Fetch's Request cannot be a TRACE, and Remix refuses what it does not know without `Allow`; like OPTIONS, no route answers them.
  if (!METHODS.has(request.method ?? "")) request.method = "OPTIONS";
  delete headers["x-forwarded-host"];
  if (!url.startsWith("/")) request.url = URL.canParse(url) ? new URL(url).pathname + new URL(url).search : "/";
  request.url = withoutData(request.url ?? "/");
}

/** A parameter `_data` names a route in the way that Remix had before single fetch, which it still answers, beside our own answers. */
function withoutData(url: string): string {
  const [path = "", ...rest] = url.split("?");
  const query = new URLSearchParams(rest.join("?"));
  if (!query.has("_data")) return url;
  query.delete("_data");
  return `${path}?${query.toString()}`;
}

/**
 * Lets a post from another site reach our own check. Remix has one of its own, which answers an empty 500, and does so to
 * every form once a proxy changes the Host. It compares Origin with X-Forwarded-Host, which nothing else here reads, so
 * that is what it is given; `requireOwnOrigin`, which every route that changes something calls, then refuses in words.
 * Source: `throwIfPotentialCSRFAttack` in @remix-run/server-runtime 2.17.5.
 */
function showOwnHost(headers: IncomingMessage["headers"]): void {
  if (headers.origin === undefined) return;
  // Remix stumbles over an Origin that is no URL.
  if (!URL.canParse(headers.origin)) headers.origin = "null";
  headers["x-forwarded-host"] = headers.origin === "null" ? "null" : new URL(headers.origin).host;
}
