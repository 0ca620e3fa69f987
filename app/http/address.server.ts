/**
 * Longest path in characters, and most segments, of any page: product ids have up to 1,000 characters, some of which take several in a
 * URL. Remix compares every route with every part of a path, so the cost of a path grows with the square of its segments.
 */
const MAX_PATH_LENGTH = 2_500;
const MAX_SEGMENTS = 16;

/** Routes for programs and operators, in lower case. Everything below `/api/` is one, too. */
const MACHINE_ROUTES = new Set(["/metrics", "/healthz", "/readyz", "/admin"]);

export type Address =
  | { readonly outcome: "readable"; readonly path: string }
  | { readonly outcome: "too_long" | "unreadable" }
  /** Would reach a route for programs or operators by a spelling that a proxy's rules for `exact` do not match. */
  | { readonly outcome: "misspelled"; readonly exact: string };

/**
 * Reads the path of a request target as Remix would: dot segments resolved and escapes decoded.
 *
 * @example
 * readAddress("/x/../METRICS"); // { outcome: "misspelled", exact: "/metrics" }
 */
export function readAddress(target: string): Address {
  const [written = ""] = target.split("?", 1);
  if (written.length > MAX_PATH_LENGTH || written.split(/[/\\]/, MAX_SEGMENTS + 2).length > MAX_SEGMENTS + 1)
    return { outcome: "too_long" };
  const path = pathOf(written);
  if (path === null) return { outcome: "unreadable" };
  // For a path that ends in `.data`, Remix returns the data of the page without it.
  const [bare, ending] = path.endsWith(".data") ? [path.slice(0, -".data".length), ".data"] : [path, ""];
  const route = bare
    .replace(/\/+/g, "/")
    .replace(/(.)\/$/, "$1")
    .toLowerCase();
  const isMachines = MACHINE_ROUTES.has(route) || route === "/api" || route.startsWith("/api/");
  return isMachines && route + ending !== written
    ? { outcome: "misspelled", exact: route + ending }
    : { outcome: "readable", path };
}

/** The decoded path; null if its escapes are not valid UTF-8. */
function pathOf(written: string): string | null {
  try {
    return decodeURIComponent(new URL(`http://shop${written}`).pathname);
  } catch {
    return null;
  }
}
