import type { HeadersFunction } from "@remix-run/node";

/** Passes the Retry-After header of a loader, an action or an error on to the page, which Remix would send without it. */
export const retryAfter: HeadersFunction = ({ actionHeaders, loaderHeaders, errorHeaders }) => {
  const wait = errorHeaders?.get("Retry-After") ?? actionHeaders.get("Retry-After") ?? loaderHeaders.get("Retry-After");
  return new Headers(wait === null ? [] : [["Retry-After", wait]]);
};
