import type { ClientAddress } from "~/http/client-address";

/** Streams per session. A browser has one per visible tab. */
const PER_SESSION = 8;
/** Streams per address: an eighth of what one server can serve. Beyond that, the pages of a campus poll. */
const PER_ADDRESS = 250;

/** The client that a stream belongs to. */
interface Client {
  /** Hash of the shopper's session id; null if unknown. */
  readonly sessionHash: string | null;
  readonly address: ClientAddress;
}

/** Keeps one client from taking all streams of a server. Counted per process. */
export interface StreamPlaces {
  /** Takes a place and returns an idempotent function that frees it; null if the client already has the maximum. */
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
          ? address.networks.map(({ id, share }) => ({ key: `address ${id}`, max: PER_ADDRESS * share }))
          : [];
      if (sessionHash !== null) places.push({ key: `session ${sessionHash}`, max: PER_SESSION });
      // All clients with neither a cart nor an address share one count: pages have a cart.
      if (places.length === 0) places.push({ key: "unknown", max: PER_ADDRESS });
      if (places.some(({ key, max }) => (taken.get(key) ?? 0) >= max)) return null;
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
