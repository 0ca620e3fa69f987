import type { AnnouncedMark, CheckoutRecord, LineState, MarkedLine } from "./line-marks";

/** What has to be done next for a checkout that is paid. Pure: the record and the rows decide, nobody's memory. */
export type NextStep =
  /** Announced moves whose outcome is open: each is settled by its row. */
  | { readonly step: "settle"; readonly moves: readonly OpenMove[] }
  /** Announce these moves in one write. */
  | { readonly step: "announce"; readonly states: ReadonlyMap<string, LineState> }
  /** These lines cannot be had: write the verdict before anything else. */
  | { readonly step: "condemn"; readonly short: readonly ShortLine[] }
  | { readonly step: "refund" }
  | { readonly step: "review" }
  | { readonly step: "finished"; readonly as: "done" | "refunded" };

export interface OpenMove {
  readonly line: MarkedLine;
  readonly announced: AnnouncedMark;
  readonly from: number;
  readonly to: number;
  /** `swap`: the row still is `from`. `applied`: it is `to`. `unclear`: neither. */
  readonly row: "swap" | "applied" | "unclear";
}

export interface ShortLine {
  readonly productId: string;
  readonly missing: number;
}

/** A row's inventory by product id; null or absent when there is no number to work with. */
export type Inventory = ReadonlyMap<string, number | null>;

/** Whether `nextStep` will look at rows, so that they have to be leased and read. */
export function needsRows(record: CheckoutRecord): boolean {
  if (record.lines.some((line) => isAnnounced(line.state.mark))) return true;
  const untouched = record.verdict === null ? "claimed" : "done";
  return !(record.verdict === null && waitsForAPerson(record)) && record.lines.some((line) => line.state.mark === untouched);
}

/** `unsent`: moves announced by the caller itself, whose swap was not sent yet; they are swapped without a look at the row. */
export function nextStep(record: CheckoutRecord, inventory: Inventory, unsent: ReadonlySet<string> = new Set()): NextStep {
  const moves = record.lines.flatMap((line): OpenMove[] => {
    const { state } = line;
    if (state.mark !== "intent" && state.mark !== "return_intent") return [];
    const row = unsent.has(line.productId) ? "swap" : whatTheRowSays(state, inventory.get(line.productId) ?? null);
    return [{ line, announced: state.mark, from: state.from, to: state.to, row }];
  });
  if (moves.length > 0) return { step: "settle", moves };
  return record.verdict === null ? forward(record, inventory) : backward(record, inventory);
}

/** What is left to do when no stock is to be moved any more: a line that its row refuses waits, and the money does not wait for it. */
export function stepWithoutStock(record: CheckoutRecord): NextStep {
  const next = nextStep(record, new Map());
  const isRefused = record.review?.reason === "row_refused" && (next.step === "announce" || next.step === "condemn");
  if (!isRefused) return next;
  return { step: record.verdict === "refund" ? "refund" : "review" };
}

/** Nothing is taken before a person has decided. What a row refuses is no such case: it is tried again. */
export function waitsForAPerson({ review, lines }: CheckoutRecord): boolean {
  return review?.reason === "lines_differ" || lines.some((line) => line.state.mark === "needs_review");
}

function forward(record: CheckoutRecord, inventory: Inventory): NextStep {
  if (waitsForAPerson(record)) return { step: "review" };
  const untaken = record.lines.filter((line) => line.state.mark === "claimed");
  if (untaken.length === 0) return { step: "finished", as: "done" };
  const short = untaken.flatMap((line) => {
    const missing = line.quantity - Math.max(0, inventory.get(line.productId) ?? 0);
    return missing > 0 ? [{ productId: line.productId, missing }] : [];
  });
  if (short.length > 0) return { step: "condemn", short };
  return { step: "announce", states: new Map(untaken.map((line) => [line.productId, announce(line, inventory, -1, "intent")])) };
}

function backward(record: CheckoutRecord, inventory: Inventory): NextStep {
  const taken = record.lines.filter((line) => line.state.mark === "done");
  if (taken.length > 0) {
    return { step: "announce", states: new Map(taken.map((line) => [line.productId, announce(line, inventory, 1, "return_intent")])) };
  }
  if (record.verdict === "refund") return { step: "refund" };
  // The money goes back first: a person's doubt about the stock must not keep it.
  if (record.lines.some((line) => line.state.mark === "needs_review")) return { step: "review" };
  return { step: "finished", as: "refunded" };
}

function announce(line: MarkedLine, inventory: Inventory, sign: 1 | -1, mark: AnnouncedMark): LineState {
  const from = inventory.get(line.productId) ?? null;
  // Only ever on the way back (forward, such a line is short): the row is gone, or bears no number that could be added to.
  if (from === null) return { mark: "returned" };
  return { mark, from, to: from + sign * line.quantity };
}

function whatTheRowSays(move: { from: number; to: number }, row: number | null): OpenMove["row"] {
  if (row === move.from) return "swap";
  return row === move.to ? "applied" : "unclear";
}

function isAnnounced(mark: LineState["mark"]): boolean {
  return mark === "intent" || mark === "return_intent";
}
