import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** A network of clients, and how many times the limits of one address it may use. */
interface Network {
  readonly id: string;
  readonly share: number;
}

/** Where a request came from, as far as it can be believed. */
export type ClientAddress =
  /** The address itself, or the networks that it belongs to, smallest first. */
  | { readonly kind: "known"; readonly networks: readonly Network[] }
  /** A trusted proxy stands before the server, and the header does not say what it should. */
  | { readonly kind: "unreadable" }
  /** No proxy is trusted, so there is nothing to believe. */
  | { readonly kind: "unknown" };

/**
 * A household gets a /64 or a /56, a company or a rented server up to a /48. Somebody with a /48 has 65,536 of the smallest ones, and yet
 * only eight times what one address has.
 */
const NETWORKS_OF_IPV6 = [
  { bits: 64, share: 1 },
  { bits: 56, share: 2 },
  { bits: 48, share: 8 },
];

/** Every `share` that a network can have. */
export const SHARES: readonly number[] = NETWORKS_OF_IPV6.map(({ share }) => share);

/**
 * Proxies append to `X-Forwarded-For`, so with `hops` trusted proxies the entry that far from the right was written by one of them;
 * the server cannot see the socket. Some proxies write the port as well.
 */
export function clientAddress(headers: Headers, hops: number): ClientAddress {
  if (hops === 0) return { kind: "unknown" };
  const entries = (headers.get("X-Forwarded-For") ?? "").split(",");
  const address = withoutPort((entries.at(-hops) ?? "").trim());
  // `isIP` first: ipaddr.js takes an IPv4 address in octal, or as one number.
  if (entries.length < hops || isIP(address) === 0) return { kind: "unreadable" };
  return { kind: "known", networks: networksOf(ipaddr.parse(address)) };
}

/** `1.2.3.4:5678`, `[2001:db8::7]:443`, `[2001:db8::7]`. */
function withoutPort(entry: string): string {
  return (
    /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/
      .exec(entry)
      ?.slice(1)
      .find((part) => part !== undefined) ?? entry
  );
}

/** An IPv4 address in IPv6 clothes (mapped, or by NAT64's own prefix) is the IPv4 address. */
function networksOf(address: ipaddr.IPv4 | ipaddr.IPv6): readonly Network[] {
  if (address instanceof ipaddr.IPv4) return [{ id: address.toString(), share: 1 }];
  const bytes = address.toByteArray();
  const isIpv4 = address.isIPv4MappedAddress() || address.range() === "rfc6052";
  if (isIpv4) return [{ id: bytes.slice(12).join("."), share: 1 }];
  return NETWORKS_OF_IPV6.map(({ bits, share }) => ({
    id: `${Buffer.from(bytes.slice(0, bits / 8)).toString("hex")}::/${bits}`,
    share,
  }));
}
