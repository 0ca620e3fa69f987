/**
 * Longest path and most segments that any page has: ids of products have up to 1,000 characters, some of which are written in several.
 * Remix compares each route with each part of a path, so what a path costs grows with the square of its segments.
 */
const LONGEST_PATH = 2_500;
const MOST_SEGMENTS = 16;

/** Routes of programs and operators, in lower case. Everything below `/api/` belongs to them. */
const MACHINE_ROUTES = new Set(["/metrics", "/healthz", "/readyz", "/admin"]);

export type Address =
  | { readonly outcome: "readable"; readonly path: string }
  | { readonly outcome: "too_long" | "unreadable" }
  /** Leads to a machine's or an operator's route in another spelling than its own, which a proxy's rules for `exact` do not cover. */
  | { readonly outcome: "misspelled"; readonly exact: string };

/** Reads the path of a request's target as Remix would: without detours, and with its escapes undone. */
export function readAddress(target: string): Address {
  const [written = ""] = target.split("?", 1);
  if (written.length > LONGEST_PATH || written.split(/[/\\]/, MOST_SEGMENTS + 2).length > MOST_SEGMENTS + 1)
    return { outcome: "too_long" };
  const path = pathOf(written);
  if (path === null) return { outcome: "unreadable" };
  // Remix answers an address that ends in `.data` with the data of the page before it.
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

/** Null where the escapes stand for no text. */
function pathOf(written: string): string | null {
  try {
    return decodeURIComponent(new URL(`http://shop${written}`).pathname);
  } catch {
    return null;
  }
}
