import { createHmac } from "node:crypto";
import { clientAddress } from "~/http/client-address";

/** Clients that share a limit. */
export interface ClientGroup {
  /** Contains no address: a hash that only this shop can compute. */
  readonly key: string;
  /** The group's limit, as a multiple of the limit of one address. */
  readonly share: number;
}

export interface ClientGroupsOptions {
  readonly trustedProxyHops: number;
  /** Key for hashes; servers that count together need the same one. */
  readonly secret: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: { warn(facts: object, message: string): void };
}

export interface ClientGroups {
  /**
   * The groups that the request's client belongs to, smallest first; none if no proxy is trusted. Behind a trusted proxy, all clients
   * without a valid address form one group, with `isOneClient` false, since it may be everybody.
   */
  of(headers: Headers): { readonly groups: readonly ClientGroup[]; readonly isOneClient: boolean };
  /** Warnings for the operator. */
  warnings: () => readonly string[];
}

const MINUTE_MS = 60_000;
/** Unreadable addresses per minute that trigger a warning: programs inside the network cause a few. */
const WARN_FROM = 10;
const WARN_FOR_MS = 15 * MINUTE_MS;

export function createClientGroups({ trustedProxyHops, secret, now, log }: ClientGroupsOptions): ClientGroups {
  let unreadable = { since: -Infinity, count: 0 };
  let warnUntil = -Infinity;
  let hasWarnedOfProxy = false;
  const hashOf = (id: string) =>
    createHmac("sha256", secret).update(`holdfast-client:${id}`).digest("base64url").slice(0, 22);
  const warning =
    `X-Forwarded-For doesn't name the client's address where TRUSTED_PROXY_HOPS=${trustedProxyHops} expects it (${WARN_FROM} requests or more in a minute). ` +
    "These clients share one rate limit, and MAX_UNITS_PER_CLIENT is off for them. Check the proxy's settings and the number of proxies.";

  function noteUnreadable(): void {
    const at = now();
    if (at - unreadable.since >= MINUTE_MS) unreadable = { since: at, count: 0 };
    unreadable.count += 1;
    if (unreadable.count < WARN_FROM) return;
    if (at >= warnUntil) log.warn({}, warning);
    warnUntil = at + WARN_FOR_MS;
  }

  return {
    of(headers) {
      if (trustedProxyHops === 0 && !hasWarnedOfProxy && headers.has("X-Forwarded-For")) {
        hasWarnedOfProxy = true;
        log.warn({}, "X-Forwarded-For is seen but TRUSTED_PROXY_HOPS is 0: limits by network address are off");
      }
      const address = clientAddress(headers, trustedProxyHops);
      switch (address.kind) {
        case "known":
          return { groups: address.networks.map(({ id, share }) => ({ key: hashOf(id), share })), isOneClient: true };
        case "unreadable":
          noteUnreadable();
          return { groups: [{ key: hashOf("unreadable"), share: 1 }], isOneClient: false };
        case "unknown":
          return { groups: [], isOneClient: true };
      }
    },
    warnings: () => (now() < warnUntil ? [warning] : []),
  };
}
