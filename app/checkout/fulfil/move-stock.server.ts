import type { SwapRefusal } from "~/catalog/catalog";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { UnavailableError } from "~/errors";
import type { Leases } from "./lease-work.server";
import { sameMarks, type CheckoutRecord, type LineState, type RecordChange } from "./line-marks";
import { needsRows, nextStep, type MissingUnits, type OpenMove, type Rows } from "./next-step";

/** Each lost race against an outside edit costs one or two rounds; a row that is edited faster than this has to wait. */
const MAX_ROUNDS = 16;

export interface Move {
  readonly session: StripeSession;
  readonly record: CheckoutRecord;
  /** The checkout's and all its products'. */
  readonly held: Leases;
  /** Whether a live claim stood behind the payment: being short is then somebody's doing from outside. */
  readonly wasPromised: boolean;
  /** Announced by the caller, who holds the leases since before, and not yet swapped. */
  readonly unsent?: ReadonlySet<string>;
}

/**
 * Moves the stock of a paid checkout as far as it goes without a person: all lines taken, or all given back after the
 * verdict. Every move is announced, made by compare-and-swap and recorded, in that order, so that a crash anywhere
 * leaves a record that says what to look at. Throws `UnavailableError` when an outcome is unknown, or no row takes updates. A row
 * that refuses its move is asked once; if there still is enough of it, the order waits with a review (`row_refused`).
 */
export async function moveStock(context: CheckoutContext, move: Move): Promise<CheckoutRecord> {
  const checkoutId = move.session.id;
  let record = move.record;
  /** Announced here and not yet swapped: if such a swap finds another row, it is certain that it was not applied. */
  let unsent = new Set(move.unsent);
  let isRefused = false;
  for (let round = 0; needsRows(record); round += 1) {
    if (round === MAX_ROUNDS) throw new UnavailableError("a stock row is edited too often to be decremented now");
    move.held.check();
    const rows = await rowsFor(context, record, unsent);
    const step = nextStep(record, rows, { unsent, isDue: (found) => context.resend.isDue({ checkoutId, ...found }) });
    switch (step.step) {
      case "settle": {
        if (step.moves.every(({ row }) => row === "wait"))
          throw new UnavailableError("a change of the stock that was not answered may still be carried out");
        const { states, lostRace, refusal } = await makeMoves(context, { ...move, moves: step.moves, unsent });
        unsent = new Set();
        isRefused ||= refusal?.by === "row";
        const asMarked = lostRace ? await fetchAgain(context, checkoutId) : record;
        if (!sameMarks(asMarked, record)) {
          // Somebody else works on this checkout: what is written there is what counts.
          record = asMarked;
        } else if (states.size > 0) {
          record = await write(context, move, record, { states, ...reviewAfter(record, { isRefused, lostRace }) });
        }
        if (refusal?.by === "setup") throw new UnavailableError(refusal.message);
        break;
      }
      case "announce":
        if (isRefused) return record;
        record = await write(context, move, record, { states: step.states });
        unsent = new Set(
          [...step.states].filter(([, state]) => state.mark !== "returned").map(([productId]) => productId),
        );
        break;
      case "condemn":
        reportShortage(context, move, step.short);
        record = await write(context, move, record, { verdict: "refund", review: null });
        isRefused = false;
        break;
      case "refund":
      case "review":
      case "finished":
        return record;
    }
  }
  return record;
}

async function makeMoves(
  context: CheckoutContext,
  { moves, unsent, session, held }: Move & { moves: readonly OpenMove[]; unsent: ReadonlySet<string> },
): Promise<{ states: ReadonlyMap<string, LineState>; lostRace: boolean; refusal: SwapRefusal | null }> {
  const states = new Map<string, LineState>();
  let lostRace = false;
  let refusal: SwapRefusal | null = null;
  for (const move of moves) {
    const { productId, quantity } = move.line;
    if (move.row === "wait") continue;
    if (move.row === "again") {
      states.set(productId, beforeTheMove(move, quantity));
      continue;
    }
    if (move.row === "unclear") {
      states.set(productId, { mark: "needs_review", of: move.announced, from: move.from, to: move.to });
      continue;
    }
    if (move.row === "swap") {
      // No row takes updates. Without a request of ours, only a move that was never sent is certainly not applied.
      if (refusal?.by === "setup") {
        if (unsent.has(productId)) states.set(productId, beforeTheMove(move, quantity));
        continue;
      }
      held.check();
      const swapped = await context.catalog.compareAndSwap({
        productId,
        from: move.from,
        to: move.to,
        version: move.version,
      });
      if (swapped.outcome === "refused") {
        lostRace = true;
        refusal = swapped;
        // An earlier request may be the reason why no row is looked at any more; the row will tell.
        if (swapped.by === "row" || unsent.has(productId)) states.set(productId, beforeTheMove(move, quantity));
        continue;
      }
      if (swapped.outcome === "changed") {
        lostRace = true;
        if (unsent.has(productId)) states.set(productId, beforeTheMove(move, quantity));
        continue;
      }
      if (move.to < 0 && move.announced === "intent")
        context.log({ type: "oversold", checkoutId: session.id, productId, units: -move.to });
    }
    // Its own part, where the move was that of a batch.
    states.set(
      productId,
      move.announced === "intent" ? { mark: "done", from: move.from, to: move.from - quantity } : { mark: "returned" },
    );
  }
  return { states, lostRace, refusal };
}

/** What a write of marks says about waiting for a row that refuses. */
function reviewAfter(
  record: CheckoutRecord,
  { isRefused, lostRace }: { isRefused: boolean; lostRace: boolean },
): Pick<RecordChange, "review"> {
  if (isRefused) return { review: "row_refused" };
  return record.review?.reason === "row_refused" && !lostRace ? { review: null } : {};
}

/** Where a line stands whose announced move was certainly not applied. */
export function beforeTheMove(
  move: { announced: OpenMove["announced"]; from: number; to: number },
  quantity: number,
): LineState {
  return move.announced === "intent"
    ? { mark: "claimed" }
    : { mark: "done", from: move.from + quantity, to: move.from };
}

async function rowsFor(context: CheckoutContext, record: CheckoutRecord, unsent: ReadonlySet<string>): Promise<Rows> {
  if (unsent.size > 0) return new Map();
  return context.catalog.readStock(record.lines.map((line) => line.productId));
}

async function fetchAgain(context: CheckoutContext, checkoutId: string): Promise<CheckoutRecord> {
  const session = await context.gateway.fetch(checkoutId);
  const record = session === null ? null : context.marks.read(session);
  if (record === null) throw new Error("a checkout of this shop lost its tag while it was being settled");
  return record;
}

async function write(
  context: CheckoutContext,
  move: Move,
  record: CheckoutRecord,
  change: RecordChange,
): Promise<CheckoutRecord> {
  move.held.check();
  return context.marks.write(move.session.id, record, change);
}

function reportShortage(context: CheckoutContext, move: Move, short: readonly MissingUnits[]): void {
  for (const { productId, missing } of short) {
    context.log({
      type: "shortage",
      checkoutId: move.session.id,
      productId,
      units: missing,
      claimed: move.wasPromised,
    });
  }
}
