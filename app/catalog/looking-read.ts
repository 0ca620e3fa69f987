import { UnavailableError } from "~/errors";
import type { Stock } from "./catalog";
import { createSharedRead } from "./shared-stock-read";

/** How long an id without a row counts as having none, and how many such ids are remembered: made-up ids cost one read and bounded memory. */
const UNKNOWN_FOR_MS = 5_000;
const MOST_UNKNOWN = 10_000;
/** Ids that may be on the way at once: the next calls are refused instead of being kept waiting. */
const MOST_WAITING = 1_000;

interface LookingOptions {
  readonly read: (productIds: readonly string[]) => Promise<Stock>;
  /** Milliseconds of any clock that does not go back. */
  readonly now: () => number;
  readonly mostWaiting?: number;
}

/**
 * A read for pages, lookups and live figures, which nothing is decided on. It shares no read with shoppers who add and pay, so that
 * any number of lookups of made-up ids delays nobody but other lookups. Fails without: "an add beside a flood of lookups".
 * Throws `UnavailableError` also while too many ids are being looked up.
 */
export function createLookingRead({
  read,
  now,
  mostWaiting = MOST_WAITING,
}: LookingOptions): (productIds: readonly string[]) => Promise<Stock> {
  const shared = createSharedRead(read);
  /** Until when; oldest first. */
  const unknown = new Map<string, number>();
  let waiting = 0;

  function remember(productId: string): void {
    unknown.delete(productId);
    unknown.set(productId, now() + UNKNOWN_FOR_MS);
    if (unknown.size <= MOST_UNKNOWN) return;
    for (const oldest of unknown.keys()) {
      unknown.delete(oldest);
      return;
    }
  }

  return async (productIds) => {
    const asked = [...new Set(productIds)].filter((id) => (unknown.get(id) ?? -Infinity) <= now());
    if (waiting + asked.length > mostWaiting)
      throw new UnavailableError("too many products are being looked up at the moment");
    waiting += asked.length;
    try {
      const stock = await shared(asked);
      for (const id of asked) if (!stock.has(id)) remember(id);
      return stock;
    } finally {
      waiting -= asked.length;
    }
  };
}
