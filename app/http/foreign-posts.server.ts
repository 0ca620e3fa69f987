import { subscribe } from "node:diagnostics_channel";
import { IncomingMessage } from "node:http";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Lets a post from another site reach our own check. Remix has one of its own, which answers an empty 500, and does so to
 * every form once a proxy changes the Host. It compares Origin with X-Forwarded-Host, which nothing else here reads, so
 * that is what it is given; `requireOwnOrigin`, which every route that changes something calls, then refuses in words.
 * Source: `throwIfPotentialCSRFAttack` in @remix-run/server-runtime 2.17.5. `e2e/bad-input.spec.ts` fails without it.
 */
export function refuseForeignPostsInWords(): void {
  subscribe("http.server.request.start", (message) => {
    const isRequest = typeof message === "object" && message !== null && "request" in message;
    if (isRequest && message.request instanceof IncomingMessage) {
      mendAddress(message.request);
      showOwnHost(message.request.headers);
    }
  });
}

/**
 * Remix makes a URL of host and path, and answers an empty 500 where none can be made: a host that is none, a port that is
 * none in X-Forwarded-Host, a target that is a whole address or `*`, or a TRACE. `tests/api/bad-input.test.ts` fails without it.
 */
function mendAddress(request: IncomingMessage): void {
  const { headers, url = "/" } = request;
  // Fetch's Request cannot be a TRACE, and Remix refuses what it does not know without `Allow`; like OPTIONS, no route answers them.
  if (!METHODS.has(request.method ?? "")) request.method = "OPTIONS";
  delete headers["x-forwarded-host"];
  if (!URL.canParse(`http://${headers.host}`)) headers.host = "invalid";
  if (!url.startsWith("/")) request.url = URL.canParse(url) ? new URL(url).pathname + new URL(url).search : "/";
}

function showOwnHost(headers: IncomingMessage["headers"]): void {
  if (headers.origin === undefined) return;
  // Remix stumbles over an Origin that is no URL.
  if (!URL.canParse(headers.origin)) headers.origin = "null";
  headers["x-forwarded-host"] = headers.origin === "null" ? "null" : new URL(headers.origin).host;
}
