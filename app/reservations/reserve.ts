import { UnavailableError } from "../errors";
import { available, onHandOf } from "./availability";
import { summed } from "./cart-lines";
import type { Claim, Line, OperationRef, OthersUnits, ReservationStore, SessionView } from "./reservation-store";
import { waitWhileBusy } from "./wait-while-busy";

/** The little of a product row that a reservation decides on; inventory as in the row. */
export interface StockRow {
  readonly name: string;
  readonly inventory: number | null;
  readonly active: boolean;
}

/** Reads rows by product id; the read must START after the call. Unknown products are absent. Throws `UnavailableError`. */
export type ReadStock = (productIds: readonly string[]) => Promise<ReadonlyMap<string, StockRow>>;

export interface ReserveDependencies {
  readonly store: ReservationStore;
  readonly readStock: ReadStock;
  readonly limits: { readonly maxUnitsPerLine: number; readonly maxLinesPerCart: number };
  readonly newOperationId: () => string;
  /** Waits a random 20 to 100 ms between tries; injected so that tests own time. */
  readonly backOff: () => Promise<void>;
}

export interface ReserveRequest {
  readonly session: string;
  /** Sets the session's quantity of each product; 0 releases it. Lines of one product are summed. */
  readonly lines: readonly Line[];
}

export type ReserveOutcome =
  | { readonly outcome: "granted"; readonly lines: readonly DecidedLine[]; readonly view: SessionView }
  | { readonly outcome: "refused"; readonly lines: readonly DecidedLine[] }
  | { readonly outcome: "unknown_product"; readonly productIds: readonly string[] }
  | { readonly outcome: "limit_exceeded"; readonly limit: "units_per_line" | "lines_per_cart"; readonly max: number }
  | { readonly outcome: "checkout_open"; readonly claim: Claim };

/** What became of one line, with the facts that a person needs to understand it. */
export interface DecidedLine {
  readonly productId: string;
  /** Null where no row was read: the product no longer exists, or the call only releases. */
  readonly name: string | null;
  readonly requested: number;
  /** What this session may hold in all, its own units included; 0 where no row was read. */
  readonly available: number;
  /** Null: the line fits. `held_by_others`: units are there but in other carts. `sold_out`: the stock itself is too short. */
  readonly shortage: "sold_out" | "held_by_others" | null;
  /** Until the next unit in another cart may lapse; null when unknown or none. */
  readonly nextReleaseInMs: number | null;
}

/** How often a try that others, or time, got in the way of is made again. */
const FURTHER_TRIES = 3;

/**
 * Sets the session's quantity of each product named: all lines or none.
 *
 * Holds first and reads the stock second, so it needs no lock and is safe on several servers: whoever reads a unit as on
 * hand has already made every other reader see it as asked for. Stops anywhere without harm: what is pending lapses.
 * Throws `UnavailableError` when the store or the stock did not answer, or another call of this session stays undecided;
 * `RangeError` before anything is placed when a quantity is not a whole number ≥ 0.
 */
export async function reserve(dependencies: ReserveDependencies, request: ReserveRequest): Promise<ReserveOutcome> {
  for (const { productId, quantity } of request.lines) {
    if (!Number.isSafeInteger(quantity) || quantity < 0) throw new RangeError(`${quantity} units of ${productId}`);
  }
  const { limits, backOff } = dependencies;
  const lines = summed(request.lines);
  if (lines.some((line) => line.quantity > limits.maxUnitsPerLine)) {
    return { outcome: "limit_exceeded", limit: "units_per_line", max: limits.maxUnitsPerLine };
  }
  for (let tries = 0; ; tries += 1) {
    const attempt = await tryOnce(dependencies, request.session, lines);
    if (attempt.again === null) return attempt.outcome;
    if (tries >= FURTHER_TRIES) return attempt.again();
    await backOff();
  }
}

type Attempt =
  | { readonly again: null; readonly outcome: ReserveOutcome }
  /** Worth another try; the function gives the outcome if there is none. */
  | { readonly again: () => ReserveOutcome };

async function tryOnce(dependencies: ReserveDependencies, session: string, lines: readonly Line[]): Promise<Attempt> {
  const { store, limits, newOperationId, backOff } = dependencies;
  const operation = { session, operationId: newOperationId() };
  const placed = await waitWhileBusy(backOff, () => store.place({ ...operation, lines, maxLines: limits.maxLinesPerCart }));
  if (placed.outcome === "checkout_open") return { again: null, outcome: placed };
  if (placed.outcome === "too_many_lines") {
    return { again: null, outcome: { outcome: "limit_exceeded", limit: "lines_per_cart", max: limits.maxLinesPerCart } };
  }
  const rows = await readAfterPlace(dependencies, operation, lines);
  const unknown = lines.filter((line) => line.quantity > 0 && !rows.has(line.productId));
  if (unknown.length > 0) {
    await store.abort(operation);
    return { again: null, outcome: { outcome: "unknown_product", productIds: unknown.map((line) => line.productId) } };
  }
  const decisions = lines.map((line) => decide(line, rows.get(line.productId), placed.others.get(line.productId)));
  const decided = decisions.map((decision) => decision.line);
  const short = decisions.filter((decision) => decision.line.shortage !== null);
  if (short.length > 0) {
    await store.abort(operation);
    const refused: ReserveOutcome = { outcome: "refused", lines: decided };
    const mayFitSoon = short.every((decision) => decision.fitsOnceOthersAbort);
    return mayFitSoon ? { again: () => refused } : { again: null, outcome: refused };
  }
  const confirmed = await store.confirm(operation);
  if (confirmed.outcome === "gone") return { again: neverConfirmed };
  return { again: null, outcome: { outcome: "granted", lines: decided, view: confirmed.view } };
}

/** Only a read that starts after `place` is worth anything. A call that only releases needs none. */
async function readAfterPlace(
  { store, readStock }: ReserveDependencies,
  operation: OperationRef,
  lines: readonly Line[],
): Promise<ReadonlyMap<string, StockRow>> {
  if (lines.every((line) => line.quantity === 0)) return new Map();
  try {
    return await readStock(lines.map((line) => line.productId));
  } catch (error) {
    // If the store does not answer either, the pending lapses by itself; the read's error is the one that explains.
    await store.abort(operation).catch(() => undefined);
    throw error;
  }
}

function decide(
  { productId, quantity }: Line,
  row: StockRow | undefined,
  others: OthersUnits | undefined,
): { readonly line: DecidedLine; readonly fitsOnceOthersAbort: boolean } {
  if (others === undefined) throw new Error(`place did not tell what others hold of ${productId}`);
  const onHand = row === undefined ? 0 : onHandOf(row);
  const free = available(onHand, others.units);
  const fits = quantity === 0 || free >= quantity;
  const shortage = fits ? null : others.units > 0 && onHand > 0 ? "held_by_others" : "sold_out";
  return {
    line: {
      productId,
      name: row?.name ?? null,
      requested: quantity,
      available: free,
      shortage,
      nextReleaseInMs: others.nextReleaseInMs,
    },
    fitsOnceOthersAbort: available(onHand, others.units - others.pendingUnits) >= quantity,
  };
}

function neverConfirmed(): never {
  throw new UnavailableError("the stock was read too slowly to confirm what was asked for");
}
