import type { Clock } from "~/reservations/clock";

export interface CachedRead<T> {
  read(): Promise<T>;
  /** Makes the next `read` load again. */
  invalidate(): void;
}

/** Caches a result for `ttlMs` after it arrives. Concurrent reads share one load; failures are not cached. */
export function cacheRead<T>(
  { clock, ttlMs }: { clock: Pick<Clock, "now">; ttlMs: number },
  load: () => Promise<T>,
): CachedRead<T> {
  let cached: { readonly result: Promise<T>; until: number } | null = null;
  return {
    read() {
      if (cached !== null && clock.now() < cached.until) return cached.result;
      const entry = { result: load(), until: Infinity };
      cached = entry;
      entry.result.then(
        () => (entry.until = clock.now() + ttlMs),
        () => (entry.until = -Infinity),
      );
      return entry.result;
    },
    invalidate() {
      cached = null;
    },
  };
}
