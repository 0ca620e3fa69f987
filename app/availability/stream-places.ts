import type { ClientAddress } from "~/http/client-address";

/** A browser keeps one stream in each tab that can be seen. */
const OF_A_SESSION = 8;
/** An eighth of what one server can serve. A campus that has more of them polls with the rest. */
const OF_AN_ADDRESS = 250;

/** Whose stream it is. */
interface Client {
  /** Hash of the shopper's session id; null: not known. */
  readonly sessionHash: string | null;
  readonly address: ClientAddress;
}

/** Keeps one client from taking all streams of a server. Counts for this process. */
export interface StreamPlaces {
  /** Takes a place; returns the way to give it back, which may be called twice. Null: this client has as many as one may have. */
  take(client: Client): (() => void) | null;
}

export function createStreamPlaces(): StreamPlaces {
  const taken = new Map<string, number>();

  function add(keys: readonly string[], more: 1 | -1): void {
    for (const key of keys) {
      const count = (taken.get(key) ?? 0) + more;
      if (count > 0) taken.set(key, count);
      else taken.delete(key);
    }
  }

  return {
    take({ sessionHash, address }) {
      const places =
        address.kind === "known"
          ? address.networks.map(({ id, share }) => ({ key: `address ${id}`, most: OF_AN_ADDRESS * share }))
          : [];
      if (sessionHash !== null) places.push({ key: `session ${sessionHash}`, most: OF_A_SESSION });
      // Whoever shows neither a cart nor an address is counted with all others of that kind: pages bring a cart.
      if (places.length === 0) places.push({ key: "unknown", most: OF_AN_ADDRESS });
      if (places.some(({ key, most }) => (taken.get(key) ?? 0) >= most)) return null;
      const keys = places.map(({ key }) => key);
      add(keys, 1);
      let isTaken = true;
      return () => {
        if (isTaken) add(keys, -1);
        isTaken = false;
      };
    },
  };
}
