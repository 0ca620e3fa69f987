import type { Claim, ClientCap, Line, SessionView } from "./reservation-store";
import { TICK_MS } from "./ticks";

/** One shared empty list, so that a million holds do not allocate empty arrays. */
export const NONE: readonly never[] = Object.freeze([]);

/** A call that is not decided yet. */
export interface Pending {
  readonly operationId: string;
  readonly lines: readonly Line[];
  readonly deadline: number;
}

/** Everything the memory driver keeps of one session. A session that holds nothing has no record. Times are ticks. */
export class SessionRecord {
  /** Order of arrival, by which a snapshot resumes. */
  readonly sequence: number;
  granted: readonly Line[] = NONE;
  /** Deadline of `granted`. */
  deadline = 0;
  /** Start of the absolute age, while anything is granted or claimed. */
  firstGrantedAt = 0;
  pending: Pending | null = null;
  /** The session's own claim comes first. More than one only after `restore`. */
  claims: readonly Claim[] = NONE;
  lastOperationId: string | null = null;
  /** Clients it counts towards, with their caps (see `ClientCap`). */
  clients: readonly ClientCap[] = NONE;

  constructor(sequence: number) {
    this.sequence = sequence;
  }

  get isEmpty(): boolean {
    return this.granted.length === 0 && this.pending === null && this.claims.length === 0;
  }
}

/**
 * Calls `visit` once per product with the units of each layer: claimed without a deadline, granted until the record's
 * deadline, pending until the call's. The hold counts as the largest live layer.
 * A callback instead of a list, because every operation does this and lists dominated the profile.
 */
export function eachHold(
  record: SessionRecord,
  visit: (productId: string, claimed: number, granted: number, pending: number) => void,
): void {
  const { granted, pending, claims } = record;
  const pendingLines = pending === null ? NONE : pending.lines;
  for (const { productId, quantity } of granted)
    visit(productId, claimedOf(claims, productId), quantity, unitsOf(pendingLines, productId));
  for (const { productId, quantity } of pendingLines) {
    if (!hasProduct(granted, productId)) visit(productId, claimedOf(claims, productId), 0, quantity);
  }
  for (const [at, claim] of claims.entries()) {
    const earlier = claims.slice(0, at);
    for (const { productId } of claim.lines) {
      if (
        hasProduct(granted, productId) ||
        hasProduct(pendingLines, productId) ||
        earlier.some(({ lines }) => hasProduct(lines, productId))
      )
        continue;
      visit(productId, claimedOf(claims, productId), 0, 0);
    }
  }
}

/** The session's holds at `nowMs`, without lapsed ones. */
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

/** Units of the product in lines with distinct products. */
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

function hasProduct(lines: readonly Line[], productId: string): boolean {
  for (const line of lines) if (line.productId === productId) return true;
  return false;
}
