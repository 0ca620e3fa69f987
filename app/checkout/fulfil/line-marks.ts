import type { Money } from "~/catalog/catalog";

/**
 * Progress of one paid line. `from` and `to` are the row's inventory before and after the move that the mark records.
 *
 *     claimed → intent → done → return_intent → returned
 *                  ↘ needs_review ↙   (an operator's verdict leads back)
 */
export type LineState =
  /** Nothing taken from stock. */
  | { readonly mark: "claimed" }
  /** The decrement was announced; only the row shows whether it happened. */
  | (Move<"intent"> & Announcement)
  | Move<"done">
  /** After the refund verdict: returning the units to stock was announced. */
  | (Move<"return_intent"> & Announcement)
  /** Returned to stock, or the row no longer has a number to add to. */
  | { readonly mark: "returned" }
  /** The row shows neither number of the announced move: only a person can tell whether it was applied. */
  | (Move<"needs_review"> & { readonly of: AnnouncedMark });

export type AnnouncedMark = "intent" | "return_intent";

/** Distinguishes a request that was never applied from a late one. Absent in marks of the previous release. */
export interface Announcement {
  /** `VersionedStockRow.version` of the row that `from` was read from; the swap matches no other version. */
  readonly version?: string | undefined;
  /** When the mark was written: epoch milliseconds by the writer's clock. Set by the mark store. */
  readonly announcedAt?: number | undefined;
}

interface Move<M extends string> {
  readonly mark: M;
  readonly from: number;
  readonly to: number;
}

export interface MarkedLine {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  /** Price of one unit, in minor units of the checkout's currency. */
  readonly unitAmount: number;
  readonly state: LineState;
}

/** Final: once set, no retry decrements stock for this checkout. `refunded`: the money is on its way back. */
export type Verdict = "refund" | "refunded";

/** Why an order waits for an operator. Possible verdicts: `SettleVerdict`. */
export type ReviewReason =
  /** A row shows neither number of an announced move. */
  | "unclear_row"
  /** The row rejects the decrement (a constraint, trigger or policy), although there is enough stock. */
  | "row_refused"
  /** Stripe reports it paid, with an amount above zero, but names no payment that could be refunded. */
  | "no_payment"
  /** Stripe charged for something other than our record says. */
  | "lines_differ"
  /** Stripe refuses the refund, or it failed later. */
  | "refund_failed"
  /** Paid, with the tag of a former or another shop. */
  | "foreign_tag";

/**
 * An operator's decision: `unclear_row` (applied, not_applied) · `row_refused` (retry, refund) · `no_payment` (retry,
 * refunded_elsewhere) · `lines_differ` (accept, refund) · `refund_failed` (retry, refunded_elsewhere) · `foreign_tag`
 * (adopt, leave).
 */
export type SettleVerdict =
  "applied" | "not_applied" | "retry" | "refund" | "refunded_elsewhere" | "accept" | "adopt" | "leave";

/** Why an order waits for an operator, and since when (epoch milliseconds). */
interface Review {
  readonly reason: ReviewReason;
  readonly since: number;
}

/** Initial record of a new session. */
export interface NewRecord {
  readonly claimId: string;
  /** Hash of the shopper's session id. */
  readonly sessionHash: string;
  readonly fingerprint: string;
  readonly currency: string;
  /** See `Claim.epoch`. */
  readonly epoch?: string | undefined;
  readonly lines: readonly MarkedLine[];
}

/**
 * Several sales of one product taken by one swap. The leader's announced move covers all of them. Followers name the
 * leader, and its record shows whether their units were taken.
 */
export type Batch =
  | { readonly role: "leads"; readonly id: string }
  /** `from`: this sale's position in the row's numbers, for people to read. */
  | { readonly role: "follows"; readonly id: string; readonly leader: string; readonly from: number };

/** The part of a record that changes while a sale is processed. */
export interface RecordState {
  readonly states: ReadonlyMap<string, LineState>;
  readonly verdict: Verdict | null;
  readonly review: Review | null;
  /** Reasons that an operator has accepted as they are. */
  readonly accepted: readonly ReviewReason[];
  /** Stripe charged for more than our lines: ours are taken first, then the order waits for an operator. */
  readonly extraLines: boolean;
  /** Only for checkouts with one line. Stays after the sale, because followers read it. */
  readonly batch?: Batch | undefined;
}

/** What we wrote on a Stripe session: the only durable record of a sale in progress. */
export interface CheckoutRecord extends NewRecord, Omit<RecordState, "states"> {
  /** For people only: what Stripe charged for if it differs, then the operator's decision. */
  readonly note: string | null;
  /** The metadata that it was read from; the next write builds on it. */
  readonly source: Readonly<Record<string, string>>;
}

/** Changes of one write, applied in a single update. */
export interface RecordChange {
  readonly states?: ReadonlyMap<string, LineState>;
  readonly verdict?: Verdict;
  /** Null: no longer waits for an operator. */
  readonly review?: ReviewReason | null;
  readonly accept?: ReviewReason;
  readonly extraLines?: true;
  readonly batch?: Batch;
  readonly note?: string;
}

/**
 * Only reader and writer of line marks, so that storage can move off the Checkout Session. Writes form a log: one that
 * lands late, after newer ones, does not undo them.
 */
export interface MarkStore<Place> {
  /** Null if the object isn't this shop's. Throws if it is, but can't be parsed. */
  read(place: Place): CheckoutRecord | null;
  /**
   * One atomic update; returns the resulting record. A throw means an unknown outcome: it may have happened, or happen
   * later.
   */
  write(checkoutId: string, record: CheckoutRecord, change: RecordChange): Promise<CheckoutRecord>;
}

/** The record's state after a change made at `at` has landed. */
export function applyChange(
  record: CheckoutRecord,
  change: RecordChange,
  at: number,
): Omit<RecordState, "states"> & Pick<CheckoutRecord, "lines" | "note"> {
  // The line was certainly not taken, so the batch was not, either.
  const isUndone = [...(change.states?.values() ?? [])].some((state) => state.mark === "claimed");
  return {
    lines: record.lines.map((line) => ({ ...line, state: change.states?.get(line.productId) ?? line.state })),
    verdict: change.verdict ?? record.verdict,
    review: change.review === undefined ? record.review : reviewSince(record.review, change.review, at),
    accepted: change.accept === undefined ? record.accepted : [...new Set([...record.accepted, change.accept])],
    extraLines: change.extraLines ?? record.extraLines,
    note: change.note ?? record.note,
    batch: isUndone ? undefined : (change.batch ?? record.batch),
  };
}

function reviewSince(before: Review | null, reason: ReviewReason | null, at: number): Review | null {
  if (reason === null) return null;
  return before?.reason === reason ? before : { reason, since: at };
}

export function sameMarks(one: CheckoutRecord, other: CheckoutRecord): boolean {
  return serialize(one) === serialize(other);
}

function serialize({ verdict, lines, batch }: CheckoutRecord): string {
  const states = lines.map(({ productId, state }) => [
    productId,
    state.mark,
    ...("from" in state ? [state.from, state.to] : []),
  ]);
  return JSON.stringify([verdict, states, batch?.id]);
}

export function subtotal(line: MarkedLine, currency: string): Money {
  return { amount: line.unitAmount * line.quantity, currency };
}
