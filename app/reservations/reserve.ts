import { UnavailableError } from "~/errors";
import { summed } from "./cart-lines";
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
import type { StockHints } from "./stock-hints";
import { waitWhileBusy } from "./wait-while-busy";

export interface ReserveDependencies {
  readonly store: ReservationStore;
  readonly readStock: ReadStock;
  /** Shared by all calls of a server; `reserve` updates it. */
  readonly hints: StockHints;
  readonly limits: { readonly maxUnitsPerLine: number; readonly maxLinesPerCart: number };
  readonly newOperationId: () => string;
  /** Waits a random 20 to 100 ms between attempts. Injected so that tests control time. */
  readonly backOff: () => Promise<void>;
}

export interface ReserveRequest {
  readonly sessionHash: string;
  /** The session's new quantity of each product; 0 releases it. Lines of one product are summed. */
  readonly lines: readonly Line[];
  readonly clients?: readonly ClientCap[] | undefined;
}

/** `units_per_client` applies to all carts of a client together. */
export type ExceededLimit = "units_per_line" | "lines_per_cart" | "units_per_client";

export type ReserveOutcome =
  | { readonly outcome: "granted"; readonly lines: readonly DecidedLine[]; readonly view: SessionView }
  /** `blockedByPending`: the call would fit if none of the pending units of others were granted. */
  | { readonly outcome: "refused"; readonly lines: readonly DecidedLine[]; readonly blockedByPending: boolean }
  | { readonly outcome: "unknown_product"; readonly productIds: readonly string[] }
  | { readonly outcome: "limit_exceeded"; readonly limit: ExceededLimit; readonly max: number }
  | { readonly outcome: "checkout_open"; readonly claim: Claim };

/** The result for one line, with the facts that explain it. */
export interface DecidedLine {
  readonly productId: string;
  /** Null if no row was read, because the product no longer exists or the call only releases. */
  readonly name: string | null;
  readonly requested: number;
  /** Units this session may hold in total, its own included; 0 if no row was read. */
  readonly available: number;
  /** Null: the line fits. `held_by_others`: units are in other carts. `sold_out`: the stock itself is too low. */
  readonly shortage: Shortage | null;
  /** Units missing only because other carts hold them (see `shortageOf`). */
  readonly missed: number;
  /** Until the next unit in another cart may lapse; null if none has a deadline. */
  readonly nextReleaseInMs: number | null;
}

/** Maximum retries after a conflict with another session, or after the call's own pending units lapsed. */
const MAX_RETRIES = 3;

type Rows = ReadonlyMap<string, StockRow>;

interface Call {
  readonly dependencies: ReserveDependencies;
  readonly sessionHash: string;
  readonly lines: readonly Line[];
  readonly clients: readonly ClientCap[] | undefined;
}

/**
 * Sets the session's quantity of each named product: all lines or none.
 *
 * Holds first and reads the stock second, so it needs no lock and is safe on several servers: before a call reads a
 * unit as on hand, its request is visible to every call placed later. It may stop at any point: pending units lapse.
 * Checks hints before it holds: a call that does not fit by them holds nothing, unless its own read says otherwise.
 * Throws `UnavailableError` when the store or the stock is unavailable, or another call of this session stays pending,
 * and `RangeError`, before anything is placed, when a quantity is not a whole number ≥ 0.
 *
 * @example
 * const result = await reserve(dependencies, { sessionHash, lines: [{ productId: "7", quantity: 2 }] });
 * if (result.outcome === "refused") showShortages(result.lines.filter((line) => line.shortage !== null));
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
  let rows = mayBlockOthers(call) ? await read(call) : null;
  for (let retries = 0; ; retries += 1) {
    const attempt = rows === null ? await firstAttempt(call) : await attemptOnce(call, rows);
    if (attempt.isFinal) return attempt.outcome;
    if (retries >= MAX_RETRIES) return attempt.giveUp();
    rows = attempt.rows;
    if (attempt.backsOff) await backOff();
  }
}

/** Waits for the first attempt of another call only if this call names one product: `mayBlockOthers` covers several. */
function firstAttempt(call: Call): Promise<Attempt> {
  const [line, ...others] = call.lines.filter(({ quantity }) => quantity > 0);
  const attempt = () => attemptOnce(call, null);
  return line === undefined || others.length > 0
    ? attempt()
    : call.dependencies.hints.afterFirst(line.productId, attempt);
}

type Attempt =
  | { readonly isFinal: true; readonly outcome: ReserveOutcome }
  /** Worth a retry with the rows that it read. `giveUp` returns the outcome, or throws, when retries are exhausted. */
  | { readonly isFinal: false; readonly giveUp: () => ReserveOutcome; readonly rows: Rows; readonly backsOff: boolean };

/** `known`: the rows of this call's latest read; null before its first read, when hints come from other calls. */
async function attemptOnce(call: Call, known: Rows | null): Promise<Attempt> {
  const { store, limits, newOperationId, backOff } = call.dependencies;
  const operation = { sessionHash: call.sessionHash, operationId: newOperationId() };
  const lines = withHints(call, known);
  const placed = await waitWhileBusy(backOff, () =>
    store.place({ ...operation, lines, maxLines: limits.maxLinesPerCart, clients: call.clients }),
  );
  switch (placed.outcome) {
    case "checkout_open":
      return final(placed);
    case "too_many_lines":
      return final({ outcome: "limit_exceeded", limit: "lines_per_cart", max: limits.maxLinesPerCart });
    case "client_full":
      return final({ outcome: "limit_exceeded", limit: "units_per_client", max: placed.maxUnits });
    case "cannot_fit": {
      // A figure from before the call never refuses it.
      if (known === null) return attemptOnce(call, await read(call));
      const decision = decide(call, known, placed.others);
      if (decision.outcome === "fits") throw new Error("place and decide disagree on the same figures");
      return decision.outcome === "refused" && decision.blockedByPending
        ? { isFinal: false, giveUp: () => decision, rows: known, backsOff: true }
        : final(decision);
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
      return final(decision);
    case "refused":
      await store.abort(operation);
      // A unit sold in between is missing from the rows but counted in `others`, so `place` checks the rows again.
      return { isFinal: false, giveUp: () => decision, rows, backsOff: decision.blockedByPending };
    case "fits": {
      const confirmed = await store.confirm(operation);
      if (confirmed.outcome === "gone") return { isFinal: false, giveUp: throwUnconfirmed, rows, backsOff: true };
      return final({ outcome: "granted", lines: decision.lines, view: confirmed.view });
    }
  }
}

/**
 * Whether a line without a hint could make the call fail after its other lines were blocked for the length of a read,
 * call after call, like a made-up id next to a scarce product. Such a call reads before it places.
 */
function mayBlockOthers({ dependencies, lines }: Call): boolean {
  if (lines.length === 1) return false;
  const requested = lines.filter((line) => line.quantity > 0);
  return requested.length > 1 && requested.some((line) => dependencies.hints.get(line.productId) === null);
}

function withHints({ dependencies, lines }: Call, rows: Rows | null): readonly PlaceLine[] {
  const hintOf = (productId: string) => (rows === null ? dependencies.hints.get(productId) : onHandIn(rows, productId));
  return lines.map(({ productId, quantity }) => ({ productId, quantity, hint: hintOf(productId) }));
}

async function read({ dependencies: { readStock, hints }, lines }: Call): Promise<Rows> {
  const productIds = lines.map((line) => line.productId);
  const rows = await readStock(productIds);
  hints.record(productIds, rows);
  return rows;
}

/** A grant requires a read that starts after `place`. A call that only releases needs none. */
async function readAfterPlace(call: Call, operation: OperationRef): Promise<Rows> {
  if (call.lines.every((line) => line.quantity === 0)) return new Map();
  try {
    return await read(call);
  } catch (error) {
    // If the store is unavailable too, the pending units lapse by themselves. The read's error is the one to report.
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
  return {
    outcome: "refused",
    lines: decided,
    blockedByPending: short.every((decision) => decision.fitsOnceOthersAbort),
  };
}

function decideLine(
  { productId, quantity }: Line,
  rows: Rows,
  others: OthersUnits | undefined,
): { readonly line: DecidedLine; readonly fitsOnceOthersAbort: boolean } {
  if (others === undefined) throw new Error(`place returned no units of others for ${productId}`);
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

function final(outcome: ReserveOutcome): Attempt {
  return { isFinal: true, outcome };
}

function throwUnconfirmed(): never {
  throw new UnavailableError("reading the stock took longer than pending units live");
}
