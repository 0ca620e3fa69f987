import type { AnnouncedMark, LineState } from "~/checkout/fulfil/line-marks";

/**
 * Encodes one line's state in a log entry as briefly as possible: a letter, then fields separated by dots; trailing empty fields are
 * omitted.
 *
 *     c claimed · b returned ("back") · i intent · d done · r return_intent · n, m needs_review of an intent, of a return_intent
 *     fields: from, version (announced moves only), to (only where it is not `from` ∓ quantity), time of announcement (only
 *     where it differs from the time of the entry). Numbers are in base 36. Append new fields at the end.
 */
export function encodeState(state: LineState, quantity: number, writtenAt: number): string {
  switch (state.mark) {
    case "claimed":
      return "c";
    case "returned":
      return "b";
    case "done":
      return token("d", [encodeNumber(state.from), "", target(state, quantity, -1)]);
    case "needs_review":
      return state.of === "intent"
        ? token("n", [encodeNumber(state.from), "", target(state, quantity, -1)])
        : token("m", [encodeNumber(state.from), "", target(state, quantity, 1)]);
    case "intent":
    case "return_intent": {
      const { announcedAt = writtenAt } = state;
      const fields = [
        encodeNumber(state.from),
        encodeVersion(state.version),
        target(state, quantity, directionOf(state.mark)),
        announcedAt === writtenAt ? "" : encodeNumber(announcedAt),
      ];
      return token(state.mark === "intent" ? "i" : "r", fields);
    }
  }
}

export function decodeState(text: string, quantity: number, writtenAt: number): LineState {
  const [from = "", version = "", to = "", announcedAt = "", ...more] = text.slice(1).split(".");
  if (more.length > 0) throw new Error(`mark with unknown fields: ${text}`);
  const move = (direction: 1 | -1) => {
    const start = readNumber(from);
    return { from: start, to: to === "" ? start + direction * quantity : readNumber(to) };
  };
  const announcement = () => ({
    ...(version === "" ? {} : { version: String(readNumber(version)) }),
    announcedAt: announcedAt === "" ? writtenAt : readNumber(announcedAt),
  });
  switch (text.slice(0, 1)) {
    case "c":
      return { mark: "claimed" };
    case "b":
      return { mark: "returned" };
    case "d":
      return { mark: "done", ...move(-1) };
    case "n":
      return { mark: "needs_review", of: "intent", ...move(-1) };
    case "m":
      return { mark: "needs_review", of: "return_intent", ...move(1) };
    case "i":
      return { mark: "intent", ...move(-1), ...announcement() };
    case "r":
      return { mark: "return_intent", ...move(1), ...announcement() };
    default:
      throw new Error(`unknown mark: ${text}`);
  }
}

export function encodeNumber(value: number): string {
  return value.toString(36);
}

/** Throws unless `text` is exactly what `encodeNumber` writes. */
export function readNumber(text: string): number {
  const value = Number.parseInt(text, 36);
  if (encodeNumber(value) !== text) throw new Error(`invalid number in a mark: ${text}`);
  return value;
}

function token(letter: string, fields: readonly string[]): string {
  return letter + fields.join(".").replace(/\.+$/, "");
}

function directionOf(mark: AnnouncedMark): 1 | -1 {
  return mark === "intent" ? -1 : 1;
}

function target({ from, to }: { from: number; to: number }, quantity: number, direction: 1 | -1): string {
  return to === from + direction * quantity ? "" : encodeNumber(to);
}

/** PostgreSQL's versions are decimal. Others are omitted, so the rule for rows without versions applies. */
function encodeVersion(version: string | undefined): string {
  return version !== undefined && /^(0|[1-9]\d{0,14})$/.test(version) ? encodeNumber(Number(version)) : "";
}
