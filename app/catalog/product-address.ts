/**
 * What a segment of an address cannot say as it is: `.` and `..` are detours, an ending `.data` asks Remix for a page's data, and an
 * escaped slash, backslash or percent sign is undone once too often on the way. `~` begins the escape that stands for them.
 */
const ESCAPED = /~(7E|25|2F|5C|2E)/g;

/** The path of a product's page. */
export function productPath(id: string): string {
  const plain = id.replace(/[~%/\\]/g, escape);
  const safe = /^\.{1,2}$|\.data$/.test(id) ? plain.replaceAll(".", escape) : plain;
  return `/products/${encodeURIComponent(safe)}`;
}

/** The id in the address of a product's page, read from the address itself, since a router undoes escapes of its own. */
export function productIdIn(url: string): string {
  const segment = /^\/+products\/+([^/]*)/i.exec(new URL(url).pathname)?.[1] ?? "";
  return decodeURIComponent(segment).replace(ESCAPED, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

function escape(character: string): string {
  return `~${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
