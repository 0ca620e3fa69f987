import type { HeldUnits, ReservationStore } from "~/reservations/reservation-store";
import type { StockRow } from "~/reservations/stock";
import { isNews, productAvailability, type ProductAvailability } from "./product-availability";

/** At most one event per product and this long; rounds of reading are no closer together. */
export const ROUND_MS = 250;
/** Edits of the row tell nobody, and messages of the store may be lost: everything watched is read this often. */
export const REREAD_MS = 3_000;
export const BEAT_MS = 15_000;
// A hold ends within its millisecond; looking just after it sees it gone.
const JUST_AFTER_MS = 5;
/** How often it is said at most that there is no more room: whoever is refused polls, and tries again. */
const SAY_FULL_MS = 60_000;

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
  /** Hash of the shopper's session id; null: nobody in particular. */
  readonly sessionHash: string | null;
  readonly productIds: readonly string[];
  tell(product: ProductAvailability): void;
  /** Every 15 s, so that nothing on the way takes the stream for dead. */
  beat(): void;
  /** The feed is over for this viewer: the server is leaving. */
  end(): void;
}

/**
 * Tells viewers what is available whenever it changes for them: all of their products at first, then what is new, at most
 * every 250 ms. While the store or the database cannot be reached it tells nothing. Without viewers it reads nothing.
 */
export interface AvailabilityFeed {
  /** Begins to tell; returns the way to stop. Null: the server is leaving, or has as many viewers as it can bear. */
  watch(viewer: Viewer): (() => void) | null;
  /** Ends every viewer and takes no more. */
  end(): void;
}

export function createAvailabilityFeed({
  store,
  readStock,
  log,
  count,
  maxViewers = 2_000,
}: FeedOptions): AvailabilityFeed {
  /** What each viewer was told last; null for those who are new. */
  const viewers = new Map<Viewer, Map<string, ProductAvailability> | null>();
  /** When the next hold of a product may end, monotonic: a lapse tells nobody by itself, and the wall clock may step back. */
  const releases = new Map<string, number>();
  let changed = new Set<string>();
  let isEnded = false;
  let isReading = false;
  let isDown = false;
  let lastRound = -ROUND_MS;
  let saidFullAt = -SAY_FULL_MS;
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
    const asking = [...viewers].flatMap(([viewer, told]) => {
      const wanted = told === null ? viewer.productIds : watched(viewer).filter((id) => ids.has(id));
      return wanted.length === 0 ? [] : [{ viewer, told, wanted }];
    });
    if (asking.length === 0) return;
    try {
      const wantedBy = new Map<string | null, Set<string>>([[null, new Set(asking.flatMap(({ wanted }) => wanted))]]);
      for (const { viewer, wanted } of asking)
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
      // After the holds: the other way round, a unit that is sold in between would count as free.
      const rows = await readStock([...(wantedBy.get(null) ?? [])]);
      isDown = false;
      noteReleases(held.get(null) ?? new Map(), readAt);
      for (const { viewer, told, wanted } of asking)
        tell(
          viewer,
          told ?? new Map<string, ProductAvailability>(),
          wanted,
          held.get(viewer.sessionHash) ?? new Map(),
          rows,
          readAtWall,
        );
    } catch (error) {
      // The next re-read tries again.
      if (!isDown) log.warn({ err: error }, "availability streams tell nothing for now");
      isDown = true;
    }
  }

  function tell(
    viewer: Viewer,
    told: Map<string, ProductAvailability>,
    wanted: readonly string[],
    held: ReadonlyMap<string, HeldUnits>,
    rows: ReadonlyMap<string, StockRow>,
    readAtWall: number,
  ) {
    if (!viewers.has(viewer)) return;
    viewers.set(viewer, told);
    for (const id of wanted) {
      const units = held.get(id);
      if (!viewers.has(viewer) || units === undefined || (!rows.has(id) && !told.has(id))) continue;
      const product = productAvailability(id, rows.get(id), units, readAtWall);
      if (!isNews(told.get(id), product)) continue;
      told.set(id, product);
      viewer.tell(product);
    }
  }

  /** What did not exist when the viewer came is not asked for again: made-up ids would slow down the reads that shoppers share. */
  function watched(viewer: Viewer): readonly string[] {
    const told = viewers.get(viewer) ?? null;
    return told === null ? viewer.productIds : [...told.keys()];
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
        look(due);
      },
      Math.max(0, Math.min(...releases.values()) - performance.now()),
    );
    releaseTimer.unref();
  }

  function look(productIds: Iterable<string>): void {
    for (const id of productIds) changed.add(id);
    planRound();
  }

  function start(): () => void {
    const unsubscribe = store.subscribe((event) =>
      look(event.type === "changed" ? event.productIds : event.lines.map((line) => line.productId)),
    );
    const reread = setInterval(() => look([...viewers.keys()].flatMap(watched)), REREAD_MS).unref();
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

  function sayFull(): void {
    if (performance.now() - saidFullAt < SAY_FULL_MS) return;
    saidFullAt = performance.now();
    log.warn({ viewers: viewers.size }, "no more availability streams can be opened here: pages poll instead");
  }

  return {
    watch(viewer) {
      if (isEnded) return null;
      if (viewers.size >= maxViewers) {
        sayFull();
        return null;
      }
      viewers.set(viewer, null);
      count(viewers.size);
      stopBackground ??= start();
      look(viewer.productIds);
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
