import { randomBytes } from "node:crypto";
import {
  createReadableStreamFromReadable,
  type ActionFunctionArgs,
  type EntryContext,
  type LoaderFunctionArgs,
} from "@remix-run/node";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { renderToPipeableStream } from "react-dom/server";
import { NonceProvider } from "~/components/nonce";
import { pageHeaders } from "~/http/page-headers.server";
import { container } from "./boot/container.server";
import { usesHttps } from "./boot/settings.server";
import { receiveRequests } from "./http/remix-serve/incoming-requests.server";
import { withoutZeroBytes } from "./http/remix-serve/zero-bytes.server";

const RENDER_DEADLINE_MS = 5_000;

receiveRequests({ isHttps: usesHttps(container.env) });

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  context: EntryContext,
): Promise<Response> {
  const nonce = randomBytes(16).toString("base64");
  for (const [name, value] of Object.entries(pageHeaders(container.env, import.meta.env.DEV ? null : nonce)))
    headers.set(name, value);
  headers.set("Content-Type", "text/html; charset=utf-8");
  if (status === 503 && !headers.has("Retry-After")) headers.set("Retry-After", "2");
  const page = (
    <NonceProvider value={nonce}>
      <RemixServer context={context} url={request.url} abortDelay={RENDER_DEADLINE_MS} nonce={nonce} />
    </NonceProvider>
  );
  return new Promise((resolve, reject) => {
    let isSent = false;
    const { pipe, abort } = renderToPipeableStream(page, {
      nonce,
      onShellReady() {
        isSent = true;
        const body = withoutZeroBytes();
        resolve(new Response(createReadableStreamFromReadable(body), { headers, status }));
        pipe(body);
      },
      onShellError: reject,
      onError(error) {
        // Earlier errors reject, and Remix passes them to `handleError`.
        if (isSent) container.log.error({ err: error }, "page failed while being sent");
      },
    });
    setTimeout(abort, RENDER_DEADLINE_MS + 1_000).unref();
  });
}

/** Sets the pages' cache headers on responses to their scripts, which contain the same data. */
export function handleDataRequest(response: Response): Response {
  response.headers.set("Cache-Control", "private, no-store");
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}

/** Logs unexpected errors. Expected failures never get here. */
export function handleError(error: unknown, { request }: LoaderFunctionArgs | ActionFunctionArgs): void {
  // A method that the page does not support: a client error.
  if (isRouteErrorResponse(error) && error.status < 500) return;
  if (!request.signal.aborted) container.log.error({ err: error, path: new URL(request.url).pathname }, "page failed");
}
