import type { Reservation, SnapshotPage, SnapshotQuery } from "./reservation-store";
import { eachHold, type SessionRecord } from "./session-record";
import { shardOf, type ShardedRecords } from "./sharded-records";
import { TICK_MS } from "./ticks";

type Entry = readonly [session: string, record: SessionRecord];
type Entries = ReturnType<ShardedRecords["entries"]>;

/** A position in the records: the next entry, and how many of its rows were already returned. */
interface Position {
  readonly entries: Entries;
  readonly entry: Entry;
  readonly row: number;
}

/** Records visited per page in addition to its rows, so that a million lapsed ones do not block the process. */
const RECORDS_BEYOND_ROWS = 1_000;
const CACHED_POSITIONS = 8;

/**
 * Reads the records page by page. A cursor consists of a shard, the arrival number of a record and a row in it, so it
 * stays valid whatever happens in between. The latest positions are cached, so that a page does not walk through all
 * previous pages again.
 */
export class SnapshotReader {
  readonly #sessions: ShardedRecords;
  readonly #positions = new Map<string, Position>();

  constructor(sessions: ShardedRecords) {
    this.#sessions = sessions;
  }

  /** One page of at most `limit` rows, possibly none. A cursor that cannot be parsed is beyond the end. */
  page({ limit, cursor }: SnapshotQuery, now: number, nowMs: number): SnapshotPage {
    let position = cursor === undefined ? this.#find("0.0.0") : this.#find(cursor);
    const reservations: Reservation[] = [];
    const maxVisits = limit + RECORDS_BEYOND_ROWS;
    for (let visited = 0; position !== undefined && reservations.length < limit && visited < maxVisits; visited += 1) {
      const [sessionHash, record] = position.entry;
      // The record may have been deleted between two pages.
      const rows = this.#sessions.get(sessionHash) === record ? rowsOf(sessionHash, record, now, nowMs) : [];
      const end = position.row + limit - reservations.length;
      reservations.push(...rows.slice(position.row, end));
      position = end < rows.length ? { ...position, row: end } : next(position.entries);
    }
    return { reservations, cursor: position === undefined ? null : this.#cache(position) };
  }

  #find(cursor: string): Position | undefined {
    const cached = this.#positions.get(cursor);
    if (cached !== undefined) {
      this.#positions.delete(cursor);
      return cached;
    }
    const [shard, sequence, row] = /^\d+\.\d+\.\d+$/.test(cursor) ? cursor.split(".").map(Number) : [];
    if (shard === undefined || sequence === undefined || row === undefined) return undefined;
    const entries = this.#sessions.entries(shard);
    let position = next(entries);
    const isBefore = ([sessionHash, record]: Entry) => shardOf(sessionHash) === shard && record.sequence < sequence;
    while (position !== undefined && isBefore(position.entry)) position = next(entries);
    return position?.entry[1].sequence === sequence ? { ...position, row } : position;
  }

  #cache(position: Position): string {
    const [sessionHash, { sequence }] = position.entry;
    const cursor = `${shardOf(sessionHash)}.${sequence}.${position.row}`;
    const [oldest] = this.#positions.keys();
    if (oldest !== undefined && this.#positions.size >= CACHED_POSITIONS) this.#positions.delete(oldest);
    this.#positions.set(cursor, position);
    return cursor;
  }
}

function next(entries: Entries): Position | undefined {
  const step = entries.next();
  return step.done === true ? undefined : { entries, entry: step.value, row: 0 };
}

function rowsOf(sessionHash: string, record: SessionRecord, now: number, nowMs: number): Reservation[] {
  const rows: Reservation[] = [];
  eachHold(record, (productId, _claimed, granted, pendingUnits) => {
    const { deadline, pending } = record;
    const quantity = Math.max(
      deadline > now ? granted : 0,
      pending !== null && pending.deadline > now ? pendingUnits : 0,
    );
    if (quantity === 0) return;
    const last = Math.max(
      granted > 0 ? deadline : -Infinity,
      pending !== null && pendingUnits > 0 ? pending.deadline : -Infinity,
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
