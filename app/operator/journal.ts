import { z } from "zod";
import type { Journal, JournalFilter, JournalLevel, JournalLine } from "./operator-desk";

const CAPACITY = 4_000;
const LIMIT = 200;
/** The start of a line of `warn` and above, as `createLog` writes it. */
const IMPORTANT = /^\{"level":"(?:warn|error|fatal)"/;
/** Characters kept of one fact. */
const MAX_FACT_LENGTH = 1_000;

const LEVELS: Readonly<Record<string, JournalLevel>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warn",
  error: "error",
  fatal: "error",
};
const RANKS: Readonly<Record<JournalLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

const lineSchema = z.looseObject({ level: z.string(), time: z.string(), msg: z.string().default("") });
const errorSchema = z.object({ type: z.string().default("Error"), message: z.string().default("") });

/** A line with the ids that link it to others. */
interface Entry extends JournalLine {
  readonly checkoutId: string | null;
  readonly claimId: string | null;
  readonly session: string | null;
  /** The event and all facts, in lower case. */
  readonly text: string;
}

/** The last 4,000 common lines and 1,000 important ones of this server's log, in memory. */
export interface JournalKeeper {
  /** Accepts the lines of the log, as JSON; see `createLog`. */
  write(line: string): void;
  read(query?: { readonly filter?: JournalFilter; readonly limit?: number }): Journal;
}

export function createJournal({ capacity = CAPACITY }: { capacity?: number } = {}): JournalKeeper {
  // Separate rings, so that a flood of info lines cannot evict warnings and operator actions.
  const [common, important] = [createRing(capacity), createRing(Math.ceil(capacity / 4))];
  let count = 0;

  return {
    write(line) {
      (IMPORTANT.test(line) ? important : common).add(line, count);
      count += 1;
    },
    read({ filter = {}, limit = LIMIT } = {}) {
      const kept = [common, important].map((ring) => ({ isFull: ring.isFull(), lines: [...ring.entries()] }));
      const all = kept.flatMap(({ lines }) => lines).sort((a, b) => a.n - b.n);
      const completeSince = kept.filter(({ isFull }) => isFull).map(({ lines }) => lines[0]?.at ?? 0);
      const matching = select(all, filter).reverse();
      return {
        lines: matching.slice(0, limit).map(({ n, at, level, event, facts }) => ({ n, at, level, event, facts })),
        hasMore: matching.length > limit,
        events: [...new Set(all.map(({ event }) => event))].sort(),
        since: completeSince.length > 0 ? Math.max(...completeSince) : (all[0]?.at ?? null),
      };
    },
  };
}

/** The last lines, oldest first. Parsed on first read, because every hold writes a line. */
function createRing(capacity: number) {
  const lines: { n: number; read: string | Entry | null }[] = [];
  let next = 0;

  function* entries(): Generator<Entry> {
    for (let i = 0; i < lines.length; i += 1) {
      const line = lines[(next + i) % lines.length];
      if (line === undefined) continue;
      if (typeof line.read === "string") line.read = readLine(line.read, line.n);
      if (line.read !== null) yield line.read;
    }
  }
  return {
    entries,
    isFull: () => lines.length === capacity,
    add(line: string, n: number) {
      lines[next] = { n, read: line };
      next = (next + 1) % capacity;
    },
  };
}

function readLine(json: string, n: number): Entry | null {
  const parsed = lineSchema.safeParse(parseJson(json));
  if (!parsed.success) return null;
  const { level, time, msg: event, ...rest } = parsed.data;
  const facts = Object.entries(rest).map(([name, value]) => ({
    name,
    value: textOf(name, value).slice(0, MAX_FACT_LENGTH),
  }));
  const idOf = (name: string) => (typeof rest[name] === "string" ? rest[name] : null);
  return {
    n,
    at: Date.parse(time),
    level: LEVELS[level] ?? "info",
    event,
    facts,
    checkoutId: idOf("checkoutId"),
    claimId: idOf("claimId"),
    session: idOf("session"),
    text: [event, ...facts.map(({ name, value }) => `${name} ${value}`)].join("\n").toLowerCase(),
  };
}

/** The message of a logged error already includes the messages of its causes. */
function textOf(name: string, value: unknown): string {
  const error = name === "err" ? errorSchema.safeParse(value) : null;
  if (error?.success === true) return `${error.data.type}: ${error.data.message}`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function select(entries: readonly Entry[], { text, level, event }: JournalFilter): Entry[] {
  const search = text?.trim() ?? "";
  const found = /^cs_\w+$/.test(search)
    ? linesOfCheckout(entries, search)
    : entries.filter((entry) => entry.text.includes(search.toLowerCase()));
  return found.filter(
    (entry) =>
      (level === undefined || RANKS[entry.level] >= RANKS[level]) && (event === undefined || entry.event === event),
  );
}

/**
 * Lines with the checkout's id, lines with the id of its claim (`claim stamped` links the two), and what its cart did between the
 * end of its previous claim and the end of this one.
 */
function linesOfCheckout(entries: readonly Entry[], checkoutId: string): Entry[] {
  const claims = new Set(
    entries.filter((entry) => entry.checkoutId === checkoutId).flatMap(({ claimId }) => claimId ?? []),
  );
  const ids = [checkoutId, ...claims].map((id) => id.toLowerCase());
  const isOf = (entry: Entry): boolean => {
    if (entry.checkoutId !== null) return entry.checkoutId === checkoutId;
    if (entry.claimId !== null) return claims.has(entry.claimId);
    return ids.some((id) => entry.text.includes(id));
  };
  const own = new Set(entries.filter(isOf));
  for (const session of new Set([...own].flatMap((entry) => entry.session ?? []))) {
    const ofCart = entries.filter((entry) => entry.session === session);
    const first = ofCart.findIndex((entry) => own.has(entry));
    const last = ofCart.findLastIndex((entry) => own.has(entry));
    const previous = ofCart
      .slice(0, first)
      .findLastIndex((entry) => entry.checkoutId !== null || entry.claimId !== null);
    for (const entry of ofCart.slice(previous + 1, last))
      if (entry.checkoutId === null && entry.claimId === null) own.add(entry);
  }
  return entries.filter((entry) => own.has(entry));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
