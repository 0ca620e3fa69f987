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
  /** The decrement was announced; whether it happened is told by the row alone. */
  | Move<"intent">
  | Move<"done">
  /** After the verdict to refund: giving back was announced. */
  | Move<"return_intent">
  /** Given back, or there is no number left that could be added to. */
  | { readonly mark: "returned" }
  /** The row shows neither number of the announced move: only a person can tell whether it was applied. */
  | (Move<"needs_review"> & { readonly of: AnnouncedMark });

export type AnnouncedMark = "intent" | "return_intent";

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
export type SettleVerdict = "applied" | "not_applied" | "retry" | "refund" | "refunded_elsewhere" | "accept" | "adopt" | "leave";

/** What we wrote on a Stripe session; the only durable record of a sale in progress. */
export interface CheckoutRecord {
  readonly claimId: string;
  /** Hash of the shopper's session id. */
  readonly session: string;
  readonly fingerprint: string;
  readonly currency: string;
  /** See `Claim.epoch`. */
  readonly epoch?: string | undefined;
  readonly lines: readonly MarkedLine[];
  readonly verdict: Verdict | null;
}

/** What one write changes; all of it lands in one update. */
export interface RecordChange {
  readonly states?: ReadonlyMap<string, LineState>;
  readonly verdict?: Verdict;
}

/** The one way in which marks are read and written, so that they can move to another object than the session. */
export interface MarkStore<Place> {
  /** Null when the object is not this shop's. Throws when it is, and cannot be understood. */
  read(place: Place): CheckoutRecord | null;
  /** One atomic update of the changed marks only. A throw means unknown: it may have happened. */
  write(checkoutId: string, record: CheckoutRecord, change: RecordChange): Promise<CheckoutRecord>;
}

export function changed(record: CheckoutRecord, change: RecordChange): CheckoutRecord {
  return {
    ...record,
    verdict: change.verdict ?? record.verdict,
    lines: record.lines.map((line) => ({ ...line, state: change.states?.get(line.productId) ?? line.state })),
  };
}

export function sameMarks(one: CheckoutRecord, other: CheckoutRecord): boolean {
  return spell(one) === spell(other);
}

function spell({ verdict, lines }: CheckoutRecord): string {
  const states = lines.map(({ productId, state }) => [productId, state.mark, ...("from" in state ? [state.from, state.to] : [])]);
  return JSON.stringify([verdict, states]);
}

export function subtotal(line: MarkedLine, currency: string): Money {
  return { amount: line.unitAmount * line.quantity, currency };
}
