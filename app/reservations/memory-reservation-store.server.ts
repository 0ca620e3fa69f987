import { withAtLeast, withAtMost, withSet } from "./cart-lines";
import type { Clock } from "./clock";
import { pageOfClaims } from "./every-claim";
import { estimatedBytes } from "./memory-footprint";
import type {
  Claim,
  ClaimEnd,
  ClaimOutcome,
  ClaimRef,
  ClaimRequest,
  ClaimsQuery,
  ConfirmOutcome,
  FoundClaim,
  HeldQuery,
  HeldUnits,
  Line,
  OperationRef,
  PlaceOutcome,
  PlaceRequest,
  ReleaseOutcome,
  ReleaseRequest,
  RenewOutcome,
  ReservationStore,
  SessionView,
  SnapshotPage,
  SnapshotQuery,
  StoreEvent,
  StoreTotals,
} from "./reservation-store";
import { NONE, unitsOf, viewOf, type SessionRecord } from "./session-record";
import { SessionRecords } from "./session-records";
import { SnapshotReader } from "./snapshot-reader";
import { mayFit } from "./stock";
import { TICK_MS, tickOf } from "./ticks";

export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** Lifetime of granted lines after the last change of the cart. */
  readonly ttlMs: number;
  /** Absolute age, counted from the first grant, up to which a cart's holds can be renewed. */
  readonly maxAgeMs: number;
  /** Lifetime of a pending call. */
  readonly pendingMs?: number;
}

/**
 * The driver for a single server process. A second process would not see these holds, and both together would oversell.
 * Each operation finishes its work before it returns its promise, so it is atomic on one thread. Events follow in a
 * microtask.
 */
export function createMemoryReservationStore(options: MemoryStoreOptions): ReservationStore {
  return new MemoryReservationStore(options);
}

class MemoryReservationStore implements ReservationStore {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #maxAgeTicks: number;
  readonly #pendingMs: number;
  readonly #records = new SessionRecords();
  readonly #claims = new Map<string, Claim>();
  /** Sampled once per operation, so that an operation sees a single point in time. */
  #nowMs = 0;
  readonly #reader = new SnapshotReader(this.#records.bySession);

  constructor({ clock, ttlMs, maxAgeMs, pendingMs = 10_000 }: MemoryStoreOptions) {
    if (Math.min(ttlMs, maxAgeMs, pendingMs) < TICK_MS) throw new RangeError(`holds must live at least ${TICK_MS} ms`);
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#maxAgeTicks = tickOf(maxAgeMs);
    this.#pendingMs = pendingMs;
  }

  async place({ sessionHash, operationId, lines, maxLines, clients = NONE }: PlaceRequest): Promise<PlaceOutcome> {
    const now = this.#begin();
    const record = this.#records.findOrCreate(sessionHash, now);
    const exceeded =
      clients.length === 0 || record.pending !== null
        ? undefined
        : this.#records.ledger.exceededCap(clients, record, lines, now);
    if (exceeded !== undefined) return { outcome: "client_full", maxUnits: exceeded.maxUnits };
    const [claim] = record.claims;
    if (claim !== undefined) return { outcome: "checkout_open", claim };
    if (record.pending !== null && record.pending.operationId !== operationId) return { outcome: "busy" };
    const cartLines = withSet(record.granted, lines).length;
    if (cartLines > maxLines && cartLines > record.granted.length) return { outcome: "too_many_lines" };
    const others = this.#held(record, lines, now);
    if (record.pending === null) {
      if (!mayFit(lines, others)) return { outcome: "cannot_fit", others };
      const deadline = tickOf(this.#nowMs + this.#pendingMs);
      this.#records.change(sessionHash, record, now, lines, () => {
        record.pending = { operationId, lines, deadline };
        if (record.clients.length === 0) record.clients = clients;
      });
    }
    return { outcome: "placed", others };
  }

  async confirm({ sessionHash, operationId }: OperationRef): Promise<ConfirmOutcome> {
    const now = this.#begin();
    const record = this.#records.find(sessionHash, now);
    if (record?.pending?.operationId !== operationId) {
      if (record?.lastOperationId !== operationId) return { outcome: "gone" };
      return { outcome: "confirmed", view: this.#view(record) };
    }
    const { lines } = record.pending;
    this.#records.change(sessionHash, record, now, lines, () => {
      if (record.granted.length === 0) record.firstGrantedAt = now;
      record.granted = this.#records.shared(withSet(record.granted, lines));
      record.pending = null;
      record.lastOperationId = operationId;
      record.deadline = this.#renewed(record);
    });
    return { outcome: "confirmed", view: this.#view(record) };
  }

  async abort({ sessionHash, operationId }: OperationRef): Promise<void> {
    const now = this.#begin();
    const record = this.#records.find(sessionHash, now);
    if (record?.pending?.operationId !== operationId) return;
    const { lines } = record.pending;
    this.#records.change(sessionHash, record, now, lines, () => {
      record.pending = null;
    });
  }

  async renew(sessionHash: string): Promise<RenewOutcome> {
    const now = this.#begin();
    const record = this.#records.find(sessionHash, now);
    const claim = record?.claims[0];
    if (claim !== undefined) return { outcome: "checkout_open", claim };
    if (record === undefined || record.granted.length === 0) return { outcome: "nothing_held" };
    this.#records.change(sessionHash, record, now, record.granted, () => {
      record.deadline = this.#renewed(record);
    });
    return { outcome: "renewed", view: this.#view(record) };
  }

  async release({ sessionHash, productIds }: ReleaseRequest): Promise<ReleaseOutcome> {
    const now = this.#begin();
    const record = this.#records.find(sessionHash, now);
    if (record === undefined) return { outcome: "released", lines: NONE, view: this.#view(undefined) };
    const [claim] = record.claims;
    if (claim !== undefined) return { outcome: "checkout_open", claim };
    if (record.pending !== null) return { outcome: "busy" };
    const named = (line: Line) => productIds === "all" || productIds.includes(line.productId);
    const before = record.granted;
    const lines = before.filter(named);
    this.#records.change(sessionHash, record, now, before, () => {
      record.granted = this.#records.shared(before.filter((line) => !named(line)));
      record.lastOperationId = null;
      record.deadline = this.#renewed(record);
    });
    return { outcome: "released", lines, view: this.#view(record) };
  }

  async claim({ sessionHash, claimId, terms }: ClaimRequest): Promise<ClaimOutcome> {
    const now = this.#begin();
    const record = this.#records.find(sessionHash, now);
    const known = this.#claims.get(claimId);
    if (known !== undefined && known.sessionHash !== sessionHash)
      throw new Error(`claim ${claimId} belongs to another session`);
    if (record === undefined) return { outcome: "nothing_held" };
    if (known !== undefined) return { outcome: "claimed", claim: known, others: this.#held(record, known.lines, now) };
    const [open] = record.claims;
    if (open !== undefined) return { outcome: "checkout_open", claim: open };
    if (record.pending !== null) return { outcome: "busy" };
    if (record.granted.length === 0) return { outcome: "nothing_held" };
    const claim: Claim = {
      claimId,
      checkoutId: null,
      sessionHash,
      lines: record.granted,
      claimedAt: this.#clock.wall(),
      ...(terms === undefined ? {} : { terms }),
    };
    this.#claims.set(claimId, claim);
    this.#records.change(sessionHash, record, now, claim.lines, () => {
      record.claims = [claim];
      record.granted = NONE;
      record.lastOperationId = null;
    });
    return { outcome: "claimed", claim, others: this.#held(record, claim.lines, now) };
  }

  async stamp({ claimId, checkoutId }: { claimId: string; checkoutId: string }): Promise<"stamped" | "gone"> {
    const now = this.#begin();
    const claim = this.#claims.get(claimId);
    if (claim === undefined || (claim.checkoutId !== null && claim.checkoutId !== checkoutId)) return "gone";
    const stamped = { ...claim, checkoutId };
    const record = this.#recordOf(claim, now);
    record.claims = record.claims.map((each) => (each === claim ? stamped : each));
    this.#claims.set(claimId, stamped);
    return "stamped";
  }

  async complete(ref: ClaimRef): Promise<ClaimEnd> {
    return this.#end(ref, "stock");
  }

  async unclaim({ to, ...ref }: ClaimRef & { to: "shopper" | "stock" }): Promise<ClaimEnd> {
    return this.#end(ref, to);
  }

  async lower({ claimId, checkoutId, lines }: ClaimRef & { lines: readonly Line[] }): Promise<"lowered" | "gone"> {
    const now = this.#begin();
    const claim = this.#claims.get(claimId);
    if (claim === undefined || claim.checkoutId !== checkoutId) return "gone";
    const record = this.#recordOf(claim, now);
    const lowered: Claim = { ...claim, lines: this.#records.shared(withAtMost(claim.lines, lines)) };
    const freed = claim.lines.filter((line) => unitsOf(lowered.lines, line.productId) < line.quantity);
    if (freed.length === 0) return "lowered";
    this.#claims.set(claimId, lowered);
    this.#records.change(claim.sessionHash, record, now, freed, () => {
      record.claims = record.claims.map((each) => (each === claim ? lowered : each));
    });
    return "lowered";
  }

  async restore(claim: Claim): Promise<void> {
    const now = this.#begin();
    if (this.#claims.has(claim.claimId)) return;
    const record = this.#records.findOrCreate(claim.sessionHash, now);
    const lines = this.#records.shared(claim.lines);
    const restored: Claim = { ...claim, lines };
    this.#claims.set(claim.claimId, restored);
    this.#records.change(claim.sessionHash, record, now, lines, () => {
      const claimedAt = tickOf(this.#nowMs - Math.max(0, this.#clock.wall() - claim.claimedAt));
      const isFirst = record.granted.length === 0 && record.claims.length === 0;
      record.firstGrantedAt = isFirst ? claimedAt : Math.min(record.firstGrantedAt, claimedAt);
      record.claims = [...record.claims, restored];
      // A pending call must not be confirmed into a cart that is being paid for.
      record.pending = null;
      record.lastOperationId = null;
    });
  }

  async findClaim(claimId: string): Promise<FoundClaim | null> {
    this.#begin();
    const claim = this.#claims.get(claimId);
    return claim === undefined ? null : { ...claim, ageMs: this.#clock.wall() - claim.claimedAt };
  }

  async claims(query: ClaimsQuery): Promise<readonly Claim[]> {
    this.#begin();
    return pageOfClaims(this.#claims.values(), query, this.#clock.wall());
  }

  async view(sessionHash: string): Promise<SessionView> {
    const now = this.#begin();
    return this.#view(this.#records.find(sessionHash, now));
  }

  async held({ sessionHash, productIds }: HeldQuery): Promise<ReadonlyMap<string, HeldUnits>> {
    const now = this.#begin();
    const record = sessionHash === null ? undefined : this.#records.find(sessionHash, now);
    return this.#held(
      record,
      productIds.map((productId) => ({ productId })),
      now,
    );
  }

  async snapshot(query: SnapshotQuery): Promise<SnapshotPage> {
    const now = this.#begin();
    return this.#reader.page(query, now, this.#nowMs);
  }

  async totals(): Promise<StoreTotals> {
    const { products, clients, ...totals } = this.#records.ledger.totals(this.#begin());
    const records = this.#records.bySession.size;
    return {
      ...totals,
      bytes: estimatedBytes({
        records,
        claims: this.#claims.size,
        products,
        clients,
        holds: totals.shopping + totals.checkout,
      }),
    };
  }

  subscribe(listener: (event: StoreEvent) => void): () => void {
    return this.#records.subscribe(listener);
  }

  /** Starts an operation and returns its tick. */
  #begin(): number {
    this.#nowMs = this.#clock.now();
    const now = tickOf(this.#nowMs);
    this.#records.sweep(now);
    return now;
  }

  #end(ref: ClaimRef, to: "shopper" | "stock"): ClaimEnd {
    const now = this.#begin();
    const claim = this.#claims.get(ref.claimId);
    if (claim === undefined || claim.checkoutId !== ref.checkoutId) return { outcome: "gone" };
    const record = this.#recordOf(claim, now);
    this.#claims.delete(claim.claimId);
    this.#records.change(claim.sessionHash, record, now, claim.lines, () => {
      record.claims = record.claims.length === 1 ? NONE : record.claims.filter((each) => each !== claim);
      const deadline = this.#renewed(record);
      if (to === "stock" || deadline <= now) return;
      record.granted = this.#records.shared(withAtLeast(record.granted, claim.lines));
      record.deadline = deadline;
    });
    return { outcome: "ended", claim };
  }

  #recordOf(claim: Claim, now: number): SessionRecord {
    const record = this.#records.find(claim.sessionHash, now);
    if (record === undefined) throw new Error(`claim ${claim.claimId} has no session record`);
    return record;
  }

  #held(
    record: SessionRecord | undefined,
    lines: readonly Pick<Line, "productId">[],
    now: number,
  ): ReadonlyMap<string, HeldUnits> {
    const held = new Map<string, HeldUnits>();
    for (const { productId } of lines)
      held.set(productId, this.#records.ledger.held(productId, record, now, this.#nowMs));
    return held;
  }

  #view(record: SessionRecord | undefined): SessionView {
    return viewOf(record, { nowMs: this.#nowMs, maxAgeTicks: this.#maxAgeTicks });
  }

  #renewed(record: SessionRecord): number {
    return Math.min(tickOf(this.#nowMs + this.#ttlMs), record.firstGrantedAt + this.#maxAgeTicks);
  }
}
