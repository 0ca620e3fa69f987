import { setTimeout as sleep } from "node:timers/promises";
import type { PriceReading, PriceSource } from "~/catalog/price-source";
import { UnavailableError } from "~/errors";
import type { StripeGateway } from "./gateway";
import { withUrgency } from "./stripe-limiter.server";

/** How long a page waits for Stripe. */
const PAGE_WAIT_MS = 500;
/** Maximum Prices read by one call: more than a page or a cart has. Reading a whole table is left to `warm`. */
const MAX_PRICES_PER_READ = 60;
/** Minimum age before a view reads a Price again that could not be read (`RETRY_MS`) or not be charged (`RECHECK_MS`). */
const RETRY_MS = 2_000;
const RECHECK_MS = 30_000;
/** Prices that `warm` and `reread` read in parallel. */
const LANES = 4;
/** Prices in one page of Stripe's list. */
const PRICES_PER_PAGE = 100;

export interface PriceBookOptions {
  readonly gateway: Pick<StripeGateway, "price" | "activePrices">;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Resolves after this delay. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

interface Entry {
  /** Null if it could not be read. */
  readonly reading: PriceReading | null;
  /** When the read began. */
  readonly at: number;
}

/** See `PriceSource`. Caches each Price that a row names for the life of the process. */
export function createPriceBook({
  gateway,
  now,
  pause = (ms) => sleep(ms, undefined, { ref: false }),
}: PriceBookOptions): PriceSource {
  const entries = new Map<string, Entry>();
  const running = new Map<string, Promise<void>>();

  /** Ignores the result of a read that began before the last one noted. A failure keeps the previous reading. */
  function note(priceId: string, at: number, reading: PriceReading | null): void {
    const before = entries.get(priceId);
    if (before !== undefined && before.at > at) return;
    entries.set(priceId, { at, reading: reading ?? before?.reading ?? null });
  }

  async function readOne(priceId: string): Promise<void> {
    const at = now();
    try {
      note(priceId, at, await gateway.price(priceId));
    } catch (error) {
      note(priceId, at, null);
      throw error;
    }
  }

  function shareRead(priceId: string): Promise<void> {
    const read = running.get(priceId) ?? readOne(priceId).finally(() => running.delete(priceId));
    running.set(priceId, read);
    return read;
  }

  function isDue(priceId: string): boolean {
    const entry = entries.get(priceId);
    if (entry === undefined) return true;
    if (entry.reading?.state === "usable") return false;
    return now() - entry.at >= (entry.reading === null ? RETRY_MS : RECHECK_MS);
  }

  async function readAll(priceIds: Iterable<string>): Promise<void> {
    const waiting = [...new Set(priceIds)].values();
    let failure: unknown = null;
    const lane = async () => {
      for (const priceId of waiting) {
        try {
          await readOne(priceId);
        } catch (error) {
          failure ??= error;
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    if (failure !== null) throw new UnavailableError("some Stripe Prices could not be read", { cause: failure });
  }

  return {
    async read(priceIds) {
      const due = [...new Set(priceIds)].filter(isDue);
      if (due.length <= MAX_PRICES_PER_READ) {
        const isKnown = (priceId: string) => (entries.get(priceId)?.reading ?? null) !== null;
        const unknown = due.filter((priceId) => !isKnown(priceId));
        const reads = unknown.map((priceId) => shareRead(priceId).catch(() => undefined));
        withUrgency("background", () =>
          due.filter(isKnown).forEach((priceId) => void shareRead(priceId).catch(() => undefined)),
        );
        if (reads.length > 0) await Promise.race([Promise.all(reads), pause(PAGE_WAIT_MS)]);
      }
      return new Map(
        priceIds.flatMap((priceId) => {
          const reading = entries.get(priceId)?.reading ?? null;
          return reading === null ? [] : [[priceId, reading] as const];
        }),
      );
    },

    reread: readAll,

    /** Reads Stripe's list while that takes fewer requests than reading one by one: the account may have many Prices of other shops. */
    warm: (priceIds) =>
      withUrgency("background", async () => {
        const missing = new Set(priceIds);
        const at = now();
        let listed = 0;
        if (missing.size === 0) return;
        for await (const { id, reading } of gateway.activePrices()) {
          listed += 1;
          if (missing.delete(id)) note(id, at, reading);
          if (listed >= missing.size * PRICES_PER_PAGE) break;
        }
        await readAll(missing);
      }),
  };
}
