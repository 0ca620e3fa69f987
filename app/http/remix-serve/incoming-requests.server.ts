import type { IncomingMessage, ServerResponse } from "node:http";
import { productPath } from "~/catalog/product-address";
import { readAddress } from "~/http/address.server";
import { Problem } from "~/http/problem.server";
import { preferCompressed } from "./compressed-assets.server";
import { interceptRequests } from "./first-listener.server";
import { createPageTurns } from "./page-turns.server";
import { busyPage, malformedUrlPage } from "./plain-page.server";
import { cutSlowReaders } from "./slow-readers.server";
import { drainUnreadBody } from "./unread-bodies.server";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Handles every request before Remix: responds to those that Remix would answer with an empty 500, and normalizes URLs and headers that
 * it cannot parse. `tests/api/bad-input.test.ts` and `e2e/bad-input.spec.ts` fail without it.
 */
export function receiveRequests({ isHttps }: { readonly isHttps: boolean }): void {
  const readers = cutSlowReaders();
  const turns = createPageTurns({
    now: () => performance.now(),
    refuse: (response) => void refuse(response),
  });
  interceptRequests((request, response, pass) => {
    readers.watch(request.socket);
    drainUnreadBody(request, response);
    // On every response: the first one that a browser gets may be a redirect, an image or an API call.
    if (isHttps) response.setHeader("Strict-Transport-Security", "max-age=31536000");
    normalizeTarget(request);
    const early = earlyResponse(request);
    if (early !== null) {
      void Promise.resolve(early).then((result) => send(response, result));
      return;
    }
    alignHostWithOrigin(request.headers);
    preferCompressed(request, response);
    if (isPage(request)) turns(response, pass);
    else pass();
  });
}

async function refuse(response: ServerResponse): Promise<void> {
  const busy = isNavigation(response.req.headers)
    ? await busyPage()
    : new Problem(503, "unavailable", "The shop is very busy right now. Try again in a few seconds.", {
        headers: { "Retry-After": "5" },
      }).toResponse();
  await send(response, busy);
}

/** Whether the response is a page rendered for one shopper: not a file, not an API response. Forms have their own limits (`app/limits/README.md`). */
function isPage({ method, url = "/" }: IncomingMessage): boolean {
  return (
    (method === "GET" || method === "HEAD") &&
    !/^\/(assets\/|api\/|healthz|readyz|metrics|favicon\.|apple-touch-icon|icon-|site\.webmanifest)/.test(url)
  );
}

/** A host with an optional port; RFC 9112 §3.2 requires a 400 for anything else. HTTP/1.0 needs none. Remix builds a URL from it. */
function isHost(host: string | undefined): boolean {
  return host === undefined || (/^(\[[\da-f:.]+\]|[\w.~-]+)(:\d*)?$/i.test(host) && URL.canParse(`http://${host}`));
}

/** The response to a request that must not reach Remix; null for all others. */
function earlyResponse({ headers, url = "/" }: IncomingMessage): Response | Promise<Response> | null {
  if (!isHost(headers.host))
    return new Problem(
      400,
      "invalid_request",
      "The request's Host header is invalid. Open the shop at its own address.",
    ).toResponse();
  const address = readAddress(url);
  switch (address.outcome) {
    case "too_long":
      return isNavigation(headers)
        ? malformedUrlPage(414)
        : new Problem(414, "too_large", "The URL of this request is too long.").toResponse();
    case "unreadable":
      return isNavigation(headers)
        ? malformedUrlPage(400)
        : new Problem(400, "invalid_request", "The URL of this request is invalid.").toResponse();
    case "misspelled":
      return new Problem(404, "not_found", `Not found. The exact path is ${address.exact}.`).toResponse();
    case "readable":
      return isNavigation(headers)
        ? (redirectOldDataPath(address.path) ?? responseForPath(address.path))
        : responseForPath(address.path);
  }
}

/** Whether a browser navigates here, as opposed to a fetch by a page's script. */
function isNavigation(headers: IncomingMessage["headers"]): boolean {
  const destination = headers["sec-fetch-dest"];
  return destination === undefined ? (headers.accept ?? "").includes("text/html") : destination === "document";
}

/** Redirects old links to products whose id ends in `.data`: Remix would show the data of another page. Today such ids are escaped. */
function redirectOldDataPath(path: string): Response | null {
  const id = /^\/products\/([^/]+\.data)$/.exec(path)?.[1];
  return id === undefined ? null : new Response(null, { status: 301, headers: { Location: productPath(id) } });
}

function responseForPath(path: string): Response | null {
  // Remix would run the route and encode its response for its own client.
  if (/^\/(api\/.*|healthz|readyz|metrics)\.data$/i.test(path))
    return new Problem(404, "not_found", "Not found: remove “.data” from the path.").toResponse();
  // `/cart/panel` is for client-side fetches, which use `.data`; only for those does Remix send status, cookie and headers. Others go to the cart.
  if (/^\/+cart\/panel\/*$/i.test(path))
    return new Response(null, { status: 307, headers: { Location: "/cart", "Cache-Control": "no-store" } });
  // The sandbox's images are in a folder of this name, which the static file server would try to serve.
  if (/^\/+products\/*$/i.test(path)) return new Response(null, { status: 301, headers: { Location: "/" } });
  return null;
}

async function send(target: ServerResponse, response: Response): Promise<void> {
  target.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
}

/** Makes method, host and target ones that Remix can build a Request from. It prefers X-Forwarded-Host to Host. A target may also be a full URL or `*`. */
function normalizeTarget(request: IncomingMessage): void {
  const { headers, url = "/" } = request;
  // Fetch's Request cannot be a TRACE, and Remix rejects unknown methods without an `Allow` header. No route handles OPTIONS either.
  if (!METHODS.has(request.method ?? "")) request.method = "OPTIONS";
  delete headers["x-forwarded-host"];
  if (!url.startsWith("/")) request.url = URL.canParse(url) ? new URL(url).pathname + new URL(url).search : "/";
  request.url = withoutDataParameter(request.url ?? "/");
}

/** Removes `_data`, which names a route in Remix's protocol before single fetch. Remix still supports it, bypassing our own responses. */
function withoutDataParameter(url: string): string {
  const [path = "", ...rest] = url.split("?");
  const query = new URLSearchParams(rest.join("?"));
  if (!query.has("_data")) return url;
  query.delete("_data");
  return `${path}?${query.toString()}`;
}

/**
 * Makes posts from other sites pass Remix's check, so that they reach our own. Remix's check responds with an empty 500, and does so to
 * every form behind a proxy that changes Host. It compares Origin with X-Forwarded-Host, which nothing else here reads, so we set that
 * header; `requireOwnOrigin`, which every mutating route calls, then rejects such posts with a message.
 * Source: `throwIfPotentialCSRFAttack` in @remix-run/server-runtime 2.17.5.
 */
function alignHostWithOrigin(headers: IncomingMessage["headers"]): void {
  if (headers.origin === undefined) return;
  // Remix fails on an Origin that is not a URL.
  if (!URL.canParse(headers.origin)) headers.origin = "null";
  headers["x-forwarded-host"] = headers.origin === "null" ? "null" : new URL(headers.origin).host;
}
