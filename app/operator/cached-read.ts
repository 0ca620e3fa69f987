import type { Clock } from "~/reservations/clock";

/** An answer that all who ask within `keepMs` share, also while it is still being looked for. A failure is not kept. */
export interface CachedRead<T> {
  read(): Promise<T>;
  /** Whoever asks next gets a new one. */
  forget(): void;
}

export function cacheRead<T>(
  { clock, keepMs }: { clock: Pick<Clock, "now">; keepMs: number },
  look: () => Promise<T>,
): CachedRead<T> {
  let kept: { readonly answer: Promise<T>; until: number } | null = null;
  return {
    read() {
      if (kept !== null && clock.now() < kept.until) return kept.answer;
      const entry = { answer: look(), until: Infinity };
      kept = entry;
      entry.answer.then(
        () => (entry.until = clock.now() + keepMs),
        () => (entry.until = -Infinity),
      );
      return entry.answer;
    },
    forget() {
      kept = null;
    },
  };
}
