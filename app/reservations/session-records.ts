import { HeldLedger } from "./held-ledger";
import type { Line, StoreEvent } from "./reservation-store";
import { NONE, SessionRecord } from "./session-record";
import { ShardedRecords } from "./sharded-records";

/** Records visited by the sweep in each operation: a few more than an operation can add, so that the sweep keeps up. */
const RECORDS_PER_OPERATION = 4;

/**
 * The records of all sessions, kept in step with the ledger of held units. Lapsed records are reclaimed incrementally,
 * without timers or scans, by a clock-hand sweep over a few records per operation.
 * Listeners receive events in a microtask, after the operation that caused them. Times are ticks.
 */
export class SessionRecords {
  readonly bySession = new ShardedRecords();
  readonly ledger = new HeldLedger();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #hand: ReturnType<ShardedRecords["entries"]> | null = null;
  #nextSequence = 0;

  /**
   * Moves the clock hand. Call once at the start of every operation. Does nothing while every record has a live hold.
   */
  sweep(now: number): void {
    if (this.bySession.size <= this.ledger.sessions(now)) {
      // A live iterator retains the map's old hash tables.
      this.#hand = null;
      return;
    }
    this.#hand ??= this.bySession.entries();
    for (let visited = 0; visited < RECORDS_PER_OPERATION; visited += 1) {
      const next = this.#hand.next();
      if (next.done === true) {
        this.#hand = null;
        return;
      }
      this.#dropLapsed(...next.value, now);
    }
  }

  /** The session's record without lapsed holds; undefined if nothing is left. */
  find(sessionHash: string, now: number): SessionRecord | undefined {
    const record = this.bySession.get(sessionHash);
    if (record === undefined) return undefined;
    this.#dropLapsed(sessionHash, record, now);
    return record.isEmpty ? undefined : record;
  }

  /** Like `find`, or an empty record, which is kept once `change` adds something to it. */
  findOrCreate(sessionHash: string, now: number): SessionRecord {
    return this.find(sessionHash, now) ?? new SessionRecord(this.#nextSequence++);
  }

  /**
   * Changes a record that `find` or `findOrCreate` returned in this operation. Notifies listeners of the products in
   * `lines`.
   */
  change(sessionHash: string, record: SessionRecord, now: number, lines: readonly Line[], change: () => void): void {
    const { granted, pending, claims } = record;
    this.ledger.takeOut(record);
    change();
    if (record.isEmpty) {
      this.bySession.delete(sessionHash);
    } else {
      this.ledger.putIn(record);
      this.bySession.set(sessionHash, record);
    }
    this.#forgetUnheld(granted, now);
    if (pending !== null) this.#forgetUnheld(pending.lines, now);
    for (const claim of claims) this.#forgetUnheld(claim.lines, now);
    this.#forgetIdle(record, now);
    this.#changed(lines);
  }

  /** The same lines as shared objects (see `HeldLedger.line`). */
  shared(lines: readonly Line[]): readonly Line[] {
    return lines.map((line) => this.ledger.line(line.productId, line.quantity));
  }

  subscribe(listener: (event: StoreEvent) => void): () => void {
    const subscription = (event: StoreEvent) => listener(event);
    this.#listeners.add(subscription);
    return () => {
      this.#listeners.delete(subscription);
    };
  }

  /** Forgets lapsed holds. The ledger needs no update: they no longer count there. */
  #dropLapsed(sessionHash: string, record: SessionRecord, now: number): void {
    const { granted, pending } = record;
    const hasLapsedPending = pending !== null && pending.deadline <= now;
    const hasLapsedGranted = granted.length > 0 && record.deadline <= now;
    if (!hasLapsedPending && !hasLapsedGranted) return;
    const lapsed = [...(hasLapsedPending ? pending.lines : NONE), ...(hasLapsedGranted ? granted : NONE)];
    if (hasLapsedPending) record.pending = null;
    if (hasLapsedGranted) {
      record.granted = NONE;
      this.#emit({ type: "expired", sessionHash, lines: granted });
    }
    if (record.isEmpty) this.bySession.delete(sessionHash);
    this.#forgetUnheld(lapsed, now);
    this.#forgetIdle(record, now);
    this.#changed(lapsed);
  }

  #forgetUnheld(lines: readonly Line[], now: number): void {
    for (const { productId } of lines) this.ledger.forgetUnheld(productId, now);
  }

  #forgetIdle({ clients }: SessionRecord, now: number): void {
    for (const { clientId } of clients) this.ledger.forgetIdleClient(clientId, now);
  }

  #changed(lines: readonly Line[]): void {
    if (this.#listeners.size === 0 || lines.length === 0) return;
    this.#emit({ type: "changed", productIds: [...new Set(lines.map((line) => line.productId))] });
  }

  #emit(event: StoreEvent): void {
    for (const listener of this.#listeners) queueMicrotask(() => listener(event));
  }
}
