import type { VersionedStockRow } from "~/catalog/catalog";
import type { AnnouncedMark, CheckoutRecord, LineState, MarkedLine } from "./line-marks";
import type { FoundMove } from "./resend-rule";

/** What has to be done next for a checkout that is paid. Pure: the record and the rows decide, nobody's memory. */
export type NextStep =
  /** Announced moves whose outcome is open: each is settled by its row. */
  | { readonly step: "settle"; readonly moves: readonly OpenMove[] }
  /** Announce these moves in one write. */
  | { readonly step: "announce"; readonly states: ReadonlyMap<string, LineState> }
  /** These lines cannot be had: write the verdict before anything else. */
  | { readonly step: "condemn"; readonly short: readonly MissingUnits[] }
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
   * `swap`: not made, and no other request for it can still be carried out. `again`: not made, and to be announced from the row as it is.
   * `wait`: a request for it may still be under way. `applied`: the row is `to`. `unclear`: the row is neither number.
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
  /** Moves announced by the caller itself, whose swap was not sent yet; they are swapped without a look at the row. */
  readonly unsent?: ReadonlySet<string>;
  /** See `ResendRule`. None is due when left out. */
  readonly isDue?: (move: Omit<FoundMove, "checkoutId">) => boolean;
}

/** Whether `nextStep` will look at rows, so that they have to be leased and read. */
export function needsRows(record: CheckoutRecord): boolean {
  if (record.lines.some((line) => isAnnounced(line.state.mark))) return true;
  const untouched = record.verdict === null ? "claimed" : "done";
  return (
    !(record.verdict === null && waitsForAPerson(record)) && record.lines.some((line) => line.state.mark === untouched)
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
    const said = () => whatTheRowSays(state, rows.get(productId), () => isDue({ productId, from, to, announcedAt }));
    return [{ line, announced: state.mark, from, to, version, row: unsent.has(productId) ? "swap" : said() }];
  });
  if (moves.length > 0) return { step: "settle", moves };
  return record.verdict === null ? forward(record, rows) : backward(record, rows);
}

/** What is left to do when no stock is to be moved any more: a line that its row refuses waits, and the money does not wait for it. */
export function stepWithoutStock(record: CheckoutRecord): NextStep {
  const next = nextStep(record, new Map());
  const isRefused = record.review?.reason === "row_refused" && (next.step === "announce" || next.step === "condemn");
  if (!isRefused) return next;
  return { step: record.verdict === "refund" ? "refund" : "review" };
}

/** Nothing is taken before a person has decided. What a row refuses is no such case: it is tried again. Extra lines wait afterwards. */
export function waitsForAPerson({ review, lines }: CheckoutRecord): boolean {
  return review?.reason === "lines_differ" || lines.some((line) => line.state.mark === "needs_review");
}

/** Stripe charged for lines that nobody knows how to deliver, and no operator has accepted that. */
export function hasOpenExtras({ extraLines, accepted }: CheckoutRecord): boolean {
  return extraLines && !accepted.includes("lines_differ");
}

function forward(record: CheckoutRecord, rows: Rows): NextStep {
  if (waitsForAPerson(record)) return { step: "review" };
  const untaken = record.lines.filter((line) => line.state.mark === "claimed");
  if (untaken.length === 0) return hasOpenExtras(record) ? { step: "review" } : { step: "finished", as: "done" };
  const short = untaken.flatMap((line) => {
    const missing = line.quantity - Math.max(0, rows.get(line.productId)?.inventory ?? 0);
    return missing > 0 ? [{ productId: line.productId, missing }] : [];
  });
  if (short.length > 0) return { step: "condemn", short };
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
  // The money goes back first: a person's doubt about the stock must not keep it.
  if (record.lines.some((line) => line.state.mark === "needs_review")) return { step: "review" };
  return { step: "finished", as: "refunded" };
}

function announce(line: MarkedLine, row: Row | undefined, sign: 1 | -1, mark: AnnouncedMark): LineState {
  const from = row?.inventory ?? null;
  // Only ever on the way back (forward, such a line is short): the row is gone, or bears no number that could be added to.
  if (from === null) return { mark: "returned" };
  return { mark, from, to: from + sign * line.quantity, version: row?.version ?? undefined };
}

/**
 * A request for the move may have been sent, and may be carried out long after its sender gave up. One that names a version matches that
 * version only: while the row has it nothing was applied, and once it has another nothing can be.
 */
function whatTheRowSays(
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
