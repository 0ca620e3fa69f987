import type { SwapRefusal } from "~/catalog/catalog";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { UnavailableError } from "~/errors";
import type { Leases } from "./lease-work.server";
import { sameMarks, type CheckoutRecord, type LineState, type RecordChange } from "./line-marks";
import { needsRows, nextStep, type MissingUnits, type OpenMove, type Rows } from "./next-step";

/** Each race lost to an outside edit costs one or two rounds; a row that is edited faster than that has to wait. */
const MAX_ROUNDS = 16;

export interface Move {
  readonly session: StripeSession;
  readonly record: CheckoutRecord;
  /** Leases of the checkout and of all its products. */
  readonly held: Leases;
  /** Whether the payment had a live claim. If so, a shortage was caused from outside the shop. */
  readonly wasClaimed: boolean;
  /** Products whose move the caller, who already held the leases, has announced but not yet swapped. */
  readonly unsent?: ReadonlySet<string>;
}

/**
 * Moves the stock of a paid checkout as far as possible without a person: takes all lines, or returns all after the
 * refund verdict. Each move is announced, made by compare-and-swap and recorded, in that order, so that after a crash
 * the record shows what to check. Throws `UnavailableError` when an outcome is unknown or the table takes no updates. A
 * row that rejects its move is tried once; if there is still enough stock, the order waits for a review
 * (`row_refused`).
 */
export async function moveStock(context: CheckoutContext, move: Move): Promise<CheckoutRecord> {
  const checkoutId = move.session.id;
  let record = move.record;
  /**
   * Announced here and not yet swapped: if such a swap finds another number in the row, it was certainly not applied.
   */
  let unsent = new Set(move.unsent);
  let isRefused = false;
  for (let round = 0; needsRows(record); round += 1) {
    if (round === MAX_ROUNDS) throw new UnavailableError("a stock row changes too often to be decremented now");
    move.held.check();
    const rows = await rowsFor(context, record, unsent);
    const step = nextStep(record, rows, { unsent, isDue: (found) => context.resend.isDue({ checkoutId, ...found }) });
    switch (step.step) {
      case "resolve": {
        if (step.moves.every(({ row }) => row === "wait"))
          throw new UnavailableError("a stock update without a response may still be applied");
        const { states, lostRace, refusal } = await makeMoves(context, { ...move, moves: step.moves, unsent });
        unsent = new Set();
        isRefused ||= refusal?.by === "row";
        const asMarked = lostRace ? await fetchAgain(context, checkoutId) : record;
        if (!sameMarks(asMarked, record)) {
          // Somebody else works on this checkout, so its stored state wins.
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
      case "decide_refund":
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
      states.set(productId, stateBeforeMove(move, quantity));
      continue;
    }
    if (move.row === "unclear") {
      states.set(productId, { mark: "needs_review", of: move.announced, from: move.from, to: move.to });
      continue;
    }
    if (move.row === "swap") {
      // The table takes no updates. Without sending a request, only a move that was never sent is certainly not
      // applied.
      if (refusal?.by === "setup") {
        if (unsent.has(productId)) states.set(productId, stateBeforeMove(move, quantity));
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
        // A setup refusal may hide the effect of an earlier request; the row will show it.
        if (swapped.by === "row" || unsent.has(productId)) states.set(productId, stateBeforeMove(move, quantity));
        continue;
      }
      if (swapped.outcome === "changed") {
        lostRace = true;
        if (unsent.has(productId)) states.set(productId, stateBeforeMove(move, quantity));
        continue;
      }
      if (move.to < 0 && move.announced === "intent")
        context.log({ type: "oversold", checkoutId: session.id, productId, units: -move.to });
    }
    // In a batch, only this line's own part of the move.
    states.set(
      productId,
      move.announced === "intent" ? { mark: "done", from: move.from, to: move.from - quantity } : { mark: "returned" },
    );
  }
  return { states, lostRace, refusal };
}

/** Change of the review that belongs in the same write, for a row that rejects its move. */
function reviewAfter(
  record: CheckoutRecord,
  { isRefused, lostRace }: { isRefused: boolean; lostRace: boolean },
): Pick<RecordChange, "review"> {
  if (isRefused) return { review: "row_refused" };
  return record.review?.reason === "row_refused" && !lostRace ? { review: null } : {};
}

/** State of a line whose announced move was certainly not applied. */
export function stateBeforeMove(
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
  if (record === null) throw new Error("a checkout lost this shop's tag while it was being fulfilled");
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
      claimed: move.wasClaimed,
    });
  }
}
