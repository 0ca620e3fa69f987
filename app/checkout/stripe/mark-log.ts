import type { Batch, LineState, RecordState, ReviewReason } from "~/checkout/fulfil/line-marks";
import { decodeState, encodeNumber, encodeState, readNumber } from "./line-tokens";

/** The state of a checkout at one point of the log; lines by index. */
export interface LoggedState extends Omit<RecordState, "states"> {
  readonly states: readonly LineState[];
}

/** One write of marks. */
export interface LogEntry {
  readonly step: number;
  readonly id: string;
  /** By the writer's clock, epoch milliseconds. */
  readonly at: number;
  readonly keys: readonly string[];
  readonly state: LoggedState;
}

export const MAX_VALUE = 500;

const LOG = "holdfast_log_";
const KEY = /^holdfast_log_(\d+)_([0-9a-z]+?)(?:_(\d+))?$/;

const REASONS: Readonly<Record<ReviewReason, string>> = {
  unclear_row: "u",
  row_refused: "w",
  no_payment: "p",
  lines_differ: "l",
  refund_failed: "f",
  foreign_tag: "t",
};

export function isLogKey(key: string): boolean {
  return key.startsWith(LOG);
}

/**
 * Returns the log, oldest entry first; the last entry is the current state. Each entry is one write, has its own keys that are never
 * rewritten, and records the state of ALL lines. So a write that was abandoned and lands late changes nothing: it is older than later
 * writes. Older entries may be removed at any time, since one that reappears is still older.
 *
 * A writer's step is one above the highest that it read. Two entries with the same step mean that the first had not landed when the
 * second was written. Nothing was done based on the first, since a write without a response ends the work; so the later one counts, by
 * the writers' clocks, then by id.
 * Throws if an entry is malformed.
 */
export function readLog(
  metadata: Readonly<Record<string, string>>,
  quantities: readonly number[],
): readonly LogEntry[] {
  const parts = new Map<string, { step: number; id: string; keys: string[] }>();
  for (const key of Object.keys(metadata).filter(isLogKey)) {
    const [, step, id, part = "0"] = KEY.exec(key) ?? [];
    if (step === undefined || id === undefined) throw new Error(`invalid key of a log entry: ${key}`);
    const entry = parts.get(`${step}_${id}`) ?? { step: Number(step), id, keys: [] };
    entry.keys[Number(part)] = key;
    parts.set(`${step}_${id}`, entry);
  }
  return [...parts.values()].map((entry) => readEntry(metadata, entry, quantities)).sort(byAge);
}

/** Encodes one entry as one key, or as several if its text exceeds `MAX_VALUE`. */
export function writeEntry(
  { step, id, at, state }: Omit<LogEntry, "keys">,
  quantities: readonly number[],
): Record<string, string> {
  const head = [encodeNumber(at), ...encodeHead(state)].join(",");
  const text = `${head}:${state.states.map((line, index) => encodeState(line, quantities[index] ?? 0, at)).join(",")}`;
  const parts = Array.from({ length: Math.ceil(text.length / MAX_VALUE) }, (_, part) =>
    text.slice(part * MAX_VALUE, (part + 1) * MAX_VALUE),
  );
  return Object.fromEntries(parts.map((value, part) => [`${LOG}${step}_${id}${part === 0 ? "" : `_${part}`}`, value]));
}

function byAge(one: LogEntry, other: LogEntry): number {
  return one.step - other.step || one.at - other.at || (one.id < other.id ? -1 : 1);
}

function readEntry(
  metadata: Readonly<Record<string, string>>,
  entry: { step: number; id: string; keys: string[] },
  quantities: readonly number[],
): LogEntry {
  const text = Array.from(entry.keys, (key: string | undefined) => (key === undefined ? undefined : metadata[key]));
  if (text.includes(undefined)) throw new Error(`incomplete log entry, which has only ${entry.keys.join(", ")}`);
  const [head = "", ...rest] = text.join("").split(":");
  const lines = rest.join(":").split(",");
  if (lines.length !== quantities.length)
    throw new Error(`log entry with ${lines.length} lines instead of ${quantities.length}`);
  const [writtenAt = "", ...fields] = head.split(",");
  const at = readNumber(writtenAt);
  const states = lines.map((line, index) => decodeState(line, quantities[index] ?? 0, at));
  return { ...entry, at, state: { states, ...decodeHead(fields) } };
}

/**
 * `v`: verdict. `w`: waits for a person, with reason and time. `o`: reasons an operator accepted. `e`: extra lines. `l`, `m`: leads, or
 * is a member of, a batch.
 */
function encodeHead({ verdict, review, accepted, extraLines, batch }: LoggedState): string[] {
  const fields = [];
  if (verdict !== null) fields.push(verdict === "refund" ? "vr" : "vd");
  if (review !== null) fields.push(`w${REASONS[review.reason]}${encodeNumber(review.since)}`);
  if (accepted.length > 0) fields.push(`o${accepted.map((reason) => REASONS[reason]).join("")}`);
  if (extraLines) fields.push("e");
  if (batch !== undefined)
    fields.push(
      batch.role === "leads" ? `l${batch.id}` : `m${[batch.id, encodeNumber(batch.from), batch.leader].join(".")}`,
    );
  return fields;
}

function decodeBatch(field: string): Batch {
  const [id = "", from, leader] = field.slice(1).split(".");
  if (field.startsWith("l")) return { role: "leads", id };
  if (from === undefined || leader === undefined) throw new Error(`invalid batch: ${field}`);
  return { role: "follows", id, leader, from: readNumber(from) };
}

function decodeHead(fields: readonly string[]): Omit<LoggedState, "states"> {
  let head: Omit<LoggedState, "states"> = { verdict: null, review: null, accepted: [], extraLines: false };
  for (const field of fields) {
    if (field === "vr" || field === "vd") head = { ...head, verdict: field === "vr" ? "refund" : "refunded" };
    else if (field.startsWith("w"))
      head = { ...head, review: { reason: reasonOf(field.slice(1, 2)), since: readNumber(field.slice(2)) } };
    else if (field.startsWith("o")) head = { ...head, accepted: Array.from(field.slice(1), reasonOf) };
    else if (field === "e") head = { ...head, extraLines: true };
    else if (field.startsWith("l") || field.startsWith("m")) head = { ...head, batch: decodeBatch(field) };
    else throw new Error(`unknown field in a log entry: ${field}`);
  }
  return head;
}

function reasonOf(letter: string): ReviewReason {
  for (const [reason, its] of Object.entries(REASONS)) if (its === letter) return reason as ReviewReason;
  throw new Error(`unknown reason in a log entry: ${letter}`);
}
