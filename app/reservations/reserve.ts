import { UnavailableError } from "~/errors";
import { summed } from "./cart-lines";
import type { LastFigures } from "./last-figures";
import type {
  Claim,
  ClientCap,
  Line,
  OperationRef,
  OthersUnits,
  PlaceLine,
  ReservationStore,
  SessionView,
} from "./reservation-store";
import { available, onHandOf, shortageOf, type ReadStock, type Shortage, type StockRow } from "./stock";
import { waitWhileBusy } from "./wait-while-busy";

export interface ReserveDependencies {
  readonly store: ReservationStore;
  readonly readStock: ReadStock;
  /** One for all calls of a server; `reserve` keeps it up. */
  readonly figures: LastFigures;
  readonly limits: { readonly maxUnitsPerLine: number; readonly maxLinesPerCart: number };
  readonly newOperationId: () => string;
  /** Waits a random 20 to 100 ms between tries; injected so that tests own time. */
  readonly backOff: () => Promise<void>;
}

export interface ReserveRequest {
  readonly sessionHash: string;
  /** Sets the session's quantity of each product; 0 releases it. Lines of one product are summed. */
  readonly lines: readonly Line[];
  readonly clients?: readonly ClientCap[] | undefined;
}

/** `units_per_client`: in all carts of the client together. */
export type ExceededLimit = "units_per_line" | "lines_per_cart" | "units_per_client";

export type ReserveOutcome =
  | { readonly outcome: "granted"; readonly lines: readonly DecidedLine[]; readonly view: SessionView }
  /** `undecided`: it was refused for units that others only ask for, and would fit if none of them were granted any. */
  | { readonly outcome: "refused"; readonly lines: readonly DecidedLine[]; readonly undecided: boolean }
  | { readonly outcome: "unknown_product"; readonly productIds: readonly string[] }
  | { readonly outcome: "limit_exceeded"; readonly limit: ExceededLimit; readonly max: number }
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
  readonly shortage: Shortage | null;
  /** Units that only other carts' holds keep from this line: see `shortageOf`. */
  readonly missed: number;
  /** Until the next unit in another cart may lapse; null when unknown or none. */
  readonly nextReleaseInMs: number | null;
}

/** How often a try that others, or time, got in the way of is made again. */
const FURTHER_TRIES = 3;

type Rows = ReadonlyMap<string, StockRow>;

interface Call {
  readonly dependencies: ReserveDependencies;
  readonly sessionHash: string;
  readonly lines: readonly Line[];
  readonly clients: readonly ClientCap[] | undefined;
}

/**
 * Sets the session's quantity of each product named: all lines or none.
 *
 * Holds first and reads the stock second, so it needs no lock and is safe on several servers: whoever reads a unit as on
 * hand has already made every other reader see it as asked for. Stops anywhere without harm: what is pending lapses.
 * Looks before it holds: what does not fit by the last figures known holds nothing, unless a read of its own says otherwise.
 * Throws `UnavailableError` when the store or the stock did not answer, or another call of this session stays undecided;
 * `RangeError` before anything is placed when a quantity is not a whole number ≥ 0.
 */
export async function reserve(dependencies: ReserveDependencies, request: ReserveRequest): Promise<ReserveOutcome> {
  for (const { productId, quantity } of request.lines) {
    if (!Number.isSafeInteger(quantity) || quantity < 0) throw new RangeError(`${quantity} units of ${productId}`);
  }
  const { limits, backOff } = dependencies;
  const call = {
    dependencies,
    sessionHash: request.sessionHash,
    lines: summed(request.lines),
    clients: request.clients,
  };
  if (call.lines.some((line) => line.quantity > limits.maxUnitsPerLine)) {
    return { outcome: "limit_exceeded", limit: "units_per_line", max: limits.maxUnitsPerLine };
  }
  let rows = mayHoldInVain(call) ? await read(call) : null;
  for (let tries = 0; ; tries += 1) {
    const attempt = rows === null ? await firstTry(call) : await tryOnce(call, rows);
    if (attempt.again === null) return attempt.outcome;
    if (tries >= FURTHER_TRIES) return attempt.again();
    rows = attempt.rows;
    if (attempt.waits) await backOff();
  }
}

/** Of several products the figures are known by now, or else one after the other would be waited for. */
function firstTry(call: Call): Promise<Attempt> {
  const [line, ...others] = call.lines.filter(({ quantity }) => quantity > 0);
  const attempt = () => tryOnce(call, null);
  return line === undefined || others.length > 0
    ? attempt()
    : call.dependencies.figures.afterFirst(line.productId, attempt);
}

type Attempt =
  | { readonly again: null; readonly outcome: ReserveOutcome }
  /** Worth another try, with the rows that it read; the function gives the outcome if there is none. */
  | { readonly again: () => ReserveOutcome; readonly rows: Rows; readonly waits: boolean };

/** `known`: the rows that this call read last; null before its first read, when the figures are from other calls. */
async function tryOnce(call: Call, known: Rows | null): Promise<Attempt> {
  const { store, limits, newOperationId, backOff } = call.dependencies;
  const operation = { sessionHash: call.sessionHash, operationId: newOperationId() };
  const lines = withHints(call, known);
  const placed = await waitWhileBusy(backOff, () =>
    store.place({ ...operation, lines, maxLines: limits.maxLinesPerCart, clients: call.clients }),
  );
  switch (placed.outcome) {
    case "checkout_open":
      return answered(placed);
    case "too_many_lines":
      return answered({ outcome: "limit_exceeded", limit: "lines_per_cart", max: limits.maxLinesPerCart });
    case "client_full":
      return answered({ outcome: "limit_exceeded", limit: "units_per_client", max: placed.maxUnits });
    case "cannot_fit": {
      // Nobody is refused by figures from before the call.
      if (known === null) return tryOnce(call, await read(call));
      const decision = decide(call, known, placed.others);
      if (decision.outcome === "fits") throw new Error("place found no room for what fits by the same figures");
      return decision.outcome === "refused" && decision.undecided
        ? { again: () => decision, rows: known, waits: true }
        : answered(decision);
    }
    case "placed":
      return decidePlaced(call, operation, placed.others);
  }
}

async function decidePlaced(
  call: Call,
  operation: OperationRef,
  others: ReadonlyMap<string, OthersUnits>,
): Promise<Attempt> {
  const { store } = call.dependencies;
  const rows = await readAfterPlace(call, operation);
  const decision = decide(call, rows, others);
  switch (decision.outcome) {
    case "unknown_product":
      await store.abort(operation);
      return answered(decision);
    case "refused":
      await store.abort(operation);
      // The figures may lack units that were sold meanwhile and that `others` has as well, so the look has the last word.
      return { again: () => decision, rows, waits: decision.undecided };
    case "fits": {
      const confirmed = await store.confirm(operation);
      if (confirmed.outcome === "gone") return { again: neverConfirmed, rows, waits: true };
      return answered({ outcome: "granted", lines: decision.lines, view: confirmed.view });
    }
  }
}

/**
 * Whether a line without a figure could make the call fail, call after call, while the others are kept from everybody for
 * the length of a read: made-up ids beside a scarce product. Such a call reads before it places.
 */
function mayHoldInVain({ dependencies, lines }: Call): boolean {
  if (lines.length === 1) return false;
  const asked = lines.filter((line) => line.quantity > 0);
  return asked.length > 1 && asked.some((line) => dependencies.figures.of(line.productId) === null);
}

function withHints({ dependencies, lines }: Call, rows: Rows | null): readonly PlaceLine[] {
  const hintOf = (productId: string) =>
    rows === null ? dependencies.figures.of(productId) : onHandIn(rows, productId);
  return lines.map(({ productId, quantity }) => ({ productId, quantity, hint: hintOf(productId) }));
}

async function read({ dependencies: { readStock, figures }, lines }: Call): Promise<Rows> {
  const productIds = lines.map((line) => line.productId);
  const rows = await readStock(productIds);
  figures.note(productIds, rows);
  return rows;
}

/** Only a read that starts after `place` lets a call be granted. A call that only releases needs none. */
async function readAfterPlace(call: Call, operation: OperationRef): Promise<Rows> {
  if (call.lines.every((line) => line.quantity === 0)) return new Map();
  try {
    return await read(call);
  } catch (error) {
    // If the store does not answer either, the pending lapses by itself; the read's error is the one that explains.
    await call.dependencies.store.abort(operation).catch(() => undefined);
    throw error;
  }
}

type Decision =
  | { readonly outcome: "fits"; readonly lines: readonly DecidedLine[] }
  | Extract<ReserveOutcome, { readonly outcome: "refused" | "unknown_product" }>;

function decide({ lines }: Call, rows: Rows, others: ReadonlyMap<string, OthersUnits>): Decision {
  const unknown = lines.filter((line) => line.quantity > 0 && !rows.has(line.productId));
  if (unknown.length > 0) return { outcome: "unknown_product", productIds: unknown.map((line) => line.productId) };
  const decisions = lines.map((line) => decideLine(line, rows, others.get(line.productId)));
  const decided = decisions.map((decision) => decision.line);
  const short = decisions.filter((decision) => decision.line.shortage !== null);
  if (short.length === 0) return { outcome: "fits", lines: decided };
  return { outcome: "refused", lines: decided, undecided: short.every((decision) => decision.fitsOnceOthersAbort) };
}

function decideLine(
  { productId, quantity }: Line,
  rows: Rows,
  others: OthersUnits | undefined,
): { readonly line: DecidedLine; readonly fitsOnceOthersAbort: boolean } {
  if (others === undefined) throw new Error(`place did not tell what others hold of ${productId}`);
  const onHand = onHandIn(rows, productId);
  const free = available(onHand, others.units);
  return {
    line: {
      productId,
      name: rows.get(productId)?.name ?? null,
      requested: quantity,
      available: free,
      ...shortageOf({ quantity, onHand, available: free }),
      nextReleaseInMs: others.nextReleaseInMs,
    },
    fitsOnceOthersAbort: available(onHand, others.units - others.pendingUnits) >= quantity,
  };
}

function onHandIn(rows: Rows, productId: string): number {
  const row = rows.get(productId);
  return row === undefined ? 0 : onHandOf(row);
}

function answered(outcome: ReserveOutcome): Attempt {
  return { again: null, outcome };
}

function neverConfirmed(): never {
  throw new UnavailableError("the stock was read too slowly to confirm what was asked for");
}
