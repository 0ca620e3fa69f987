import { z } from "zod";
import {
  applyChange,
  type Batch,
  type CheckoutRecord,
  type LineState,
  type MarkedLine,
  type NewRecord,
  type RecordChange,
} from "~/checkout/fulfil/line-marks";
import { isLogKey, MAX_VALUE, readLog, writeEntry, type LogEntry, type LoggedState } from "./mark-log";

/**
 * Stripe: 50 keys of 40 characters, values of 500 (docs.stripe.com/metadata). `head`: shop, claim, session, cart, currency, verdict.
 * `epoch`: of the store of holds. `log`: what is left for entries of the log; the oldest are removed where a new one needs room.
 */
export const KEY_BUDGET = { head: 6, epoch: 1, note: 1, lines: 30, log: 12 } as const;
export const MAX_KEYS = 50;
export const MAX_CHECKOUT_LINES = KEY_BUDGET.lines;

const SHOP = "holdfast_shop";
const CLAIM = "holdfast_claim";
const SESSION = "holdfast_session";
const CART = "holdfast_cart";
const CURRENCY = "holdfast_currency";
const EPOCH = "holdfast_epoch";
const VERDICT = "holdfast_verdict";
const LINE = "holdfast_line_";
const NOTE = "holdfast_note";
/** On each line of the payment page: the product that it is about. */
export const LINE_PRODUCT = "holdfast_product";
/** Room is kept for these, although a record may be without them. */
const RESERVED_KEYS = [VERDICT, NOTE, EPOCH];

const whole = z.number().int();
const move = { from: whole, to: whole };
const lineFields = {
  product: z.string().min(1),
  name: z.string(),
  quantity: whole.positive(),
  unit: whole.nonnegative(),
};
const lineSchema = z.discriminatedUnion("mark", [
  z.object({ ...lineFields, mark: z.literal("claimed") }),
  z.object({ ...lineFields, ...move, mark: z.literal("intent") }),
  z.object({ ...lineFields, ...move, mark: z.literal("done") }),
  z.object({ ...lineFields, ...move, mark: z.literal("return_intent") }),
  z.object({ ...lineFields, mark: z.literal("returned") }),
  z.object({ ...lineFields, ...move, mark: z.literal("needs_review"), of: z.enum(["intent", "return_intent"]) }),
]);
const headSchema = z.object({
  [CLAIM]: z.string().min(1),
  [SESSION]: z.string().min(1),
  [CART]: z.string().min(1),
  [CURRENCY]: z.string().min(1),
  [EPOCH]: z.string().optional(),
  [VERDICT]: z.enum(["refund", "refunded"]).optional(),
  [NOTE]: z.string().optional(),
});

export type Metadata = Readonly<Record<string, string>>;

/** The whole record as metadata of a new session: it has no log yet. */
export function encodeRecord(shopTag: string, record: NewRecord): Metadata {
  return {
    [SHOP]: shopTag,
    [CLAIM]: record.claimId,
    [SESSION]: record.sessionHash,
    [CART]: record.fingerprint,
    [CURRENCY]: record.currency,
    ...(record.epoch === undefined ? {} : { [EPOCH]: record.epoch }),
    ...Object.fromEntries(record.lines.map((line, index) => [`${LINE}${index}`, encodeLine(line)])),
  };
}

/**
 * The keys of one write; an empty value removes a key. Beside the entry of the log, the keys of lines and verdict are brought up to
 * date, since they are what the version before reads. `id`: no other write may have it.
 */
export function encodeWrite(record: CheckoutRecord, change: RecordChange, write: { id: string; at: number }): Metadata {
  const { source } = record;
  const quantities = record.lines.map((line) => line.quantity);
  const log = readLog(source, quantities);
  const next = applyChange(record, change, write.at);
  const { lines, verdict, review, accepted, extraLines, note, batch } = next;
  const state: LoggedState = { states: lines.map((line) => line.state), verdict, review, accepted, extraLines, batch };
  const entry = writeEntry({ ...write, step: (log.at(-1)?.step ?? 0) + 1, state }, quantities);
  const others = changedKeys(source, {
    ...Object.fromEntries(
      lines.map((line, index) => [
        `${LINE}${index}`,
        encodeLine({ ...line, state: asKey(line.state, line.quantity, batch) }),
      ]),
    ),
    [VERDICT]: verdict ?? "",
    [NOTE]: note?.slice(0, MAX_VALUE) ?? "",
  });
  return { ...others, ...entry, ...removals(source, log, Object.keys(entry).length) };
}

/** What metadata reads once an update has landed on it. */
export function mergeMetadata(metadata: Metadata, update: Metadata): Metadata {
  return Object.fromEntries(Object.entries({ ...metadata, ...update }).filter(([, value]) => value !== ""));
}

/** Null when the metadata has another shop's tag, or none. Throws when it is this shop's and makes no sense. */
export function decodeRecord(shopTag: string, metadata: Metadata): CheckoutRecord | null {
  if (metadata[SHOP] !== shopTag) return null;
  const head = headSchema.parse(metadata);
  const lines: MarkedLine[] = [];
  for (let index = 0; metadata[`${LINE}${index}`] !== undefined; index += 1)
    lines.push(decodeLine(metadata[`${LINE}${index}`] ?? ""));
  if (lines.length === 0) throw new Error("a checkout of this shop without a line");
  const log = readLog(
    metadata,
    lines.map((line) => line.quantity),
  );
  const { states, verdict, review, accepted, extraLines, batch } = fold(
    log,
    { states: lines.map((line) => line.state), verdict: head[VERDICT] ?? null },
    lines,
  );
  return {
    claimId: head[CLAIM],
    sessionHash: head[SESSION],
    fingerprint: head[CART],
    currency: head[CURRENCY],
    epoch: head[EPOCH],
    lines: lines.map((line, index) => ({ ...line, state: states[index] ?? line.state })),
    verdict,
    review,
    accepted,
    extraLines,
    batch,
    note: head[NOTE] ?? null,
    source: metadata,
  };
}

/**
 * The newest entry, unless a key of a line or of the verdict tells of more, and of what no entry says: then the version before, which
 * knows no log, wrote it later. A key that an entry says too may come from a late write, and tells nothing.
 */
function fold(
  log: readonly LogEntry[],
  keys: Pick<LoggedState, "states" | "verdict">,
  lines: readonly MarkedLine[],
): LoggedState {
  const newest = log.at(-1)?.state;
  if (newest === undefined) return { ...keys, review: null, accepted: [], extraLines: false };
  const verdictIsLogged = keys.verdict === null || log.some((entry) => entry.state.verdict === keys.verdict);
  const states = newest.states.map((logged, index) => {
    const key = keys.states[index] ?? logged;
    const quantity = lines[index]?.quantity ?? 0;
    const isLogged = log.some(({ state }) =>
      state.states.slice(index, index + 1).some((its) => isSameMove(asKey(its, quantity, state.batch), key)),
    );
    return isLogged || progressOf(key) < progressOf(logged) ? logged : key;
  });
  return {
    ...newest,
    verdict: verdictIsLogged || newest.verdict === "refunded" ? newest.verdict : keys.verdict,
    states,
    batch: states.every((state, index) => state === newest.states[index] || isOutcomeOf(newest.states[index], state))
      ? newest.batch
      : undefined,
  };
}

/** Whether the version before went on with the very move that was announced, and not with one of its own. */
function isOutcomeOf(announced: LineState | undefined, state: LineState): boolean {
  return announced?.mark === "intent" && "from" in state && state.from === announced.from && state.to === announced.to;
}

/**
 * What the line's key says. The version before knows no batches and would take a follower's units once more, so it reads there that a
 * person is needed.
 */
function asKey(state: LineState, quantity: number, batch: Batch | undefined): LineState {
  if (state.mark !== "claimed" || batch?.role !== "follows") return state;
  return { mark: "needs_review", of: "intent", from: batch.from, to: batch.from - quantity };
}

function isSameMove(one: LineState | undefined, other: LineState): boolean {
  return one !== undefined && spellState(one) === spellState(other);
}

/** Without what keys of lines do not have. */
function spellState(state: LineState): string {
  return JSON.stringify([
    state.mark,
    ...("of" in state ? [state.of] : []),
    ...("from" in state ? [state.from, state.to] : []),
  ]);
}

/** Every way that a line can go leads upwards, but an operator's decision that nothing was applied and a lost race. */
function progressOf(state: LineState): number {
  switch (state.mark) {
    case "claimed":
      return 0;
    case "intent":
      return 1;
    case "needs_review":
      return state.of === "intent" ? 2 : 5;
    case "done":
      return 3;
    case "return_intent":
      return 4;
    case "returned":
      return 6;
  }
}

/** Those of `wanted` that read otherwise; absent and empty are the same. */
function changedKeys(source: Metadata, wanted: Metadata): Metadata {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => (source[key] ?? "") !== value));
}

/** The oldest entries of the log, as many as have to go so that `added` keys fit. */
function removals(source: Metadata, log: readonly LogEntry[], added: number): Metadata {
  const others = new Set([...Object.keys(source).filter((key) => !isLogKey(key)), ...RESERVED_KEYS]).size;
  let room = MAX_KEYS - others - added;
  const kept = new Set(
    log.toReversed().flatMap((entry) => {
      room -= entry.keys.length;
      return room >= 0 ? entry.keys : [];
    }),
  );
  return Object.fromEntries(
    log
      .flatMap((entry) => entry.keys)
      .filter((key) => !kept.has(key))
      .map((key) => [key, ""]),
  );
}

function encodeLine(line: MarkedLine): string {
  // Cut by characters, not by code units, and always at the same place, so that a retried create has the same parameters.
  const letters = Array.from(line.name).slice(0, 120);
  const claimed = { ...line, state: { mark: "claimed" } as const };
  while (letters.length > 0 && spellLine(claimed, letters.join("")).length + ROOM_FOR_A_MOVE > MAX_VALUE) letters.pop();
  return spellLine(line, letters.join(""));
}

/** The longest a later mark may grow over the first. */
const ROOM_FOR_A_MOVE = 110;

function spellLine({ productId, quantity, unitAmount, state }: MarkedLine, name: string): string {
  return JSON.stringify({ product: productId, name, quantity, unit: unitAmount, ...asBefore(state) });
}

/** As the version before spells it. */
function asBefore(state: LineState): object {
  switch (state.mark) {
    case "claimed":
    case "returned":
      return { mark: state.mark };
    case "needs_review":
      return { mark: state.mark, from: state.from, to: state.to, of: state.of };
    case "intent":
    case "done":
    case "return_intent":
      return { mark: state.mark, from: state.from, to: state.to };
  }
}

function decodeLine(value: string): MarkedLine {
  const { product, name, quantity, unit, ...state } = lineSchema.parse(JSON.parse(value));
  return { productId: product, name, quantity, unitAmount: unit, state };
}
