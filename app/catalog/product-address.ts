/**
 * Ids that a URL path segment cannot contain as they are: `.` and `..` are resolved away, a trailing `.data` asks Remix for a page's
 * data, and an escaped slash, backslash or percent sign gets decoded once too often. Such characters are escaped with `~`.
 */
const ESCAPED = /~(7E|25|2F|5C|2E)/g;

/**
 * The path of a product's page; `productIdIn` is its inverse.
 *
 * @example
 * productPath("a/b"); // "/products/a~2Fb"
 */
export function productPath(id: string): string {
  const plain = id.replace(/[~%/\\]/g, escape);
  const safe = /^\.{1,2}$|\.data$/.test(id) ? plain.replaceAll(".", escape) : plain;
  return `/products/${encodeURIComponent(safe)}`;
}

/** The product id in a page's URL. Read from the URL and not from the router's params, which are already decoded. */
export function productIdIn(url: string): string {
  const segment = /^\/+products\/+([^/]*)/i.exec(new URL(url).pathname)?.[1] ?? "";
  return decodeURIComponent(segment).replace(ESCAPED, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

function escape(character: string): string {
  return `~${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
