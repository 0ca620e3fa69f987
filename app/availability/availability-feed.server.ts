import type { HeldUnits, ReservationStore } from "~/reservations/reservation-store";
import type { StockRow } from "~/reservations/stock";
import { hasChanged, productAvailability, type ProductAvailability } from "./product-availability";

/** Minimum time between two rounds of reading, and so between two events for one product. */
export const ROUND_MS = 250;
/** Everything watched is reread this often: edits of a row send no event, and events of the store may be lost. */
export const REREAD_MS = 3_000;
export const BEAT_MS = 15_000;
// A hold ends within its last millisecond; a read just after that finds it gone.
const JUST_AFTER_MS = 5;
/** Minimum time between two warnings that the feed is full: rejected viewers poll and try again. */
const WARN_FULL_MS = 60_000;

export interface FeedOptions {
  readonly store: Pick<ReservationStore, "held" | "subscribe">;
  /** Throws `UnavailableError`. */
  readonly readStock: (productIds: readonly string[]) => Promise<ReadonlyMap<string, StockRow>>;
  readonly log: { warn(fields: Record<string, unknown>, message: string): void };
  /** Called with the number of viewers whenever it changes. */
  readonly count: (viewers: number) => void;
  readonly maxViewers?: number;
}

export interface Viewer {
  /** Hash of the shopper's session id; null if there is none. */
  readonly sessionHash: string | null;
  readonly productIds: readonly string[];
  send(product: ProductAvailability): void;
  /** Called every 15 s, so that proxies do not consider the stream dead. */
  beat(): void;
  /** The server is shutting down; nothing more is sent. */
  end(): void;
}

/**
 * Sends viewers the availability of their products: all of them at first, then changes, at most every 250 ms. Sends nothing while the
 * store or the database is unavailable, and reads nothing without viewers.
 *
 * @example
 * const stop = feed.watch({ sessionHash, productIds: ["mug"], send, beat, end });
 * stop?.();
 */
export interface AvailabilityFeed {
  /** Starts sending and returns a function that stops it; null if the server is shutting down or has too many viewers. */
  watch(viewer: Viewer): (() => void) | null;
  /** Ends all viewers and accepts no more. */
  end(): void;
}

export function createAvailabilityFeed({
  store,
  readStock,
  log,
  count,
  maxViewers = 2_000,
}: FeedOptions): AvailabilityFeed {
  /** Last sent state by viewer; null if nothing has been sent yet. */
  const viewers = new Map<Viewer, Map<string, ProductAvailability> | null>();
  /** When a product's next hold may expire, in monotonic ms: expiry sends no event by itself, and the wall clock may go back. */
  const releases = new Map<string, number>();
  let changed = new Set<string>();
  let isEnded = false;
  let isReading = false;
  let isDown = false;
  let lastRound = -ROUND_MS;
  let warnedFullAt = -WARN_FULL_MS;
  let roundTimer: NodeJS.Timeout | null = null;
  let releaseTimer: NodeJS.Timeout | null = null;
  let stopBackground: (() => void) | null = null;

  function planRound(): void {
    if (roundTimer !== null || isReading || changed.size === 0 || viewers.size === 0) return;
    roundTimer = setTimeout(
      () => {
        roundTimer = null;
        isReading = true;
        void round().finally(() => {
          isReading = false;
          planRound();
        });
      },
      Math.max(0, lastRound + ROUND_MS - performance.now()),
    );
    roundTimer.unref();
  }

  async function round(): Promise<void> {
    lastRound = performance.now();
    const ids = changed;
    changed = new Set();
    const due = [...viewers].flatMap(([viewer, sent]) => {
      const wanted = sent === null ? viewer.productIds : watched(viewer).filter((id) => ids.has(id));
      return wanted.length === 0 ? [] : [{ viewer, sent, wanted }];
    });
    if (due.length === 0) return;
    try {
      const wantedBy = new Map<string | null, Set<string>>([[null, new Set(due.flatMap(({ wanted }) => wanted))]]);
      for (const { viewer, wanted } of due)
        wantedBy.set(viewer.sessionHash, new Set([...(wantedBy.get(viewer.sessionHash) ?? []), ...wanted]));
      const held = new Map(
        await Promise.all(
          [...wantedBy].map(
            async ([sessionHash, set]) =>
              [sessionHash, await store.held({ sessionHash, productIds: [...set] })] as const,
          ),
        ),
      );
      const [readAt, readAtWall] = [performance.now(), Date.now()];
      // Read rows after holds: in the other order, a unit sold in between would count as free.
      const rows = await readStock([...(wantedBy.get(null) ?? [])]);
      isDown = false;
      noteReleases(held.get(null) ?? new Map(), readAt);
      for (const { viewer, sent, wanted } of due)
        sendTo(
          viewer,
          sent ?? new Map<string, ProductAvailability>(),
          wanted,
          held.get(viewer.sessionHash) ?? new Map(),
          rows,
          readAtWall,
        );
    } catch (error) {
      // The next reread tries again.
      if (!isDown) log.warn({ err: error }, "availability streams are stale: stock or holds cannot be read");
      isDown = true;
    }
  }

  function sendTo(
    viewer: Viewer,
    sent: Map<string, ProductAvailability>,
    wanted: readonly string[],
    held: ReadonlyMap<string, HeldUnits>,
    rows: ReadonlyMap<string, StockRow>,
    readAtWall: number,
  ) {
    if (!viewers.has(viewer)) return;
    viewers.set(viewer, sent);
    for (const id of wanted) {
      const units = held.get(id);
      if (!viewers.has(viewer) || units === undefined || (!rows.has(id) && !sent.has(id))) continue;
      const product = productAvailability(id, rows.get(id), units, readAtWall);
      if (!hasChanged(sent.get(id), product)) continue;
      sent.set(id, product);
      viewer.send(product);
    }
  }

  /** Products to read for a viewer. Those without a row at first are not read again: made-up ids would slow down shoppers' shared reads. */
  function watched(viewer: Viewer): readonly string[] {
    const sent = viewers.get(viewer) ?? null;
    return sent === null ? viewer.productIds : [...sent.keys()];
  }

  function noteReleases(held: ReadonlyMap<string, HeldUnits>, readAt: number): void {
    for (const [id, { nextReleaseInMs }] of held) {
      if (nextReleaseInMs === null) releases.delete(id);
      else releases.set(id, readAt + nextReleaseInMs + JUST_AFTER_MS);
    }
    if (releaseTimer !== null) clearTimeout(releaseTimer);
    releaseTimer = null;
    if (releases.size === 0) return;
    releaseTimer = setTimeout(
      () => {
        const due = [...releases].filter(([, at]) => at <= performance.now()).map(([id]) => id);
        for (const id of due) releases.delete(id);
        refresh(due);
      },
      Math.max(0, Math.min(...releases.values()) - performance.now()),
    );
    releaseTimer.unref();
  }

  function refresh(productIds: Iterable<string>): void {
    for (const id of productIds) changed.add(id);
    planRound();
  }

  function start(): () => void {
    const unsubscribe = store.subscribe((event) =>
      refresh(event.type === "changed" ? event.productIds : event.lines.map((line) => line.productId)),
    );
    const reread = setInterval(() => refresh([...viewers.keys()].flatMap(watched)), REREAD_MS).unref();
    const beat = setInterval(() => {
      for (const viewer of [...viewers.keys()]) viewer.beat();
    }, BEAT_MS).unref();
    return () => {
      unsubscribe();
      clearInterval(reread);
      clearInterval(beat);
      if (releaseTimer !== null) clearTimeout(releaseTimer);
      releases.clear();
      changed.clear();
    };
  }

  function leave(viewer: Viewer): void {
    if (!viewers.delete(viewer)) return;
    count(viewers.size);
    if (viewers.size > 0) return;
    stopBackground?.();
    stopBackground = null;
  }

  function warnFull(): void {
    if (performance.now() - warnedFullAt < WARN_FULL_MS) return;
    warnedFullAt = performance.now();
    log.warn({ viewers: viewers.size }, "too many availability streams: further pages poll instead");
  }

  return {
    watch(viewer) {
      if (isEnded) return null;
      if (viewers.size >= maxViewers) {
        warnFull();
        return null;
      }
      viewers.set(viewer, null);
      count(viewers.size);
      stopBackground ??= start();
      refresh(viewer.productIds);
      return () => leave(viewer);
    },
    end() {
      isEnded = true;
      for (const viewer of [...viewers.keys()]) {
        leave(viewer);
        viewer.end();
      }
    },
  };
}
