import { UnavailableError } from "~/errors";
import type { Stock } from "./catalog";
import { createSharedRead } from "./shared-stock-read";

/** How long, and how many, ids without a row are remembered: made-up ids cost one read and bounded memory. */
const UNKNOWN_FOR_MS = 5_000;
const MAX_UNKNOWN = 10_000;
/** Ids that may be looked up at once; beyond this, calls are rejected instead of queued. */
const MAX_PENDING = 1_000;

interface DisplayReadOptions {
  readonly read: (productIds: readonly string[]) => Promise<Stock>;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly maxPending?: number;
}

/**
 * A stock read for display only (pages, lookups, the live feed), never for decisions. It is separate from the reads of shoppers who add
 * and pay, so that a flood of lookups of made-up ids only delays other lookups. Fails without: "an add during a flood of lookups".
 * Also throws `UnavailableError` while too many ids are being looked up.
 */
export function createDisplayRead({
  read,
  now,
  maxPending = MAX_PENDING,
}: DisplayReadOptions): (productIds: readonly string[]) => Promise<Stock> {
  const shared = createSharedRead(read);
  /** Expiry by id, oldest first. */
  const unknown = new Map<string, number>();
  let pending = 0;

  function remember(productId: string): void {
    unknown.delete(productId);
    unknown.set(productId, now() + UNKNOWN_FOR_MS);
    if (unknown.size <= MAX_UNKNOWN) return;
    for (const oldest of unknown.keys()) {
      unknown.delete(oldest);
      return;
    }
  }

  return async (productIds) => {
    const requested = [...new Set(productIds)].filter((id) => (unknown.get(id) ?? -Infinity) <= now());
    if (pending + requested.length > maxPending)
      throw new UnavailableError("too many products are being looked up right now");
    pending += requested.length;
    try {
      const stock = await shared(requested);
      for (const id of requested) if (!stock.has(id)) remember(id);
      return stock;
    } finally {
      pending -= requested.length;
    }
  };
}
