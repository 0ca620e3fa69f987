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
 * How Stripe's 50 keys are used; keys have up to 40 characters, values up to 500 (docs.stripe.com/metadata). `head`: shop, claim,
 * session, cart, currency, verdict. `epoch`: of the hold storage. `log`: the rest; the oldest entries are removed to make space.
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
/** Metadata key on each line of the payment page: its product's id. */
export const LINE_PRODUCT = "holdfast_product";
/** Space is kept for these keys even if a record does not have them yet. */
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

/** Encodes a record as metadata of a new session, which has no log yet. */
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
 * Encodes one write; an empty value removes a key. Besides the log entry it updates the keys of lines and the verdict, which the previous
 * release reads. `id` must be unique among all writes.
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

/** Returns the metadata as Stripe has it after an update. */
export function mergeMetadata(metadata: Metadata, update: Metadata): Metadata {
  return Object.fromEntries(Object.entries({ ...metadata, ...update }).filter(([, value]) => value !== ""));
}

/** Returns null if the metadata has another shop's tag, or none. Throws if it is this shop's and malformed. */
export function decodeRecord(shopTag: string, metadata: Metadata): CheckoutRecord | null {
  if (metadata[SHOP] !== shopTag) return null;
  const head = headSchema.parse(metadata);
  const lines: MarkedLine[] = [];
  for (let index = 0; metadata[`${LINE}${index}`] !== undefined; index += 1)
    lines.push(decodeLine(metadata[`${LINE}${index}`] ?? ""));
  if (lines.length === 0) throw new Error("checkout of this shop without lines");
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
 * Returns the newest entry's state, except where the key of a line or of the verdict is further along and no entry says the same: then
 * the previous release, which has no log, wrote that key later. A key that matches an entry may come from a late write and is ignored.
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
      state.states
        .slice(index, index + 1)
        .some((entryState) => isSameMove(asKey(entryState, quantity, state.batch), key)),
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

/** Whether the previous release continued exactly the announced move, rather than one of its own. */
function isOutcomeOf(announced: LineState | undefined, state: LineState): boolean {
  return announced?.mark === "intent" && "from" in state && state.from === announced.from && state.to === announced.to;
}

/**
 * The state as written to the line's key. The previous release knows no batches and would take a follower's units a second time, so the
 * key says that a person is needed.
 */
function asKey(state: LineState, quantity: number, batch: Batch | undefined): LineState {
  if (state.mark !== "claimed" || batch?.role !== "follows") return state;
  return { mark: "needs_review", of: "intent", from: batch.from, to: batch.from - quantity };
}

function isSameMove(one: LineState | undefined, other: LineState): boolean {
  return one !== undefined && serializeState(one) === serializeState(other);
}

/** Serializes only what keys of lines contain. */
function serializeState(state: LineState): string {
  return JSON.stringify([
    state.mark,
    ...("of" in state ? [state.of] : []),
    ...("from" in state ? [state.from, state.to] : []),
  ]);
}

/** Every transition of a line increases this, except after a lost race or an operator's decision that nothing was applied. */
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

/** Returns the entries of `wanted` that differ from `source`; absent and empty are equal. */
function changedKeys(source: Metadata, wanted: Metadata): Metadata {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => (source[key] ?? "") !== value));
}

/** Removes as many of the oldest log entries as necessary for `added` keys to fit. */
function removals(source: Metadata, log: readonly LogEntry[], added: number): Metadata {
  const others = new Set([...Object.keys(source).filter((key) => !isLogKey(key)), ...RESERVED_KEYS]).size;
  let space = MAX_KEYS - others - added;
  const kept = new Set(
    log.toReversed().flatMap((entry) => {
      space -= entry.keys.length;
      return space >= 0 ? entry.keys : [];
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
  // Cut by code points, not by code units, and always at the same place, so that a retried create has the same parameters.
  const letters = Array.from(line.name).slice(0, 120);
  const claimed = { ...line, state: { mark: "claimed" } as const };
  while (letters.length > 0 && serializeLine(claimed, letters.join("")).length + SPACE_FOR_MOVE > MAX_VALUE)
    letters.pop();
  return serializeLine(line, letters.join(""));
}

/** Maximum number of characters by which a later mark is longer than the first. */
const SPACE_FOR_MOVE = 110;

function serializeLine({ productId, quantity, unitAmount, state }: MarkedLine, name: string): string {
  return JSON.stringify({ product: productId, name, quantity, unit: unitAmount, ...inPreviousFormat(state) });
}

/** The state in the previous release's format. */
function inPreviousFormat(state: LineState): object {
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
