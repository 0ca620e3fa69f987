import { HeldLedger } from "./held-ledger";
import type { Line, StoreEvent } from "./reservation-store";
import { NONE, SessionRecord } from "./session-record";
import { ShardedRecords } from "./sharded-records";

/** How many records each step looks at to find lapsed ones: a few more than it can add, so that the hand keeps up. */
const RECORDS_PER_STEP = 4;

/**
 * The records of all sessions, kept in step with the ledger of held units, and the memory of lapsed ones reclaimed without
 * timers and scans: a clock hand goes round the records for ever, a constant few at each step.
 * Events reach listeners in a microtask, when the step that caused them is done. Times are ticks.
 */
export class SessionRecords {
  readonly bySession = new ShardedRecords();
  readonly ledger = new HeldLedger();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #hand: ReturnType<ShardedRecords["entries"]> | null = null;
  #nextSequence = 0;

  /** To be called once at the start of every step. The hand rests while every record has something that lives. */
  moveHand(now: number): void {
    if (this.bySession.size <= this.ledger.sessions(now)) {
      // An iterator that is kept keeps the tables that the map has grown out of.
      this.#hand = null;
      return;
    }
    this.#hand ??= this.bySession.entries();
    for (let looked = 0; looked < RECORDS_PER_STEP; looked += 1) {
      const next = this.#hand.next();
      if (next.done === true) {
        this.#hand = null;
        return;
      }
      this.#dropLapsed(...next.value, now);
    }
  }

  /** The session's record without what has lapsed; undefined when nothing is left. */
  find(sessionHash: string, now: number): SessionRecord | undefined {
    const record = this.bySession.get(sessionHash);
    if (record === undefined) return undefined;
    this.#dropLapsed(sessionHash, record, now);
    return record.isEmpty ? undefined : record;
  }

  /** The same, or an empty record, which is kept if `change` puts something in it. */
  findOrCreate(sessionHash: string, now: number): SessionRecord {
    return this.find(sessionHash, now) ?? new SessionRecord(this.#nextSequence++);
  }

  /** Changes a record that `find` or `findOrCreate` answered in this step. Tells listeners about the products of `lines`. */
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

  /** Lines as all sessions share them (see `HeldLedger.line`). */
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

  /** What has lapsed counts nothing in the ledger any more, so it is only forgotten here. */
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
