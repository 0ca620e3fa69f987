import type { VersionedStockRow } from "~/catalog/catalog";
import type { AnnouncedMark, CheckoutRecord, LineState, MarkedLine } from "./line-marks";
import type { FoundMove } from "./resend-rule";

/** What to do next for a paid checkout. A pure function of the record and the rows. */
export type NextStep =
  /** Announced moves with an unknown outcome; each is resolved by its row. */
  | { readonly step: "resolve"; readonly moves: readonly OpenMove[] }
  /** Announce these moves in one write. */
  | { readonly step: "announce"; readonly states: ReadonlyMap<string, LineState> }
  /** These lines are short: write the refund verdict before anything else. */
  | { readonly step: "decide_refund"; readonly short: readonly MissingUnits[] }
  | { readonly step: "refund" }
  | { readonly step: "review" }
  | { readonly step: "finished"; readonly as: "done" | "refunded" };

export interface OpenMove {
  readonly line: MarkedLine;
  readonly announced: AnnouncedMark;
  readonly from: number;
  readonly to: number;
  /** The only version of the row that the swap may match. */
  readonly version?: string | undefined;
  /**
   * `swap`: not applied, and no other request for it can still land. `again`: not applied; announce it again from the
   * current row. `wait`: a request for it may still be in flight. `applied`: the row is `to`. `unclear`: the row is
   * neither number.
   */
  readonly row: "swap" | "again" | "wait" | "applied" | "unclear";
}

export interface MissingUnits {
  readonly productId: string;
  readonly missing: number;
}

type Row = Pick<VersionedStockRow, "inventory" | "version">;

/** By product id. */
export type Rows = ReadonlyMap<string, Row>;

interface Sending {
  /** Moves announced by the caller and not yet sent; they are swapped without reading the row. */
  readonly unsent?: ReadonlySet<string>;
  /** See `ResendRule`. If absent, no move is due. */
  readonly isDue?: (move: Omit<FoundMove, "checkoutId">) => boolean;
}

/** Whether `nextStep` will need rows, which then have to be leased and read. */
export function needsRows(record: CheckoutRecord): boolean {
  if (record.lines.some((line) => isAnnounced(line.state.mark))) return true;
  const untouched = record.verdict === null ? "claimed" : "done";
  return (
    !(record.verdict === null && awaitsReview(record)) && record.lines.some((line) => line.state.mark === untouched)
  );
}

export function nextStep(
  record: CheckoutRecord,
  rows: Rows,
  { unsent = new Set(), isDue = () => false }: Sending = {},
): NextStep {
  const moves = record.lines.flatMap((line): OpenMove[] => {
    const { state } = line;
    if (state.mark !== "intent" && state.mark !== "return_intent") return [];
    const { from, to, version, announcedAt } = state;
    const { productId } = line;
    const compare = () => compareWithRow(state, rows.get(productId), () => isDue({ productId, from, to, announcedAt }));
    return [{ line, announced: state.mark, from, to, version, row: unsent.has(productId) ? "swap" : compare() }];
  });
  if (moves.length > 0) return { step: "resolve", moves };
  return record.verdict === null ? forward(record, rows) : backward(record, rows);
}

/**
 * The next step when no more stock can be moved. A line that its row rejects waits, but the refund does not wait for
 * it.
 */
export function stepWithoutStock(record: CheckoutRecord): NextStep {
  const next = nextStep(record, new Map());
  const isRefused =
    record.review?.reason === "row_refused" && (next.step === "announce" || next.step === "decide_refund");
  if (!isRefused) return next;
  return { step: record.verdict === "refund" ? "refund" : "review" };
}

/**
 * Whether nothing may be taken before an operator's verdict. False for `row_refused`, which is retried, and for extra
 * lines, which wait afterwards.
 */
export function awaitsReview({ review, lines }: CheckoutRecord): boolean {
  return review?.reason === "lines_differ" || lines.some((line) => line.state.mark === "needs_review");
}

/** Whether Stripe charged for lines outside our record that no operator has accepted. */
export function hasUnacceptedExtras({ extraLines, accepted }: CheckoutRecord): boolean {
  return extraLines && !accepted.includes("lines_differ");
}

function forward(record: CheckoutRecord, rows: Rows): NextStep {
  if (awaitsReview(record)) return { step: "review" };
  const untaken = record.lines.filter((line) => line.state.mark === "claimed");
  if (untaken.length === 0) return hasUnacceptedExtras(record) ? { step: "review" } : { step: "finished", as: "done" };
  const short = untaken.flatMap((line) => {
    const missing = line.quantity - Math.max(0, rows.get(line.productId)?.inventory ?? 0);
    return missing > 0 ? [{ productId: line.productId, missing }] : [];
  });
  if (short.length > 0) return { step: "decide_refund", short };
  return {
    step: "announce",
    states: new Map(untaken.map((line) => [line.productId, announce(line, rows.get(line.productId), -1, "intent")])),
  };
}

function backward(record: CheckoutRecord, rows: Rows): NextStep {
  const taken = record.lines.filter((line) => line.state.mark === "done");
  if (taken.length > 0) {
    return {
      step: "announce",
      states: new Map(
        taken.map((line) => [line.productId, announce(line, rows.get(line.productId), 1, "return_intent")]),
      ),
    };
  }
  if (record.verdict === "refund") return { step: "refund" };
  // The refund comes first: uncertain stock must not delay it.
  if (record.lines.some((line) => line.state.mark === "needs_review")) return { step: "review" };
  return { step: "finished", as: "refunded" };
}

function announce(line: MarkedLine, row: Row | undefined, sign: 1 | -1, mark: AnnouncedMark): LineState {
  const from = row?.inventory ?? null;
  // Only when returning units (forward, such a line is short): the row is gone or has no number to add to.
  if (from === null) return { mark: "returned" };
  return { mark, from, to: from + sign * line.quantity, version: row?.version ?? undefined };
}

/**
 * A request for the move may have been sent, and may land long after its sender gave up. With a version it matches only
 * that version: while the row has it, nothing was applied; once the row has another, nothing can be.
 */
function compareWithRow(
  move: { from: number; to: number; version?: string | undefined },
  row: Row | undefined,
  isDue: () => boolean,
): OpenMove["row"] {
  if (row?.inventory === move.to) return "applied";
  if (row?.inventory !== move.from) return "unclear";
  if (move.version !== undefined && row.version !== null) return row.version === move.version ? "swap" : "again";
  return isDue() ? "again" : "wait";
}

function isAnnounced(mark: LineState["mark"]): boolean {
  return mark === "intent" || mark === "return_intent";
}
