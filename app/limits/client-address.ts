import { isIP } from "node:net";

/**
 * The network address that a request came from, as far as it can be believed: proxies append to `X-Forwarded-For`, so with
 * `hops` trusted proxies the entry that far from the right was written by one of them. Null with 0 hops (the server cannot
 * see the socket) and when the header is shorter than it must be. IPv6 counts by /64, which is what one household gets.
 */
export function clientAddress(headers: Headers, hops: number): string | null {
  if (hops === 0) return null;
  const entries = (headers.get("X-Forwarded-For") ?? "").split(",").map((entry) => entry.trim());
  const address = entries.at(-hops) ?? "";
  if (entries.length < hops) return null;
  const kind = isIP(address);
  if (kind === 4) return address;
  return kind === 6 ? network64(address) : null;
}

/** The first 64 bits; an IPv4 address in IPv6 clothes is the IPv4 address. */
function network64(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const bare = address.split("%")[0] ?? address;
  const [head = "", tail] = bare.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? [] : Array.from({ length: 8 - groups.length - after.length }, () => "0");
  return `${[...groups, ...gap, ...after].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
