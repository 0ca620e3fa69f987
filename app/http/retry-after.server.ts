import type { HeadersFunction } from "@remix-run/node";

/** Of what a loader, an action or a refusal said besides its words, the time to come back; Remix sends a page without these headers otherwise. */
export const retryAfter: HeadersFunction = ({ actionHeaders, loaderHeaders, errorHeaders }) => {
  const wait = errorHeaders?.get("Retry-After") ?? actionHeaders.get("Retry-After") ?? loaderHeaders.get("Retry-After");
  return new Headers(wait === null ? [] : [["Retry-After", wait]]);
};
