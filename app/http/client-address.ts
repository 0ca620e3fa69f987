import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** A network of clients; `share` is how many times the limits of one address it gets. */
interface Network {
  readonly id: string;
  readonly share: number;
}

/** The client address of a request, as far as it can be trusted. */
export type ClientAddress =
  /** The IPv4 address itself, or the IPv6 networks that contain the address, smallest first. */
  | { readonly kind: "known"; readonly networks: readonly Network[] }
  /** There is a trusted proxy, but its header has no valid address. */
  | { readonly kind: "unreadable" }
  /** No proxy is trusted, so the header is ignored. */
  | { readonly kind: "unknown" };

/**
 * A household gets a /64 or a /56, a company or a rented server up to a /48. The owner of a /48 has 65,536 /64 networks, but only eight
 * times the limits of one address.
 */
const NETWORKS_OF_IPV6 = [
  { bits: 64, share: 1 },
  { bits: 56, share: 2 },
  { bits: 48, share: 8 },
];

/** All possible values of `share`. */
export const SHARES: readonly number[] = NETWORKS_OF_IPV6.map(({ share }) => share);

/**
 * The client's address from `X-Forwarded-For`. Proxies append to it, so with `hops` trusted proxies, the entry that far from the right was
 * written by one of them; routes cannot see the socket. Some proxies include the port.
 */
export function clientAddress(headers: Headers, hops: number): ClientAddress {
  if (hops === 0) return { kind: "unknown" };
  const entries = (headers.get("X-Forwarded-For") ?? "").split(",");
  const address = withoutPort((entries.at(-hops) ?? "").trim());
  // `isIP` first: ipaddr.js also accepts IPv4 addresses in octal or as one number.
  if (entries.length < hops || isIP(address) === 0) return { kind: "unreadable" };
  return { kind: "known", networks: networksOf(ipaddr.parse(address)) };
}

/** Strips the port and brackets from `1.2.3.4:5678`, `[2001:db8::7]:443` and `[2001:db8::7]`. */
function withoutPort(entry: string): string {
  return (
    /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/
      .exec(entry)
      ?.slice(1)
      .find((part) => part !== undefined) ?? entry
  );
}

/** Networks of an address. An IPv4 address inside an IPv6 one (mapped, or NAT64's well-known prefix) counts as the IPv4 address. */
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
