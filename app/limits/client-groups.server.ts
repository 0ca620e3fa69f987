import { createHmac } from "node:crypto";
import { clientAddress } from "~/http/client-address";

/** Some clients that share a limit. */
export interface ClientGroup {
  /** Names no address: a hash that only this shop can make. */
  readonly key: string;
  /** How many times the limit of one address the group has. */
  readonly share: number;
}

export interface ClientGroupsOptions {
  readonly trustedProxyHops: number;
  /** For hashes; servers that count together need the same. */
  readonly secret: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: { warn(facts: object, message: string): void };
}

export interface ClientGroups {
  /**
   * The groups that the client of this request belongs to, smallest first; none where no proxy is trusted. Behind a trusted proxy all
   * clients whose address cannot be read are one group: `isOneClient` is false then, since they may be everybody.
   */
  of(headers: Headers): { readonly groups: readonly ClientGroup[]; readonly isOneClient: boolean };
  /** What an operator has to know, a sentence each. */
  warnings: () => readonly string[];
}

const MINUTE_MS = 60_000;
/** Unreadable addresses in a minute that are worth a warning: a program inside the network makes a few. */
const TOLD_FROM = 10;
const TOLD_FOR_MS = 15 * MINUTE_MS;

export function createClientGroups({ trustedProxyHops, secret, now, log }: ClientGroupsOptions): ClientGroups {
  let unreadable = { since: -Infinity, count: 0 };
  let toldUntil = -Infinity;
  let hasWarnedOfProxy = false;
  const hashOf = (id: string) =>
    createHmac("sha256", secret).update(`holdfast-client:${id}`).digest("base64url").slice(0, 22);
  const warning =
    `X-Forwarded-For doesn't name the client's address where TRUSTED_PROXY_HOPS=${trustedProxyHops} expects it (${TOLD_FROM} requests or more in a minute). ` +
    "These clients share one rate limit, and MAX_UNITS_PER_CLIENT is off for them. Check the proxy's settings and the number of proxies.";

  function noteUnreadable(): void {
    const at = now();
    if (at - unreadable.since >= MINUTE_MS) unreadable = { since: at, count: 0 };
    unreadable.count += 1;
    if (unreadable.count < TOLD_FROM) return;
    if (at >= toldUntil) log.warn({}, warning);
    toldUntil = at + TOLD_FOR_MS;
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
    warnings: () => (now() < toldUntil ? [warning] : []),
  };
}
