import type { Reservation, SnapshotPage } from "./reservation-store";
import { eachHold, type SessionRecord } from "./session-record";
import { shardOf, type ShardedRecords } from "./sharded-records";
import { TICK_MS } from "./ticks";

type Entry = readonly [session: string, record: SessionRecord];
type Entries = ReturnType<ShardedRecords["entries"]>;

/** A place in the records: the entry to go on with, and how many of its rows were given already. */
interface Place {
  readonly entries: Entries;
  readonly entry: Entry;
  readonly row: number;
}

/** How many records a page looks at beyond its rows, so that a million lapsed ones do not block the process. */
const RECORDS_BEYOND_ROWS = 1_000;
const PLACES_KEPT = 8;

/**
 * Reads the records page by page. A cursor is the shard and the arrival number of a record and a row in it, so it stays good whatever
 * happens in between. The last few places are kept, so that going on costs what the page costs and not what the pages before did.
 */
export class SnapshotReader {
  readonly #sessions: ShardedRecords;
  readonly #places = new Map<string, Place>();

  constructor(sessions: ShardedRecords) {
    this.#sessions = sessions;
  }

  /** May have fewer rows than `limit`, even none, before the last page. A cursor that is none of ours is beyond the end. */
  page({ limit, cursor }: { limit: number; cursor?: string | undefined }, now: number, nowMs: number): SnapshotPage {
    let place = cursor === undefined ? this.#find("0.0.0") : this.#find(cursor);
    const reservations: Reservation[] = [];
    const enough = limit + RECORDS_BEYOND_ROWS;
    for (let looked = 0; place !== undefined && reservations.length < limit && looked < enough; looked += 1) {
      const [sessionHash, record] = place.entry;
      // Between two pages the record may have gone.
      const rows = this.#sessions.get(sessionHash) === record ? rowsOf(sessionHash, record, now, nowMs) : [];
      const end = place.row + limit - reservations.length;
      reservations.push(...rows.slice(place.row, end));
      place = end < rows.length ? { ...place, row: end } : next(place.entries);
    }
    return { reservations, cursor: place === undefined ? null : this.#keep(place) };
  }

  #find(cursor: string): Place | undefined {
    const kept = this.#places.get(cursor);
    if (kept !== undefined) {
      this.#places.delete(cursor);
      return kept;
    }
    const [shard, sequence, row] = /^\d+\.\d+\.\d+$/.test(cursor) ? cursor.split(".").map(Number) : [];
    if (shard === undefined || sequence === undefined || row === undefined) return undefined;
    const entries = this.#sessions.entries(shard);
    let place = next(entries);
    const isBefore = ([sessionHash, record]: Entry) => shardOf(sessionHash) === shard && record.sequence < sequence;
    while (place !== undefined && isBefore(place.entry)) place = next(entries);
    return place?.entry[1].sequence === sequence ? { ...place, row } : place;
  }

  #keep(place: Place): string {
    const [sessionHash, { sequence }] = place.entry;
    const cursor = `${shardOf(sessionHash)}.${sequence}.${place.row}`;
    const [oldest] = this.#places.keys();
    if (oldest !== undefined && this.#places.size >= PLACES_KEPT) this.#places.delete(oldest);
    this.#places.set(cursor, place);
    return cursor;
  }
}

function next(entries: Entries): Place | undefined {
  const step = entries.next();
  return step.done === true ? undefined : { entries, entry: step.value, row: 0 };
}

function rowsOf(sessionHash: string, record: SessionRecord, now: number, nowMs: number): Reservation[] {
  const rows: Reservation[] = [];
  eachHold(record, (productId, _claimed, granted, asked) => {
    const { deadline, pending } = record;
    const quantity = Math.max(deadline > now ? granted : 0, pending !== null && pending.deadline > now ? asked : 0);
    if (quantity === 0) return;
    const last = Math.max(
      granted > 0 ? deadline : -Infinity,
      pending !== null && asked > 0 ? pending.deadline : -Infinity,
    );
    rows.push({
      productId,
      sessionHash,
      quantity,
      state: "shopping",
      checkoutId: null,
      expiresInMs: Math.floor(last * TICK_MS - nowMs),
    });
  });
  for (const { checkoutId, lines } of record.claims) {
    for (const { productId, quantity } of lines) {
      rows.push({ productId, sessionHash, quantity, state: "checkout", checkoutId, expiresInMs: null });
    }
  }
  return rows;
}
