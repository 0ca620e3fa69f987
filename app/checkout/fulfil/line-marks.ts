import type { Money } from "~/catalog/catalog";

/**
 * How far one paid line has come. `from` and `to` are the row's inventory before and after the move that the mark speaks of.
 *
 *     claimed → intent → done → return_intent → returned
 *                  ↘ needs_review ↙   (an operator's word leads back)
 */
export type LineState =
  /** Nothing was taken from the stock. */
  | { readonly mark: "claimed" }
  /** The decrement was announced; only the row says whether it happened. */
  | (Move<"intent"> & Announcement)
  | Move<"done">
  /** After the verdict to refund: giving back was announced. */
  | (Move<"return_intent"> & Announcement)
  /** Given back, or there is no number left that could be added to. */
  | { readonly mark: "returned" }
  /** The row shows neither number of the announced move: only a person can tell whether it was applied. */
  | (Move<"needs_review"> & { readonly of: AnnouncedMark });

export type AnnouncedMark = "intent" | "return_intent";

/** What tells a request that was never applied from one that is late; absent in marks of the version before. */
export interface Announcement {
  /** `VersionedStockRow.version` of the row that `from` was read from: the swap matches no other version. */
  readonly version?: string | undefined;
  /** When the mark was written, epoch milliseconds by the writer's clock. Set by the mark store. */
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
  /** Of one unit, in minor units of the checkout's currency. */
  readonly unitAmount: number;
  readonly state: LineState;
}

/** Sticky: once set, no later try may decrement for this checkout. `refunded`: the money is on its way back. */
export type Verdict = "refund" | "refunded";

/** Why an order waits for a person. The ways out of each: `SettleVerdict`. */
export type ReviewReason =
  /** A row shows neither number of an announced move. */
  | "unclear_row"
  /** The row does not take the decrement (a constraint, a trigger, a policy), although there is enough. */
  | "row_refused"
  /** Stripe says paid, above zero, and names no payment: there is nothing that could be refunded. */
  | "no_payment"
  /** What Stripe charged for is not what our record says. */
  | "lines_differ"
  /** Stripe does not make the refund, or it failed later. */
  | "refund_failed"
  /** Paid, and tagged for a former or another shop. */
  | "foreign_tag";

/**
 * An operator's decision: `unclear_row` (applied, not_applied) · `row_refused` (retry, refund) · `no_payment` (retry, refunded_elsewhere) ·
 * `lines_differ` (accept, refund) · `refund_failed` (retry, refunded_elsewhere) · `foreign_tag` (adopt, leave).
 */
export type SettleVerdict =
  "applied" | "not_applied" | "retry" | "refund" | "refunded_elsewhere" | "accept" | "adopt" | "leave";

/** Why an order waits for a person, and since when, epoch milliseconds. */
interface Review {
  readonly reason: ReviewReason;
  readonly since: number;
}

/** What a new session gets. */
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
 * Several sales of one product that one swap takes. One leads: its announced move is that of all. The others follow: they name it, and
 * whether they took their units is read from its record.
 */
export type Batch =
  | { readonly role: "leads"; readonly id: string }
  /** `from`: where this sale stands in the row's numbers, for people. */
  | { readonly role: "follows"; readonly id: string; readonly leader: string; readonly from: number };

/** What changes while a sale is settled. */
export interface RecordState {
  readonly states: ReadonlyMap<string, LineState>;
  readonly verdict: Verdict | null;
  readonly review: Review | null;
  /** What an operator has said to be fine as it is. */
  readonly accepted: readonly ReviewReason[];
  /** Stripe charged for more than our lines: they are taken, and then the order waits for a person. */
  readonly extraLines: boolean;
  /** Of a checkout with one line. Stays after the sale, since its followers read it. */
  readonly batch?: Batch | undefined;
}

/** What we wrote on a Stripe session; the only durable record of a sale in progress. */
export interface CheckoutRecord extends NewRecord, Omit<RecordState, "states"> {
  /** For people only: what Stripe charged for where that differs, then what an operator decided. */
  readonly note: string | null;
  /** What it was read from; the next write builds on it. */
  readonly source: Readonly<Record<string, string>>;
}

/** What one write changes; all of it lands in one update. */
export interface RecordChange {
  readonly states?: ReadonlyMap<string, LineState>;
  readonly verdict?: Verdict;
  /** Null: it no longer waits for a person. */
  readonly review?: ReviewReason | null;
  readonly accept?: ReviewReason;
  readonly extraLines?: true;
  readonly batch?: Batch;
  readonly note?: string;
}

/**
 * Only reader and writer of marks, so that they can move to another object than the session. Writes are a log: one that lands late,
 * after newer ones, changes nothing that they say.
 */
export interface MarkStore<Place> {
  /** Null when the object is not this shop's. Throws when it is, and cannot be understood. */
  read(place: Place): CheckoutRecord | null;
  /** One atomic update; returns the record as it then reads. A throw means unknown: it may have happened, or happen later. */
  write(checkoutId: string, record: CheckoutRecord, change: RecordChange): Promise<CheckoutRecord>;
}

/** What is to be read once a change, made at `at`, has landed. */
export function applyChange(
  record: CheckoutRecord,
  change: RecordChange,
  at: number,
): Omit<RecordState, "states"> & Pick<CheckoutRecord, "lines" | "note"> {
  // Certainly not taken: then the batch was not, either.
  const goesBack = [...(change.states?.values() ?? [])].some((state) => state.mark === "claimed");
  return {
    lines: record.lines.map((line) => ({ ...line, state: change.states?.get(line.productId) ?? line.state })),
    verdict: change.verdict ?? record.verdict,
    review: change.review === undefined ? record.review : reviewSince(record.review, change.review, at),
    accepted: change.accept === undefined ? record.accepted : [...new Set([...record.accepted, change.accept])],
    extraLines: change.extraLines ?? record.extraLines,
    note: change.note ?? record.note,
    batch: goesBack ? undefined : (change.batch ?? record.batch),
  };
}

function reviewSince(before: Review | null, reason: ReviewReason | null, at: number): Review | null {
  if (reason === null) return null;
  return before?.reason === reason ? before : { reason, since: at };
}

export function sameMarks(one: CheckoutRecord, other: CheckoutRecord): boolean {
  return spell(one) === spell(other);
}

function spell({ verdict, lines, batch }: CheckoutRecord): string {
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
