import type { Claim, ClientCap, Line, SessionView } from "./reservation-store";
import { TICK_MS } from "./ticks";

/** Shared by everything that is empty: a million holds pay for no empty arrays. */
export const NONE: readonly never[] = Object.freeze([]);

/** One undecided call. */
export interface Pending {
  readonly operationId: string;
  readonly lines: readonly Line[];
  readonly deadline: number;
}

/** Everything that one session has in the memory driver. There is no record for a session that holds nothing. Times are ticks. */
export class SessionRecord {
  /** Order of arrival, by which a snapshot finds its place again. */
  readonly sequence: number;
  granted: readonly Line[] = NONE;
  /** Of `granted`. */
  deadline = 0;
  /** Where the absolute age counts from, while anything is granted or claimed. */
  firstGrantedAt = 0;
  pending: Pending | null = null;
  /** The session's own claim first; more than one only after `restore`. */
  claims: readonly Claim[] = NONE;
  lastOperationId: string | null = null;
  /** Whose caps it counts for (see `ClientCap`). */
  clients: readonly ClientCap[] = NONE;

  constructor(sequence: number) {
    this.sequence = sequence;
  }

  get isEmpty(): boolean {
    return this.granted.length === 0 && this.pending === null && this.claims.length === 0;
  }
}

/**
 * Tells of each product of the record, once, the units of the session's hold on it: claimed without a deadline, granted until
 * the record's, pending until the undecided call's. The hold counts as the largest of those that live.
 * A visit and no list: every verb asks, and a list would be most of its work.
 */
export function eachHold(
  record: SessionRecord,
  visit: (productId: string, claimed: number, granted: number, pending: number) => void,
): void {
  const { granted, pending, claims } = record;
  const asked = pending === null ? NONE : pending.lines;
  for (const { productId, quantity } of granted)
    visit(productId, claimedOf(claims, productId), quantity, unitsOf(asked, productId));
  for (const { productId, quantity } of asked) {
    if (!names(granted, productId)) visit(productId, claimedOf(claims, productId), 0, quantity);
  }
  for (const [at, claim] of claims.entries()) {
    const earlier = claims.slice(0, at);
    for (const { productId } of claim.lines) {
      if (names(granted, productId) || names(asked, productId) || earlier.some(({ lines }) => names(lines, productId)))
        continue;
      visit(productId, claimedOf(claims, productId), 0, 0);
    }
  }
}

/** What the session holds at `nowMs`, without what has lapsed by then. */
export function viewOf(
  record: SessionRecord | undefined,
  { nowMs, maxAgeTicks }: { nowMs: number; maxAgeTicks: number },
): SessionView {
  const claim = record?.claims[0] ?? null;
  if (record === undefined || claim !== null || record.granted.length === 0) {
    return { lines: NONE, expiresInMs: null, renewableForMs: null, claim };
  }
  const left = (deadline: number) => Math.floor(deadline * TICK_MS - nowMs);
  return {
    lines: record.granted,
    expiresInMs: left(record.deadline),
    renewableForMs: left(record.firstGrantedAt + maxAgeTicks),
    claim,
  };
}

/** Units of the product in lines that name each product once. */
export function unitsOf(lines: readonly Line[], productId: string): number {
  for (const line of lines) if (line.productId === productId) return line.quantity;
  return 0;
}

/** Units of the product in all claims together. */
export function claimedOf(claims: readonly Claim[], productId: string): number {
  let units = 0;
  for (const claim of claims) units += unitsOf(claim.lines, productId);
  return units;
}

function names(lines: readonly Line[], productId: string): boolean {
  for (const line of lines) if (line.productId === productId) return true;
  return false;
}
