/**
 * The address of a product's picture, from an image column of any type; null if it names none that a page could load.
 *
 * Text, the first usable entry of an array, or the `url`, `src` or `path` of an object; text may hold such an array or object as JSON.
 * http(s) addresses are used as they are; paths come after `baseUrl`. Without one, paths that begin with "/" lead to the shop itself and
 * others lead nowhere. `baseUrl` has no query.
 *
 * @example
 * pictureAddress([{ path: "mugs/tide mug.jpg" }], "https://cdn.example.com/shop"); // "https://cdn.example.com/shop/mugs/tide%20mug.jpg"
 */
export function pictureAddress(value: unknown, baseUrl: string | null): string | null {
  for (const entry of entriesOf(value)) {
    const address = addressOf(textOf(entry), baseUrl);
    if (address !== null) return address;
  }
  return null;
}

function entriesOf(value: unknown): readonly unknown[] {
  if (typeof value === "string" && /^\s*[[{]/.test(value)) {
    try {
      return entriesOf(JSON.parse(value));
    } catch {
      return [value];
    }
  }
  return Array.isArray(value) ? value : [value];
}

function textOf(entry: unknown): string {
  if (typeof entry === "string") return entry.trim();
  if (typeof entry !== "object" || entry === null) return "";
  const { url, src, path } = entry as Readonly<Record<string, unknown>>;
  return textOf([url, src, path].find((text) => typeof text === "string" && text.trim() !== ""));
}

function addressOf(text: string, baseUrl: string | null): string | null {
  // Browsers leave control characters out of addresses, so a scheme could hide behind one.
  if (text === "" || /[\p{Cc}\p{Cs}]/u.test(text)) return null;
  if (/^https?:\/\//i.test(text)) return absolute(text);
  // Any other scheme (javascript:, data:), or an address of another host (//host, which browsers also read in \\host).
  if (/^[a-z][a-z\d+.-]*:|^[/\\]{2}/i.test(text)) return null;
  if (baseUrl === null && !text.startsWith("/")) return null;

  const [, path = "", query = ""] = /^([^?]*)(.*)$/.exec(text) ?? [];
  const encoded = encodedPath(path);
  if (encoded === null || encoded === "") return null;
  const url = new URL(baseUrl ?? "http://shop.invalid");
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${encoded}`;
  url.search = query;
  return baseUrl === null ? url.pathname + url.search : url.href;
}

function absolute(text: string): string | null {
  try {
    return new URL(text).href;
  } catch {
    return null;
  }
}

/** Without a slash at the start; null if the path leads upwards. What is encoded already stays as it is. */
function encodedPath(path: string): string | null {
  const names = path.split("/").map((segment) => {
    try {
      return decodeURIComponent(segment);
    } catch {
      return segment;
    }
  });
  if (names.some((name) => name.split(/[/\\]/).includes(".."))) return null;
  return names
    .filter((name) => name !== ".")
    .map(encodeURIComponent)
    .join("/")
    .replace(/^\/+/, "");
}
