import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { createJournal } from "~/operator/journal";
import { createLog } from "~/telemetry/log.server";

function openJournal({ level = "silent", capacity = 100 }: { level?: string; capacity?: number } = {}) {
  const journal = createJournal({ capacity });
  const printed: string[] = [];
  const log = createLog(level, journal, { write: (line) => void printed.push(line) });
  const events = (filter = {}) => journal.read({ filter, limit: 1_000 }).lines.map(({ event }) => event);
  return { journal, log, printed, events };
}

describe("the journal", () => {
  it("is empty before anything is logged", () => {
    expect(openJournal().journal.read()).toEqual({ lines: [], hasMore: false, events: [], since: null });
  });

  it("keeps logged lines, newest first, with all their fields", () => {
    const { journal, log } = openJournal();
    const before = Date.now();
    log.info({ session: "abc", lines: [{ productId: "mug", quantity: 2 }], expiresInMs: 120_000 }, "held");
    log.warn({ checkoutId: null }, "no proof");
    const { lines, since } = journal.read();
    expect(lines.map(({ n, level, event }) => [n, level, event])).toEqual([
      [1, "warn", "no proof"],
      [0, "info", "held"],
    ]);
    expect(lines[1]?.facts).toEqual([
      { name: "session", value: "abc" },
      { name: "lines", value: '[{"productId":"mug","quantity":2}]' },
      { name: "expiresInMs", value: "120000" },
    ]);
    expect(lines[0]?.facts).toEqual([{ name: "checkoutId", value: "null" }]);
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBe(lines[1]?.at);
  });

  it.each([
    ["warn", ["warn"], ["info", "warn"]],
    ["silent", [], ["info", "warn"]],
    ["info", ["info", "warn"], ["info", "warn"]],
    ["debug", ["debug", "info", "warn"], ["debug", "info", "warn"]],
  ])("with LOG_LEVEL=%s prints %j and keeps %j", (level, prints, keeps) => {
    const { log, printed, events } = openJournal({ level });
    log.debug("debug");
    log.info("info");
    log.warn("warn");
    expect(printed.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(prints);
    expect(events().reverse()).toEqual(keeps);
  });

  it("shows an error as name, message and causes, without its stack", () => {
    const { journal, log } = openJournal();
    log.error(
      { err: new UnavailableError("Stripe did not refund", { cause: new TypeError("fetch failed") }) },
      "retried",
    );
    const [line] = journal.read().lines;
    expect(line?.facts).toEqual([{ name: "err", value: "UnavailableError: Stripe did not refund: fetch failed" }]);
    expect(JSON.stringify(line)).not.toContain("journal.test");
  });

  it("forgets the oldest, and says since when it is complete and whether more lines match", () => {
    const { journal, log } = openJournal({ capacity: 3 });
    for (let n = 0; n < 5; n += 1) log.info(`event ${n}`);
    const { lines, hasMore, since, events } = journal.read({ limit: 2 });
    expect(lines.map(({ n, event }) => [n, event])).toEqual([
      [4, "event 4"],
      [3, "event 3"],
    ]);
    expect(hasMore).toBe(true);
    expect(events).toEqual(["event 2", "event 3", "event 4"]);
    expect(since).toBe(journal.read().lines.at(-1)?.at);
    expect(journal.read({ limit: 3 }).hasMore).toBe(false);
  });

  it("keeps warnings and operator actions however many common lines follow", () => {
    const { journal, log, events } = openJournal({ capacity: 4 });
    log.info("forgotten");
    log.warn({ action: "pause" }, "operator");
    for (let n = 0; n < 50; n += 1) log.info("refused");
    expect(events()).toEqual(["refused", "refused", "refused", "refused", "operator"]);
    expect(journal.read().lines.map(({ n }) => n)).toEqual([51, 50, 49, 48, 1]);
    expect(journal.read().since).toBe(journal.read().lines[3]?.at);
  });

  it("filters by text in any case, by minimum level and by event, all of which must match", () => {
    const { log, events } = openJournal();
    log.info({ productId: "Tide-Mug" }, "held");
    log.warn({ productId: "tide-mug" }, "shortage");
    log.error({ productId: "pot" }, "shortage");
    expect(events({ text: " tide-MUG " })).toEqual(["shortage", "held"]);
    expect(events({ level: "warn" })).toEqual(["shortage", "shortage"]);
    expect(events({ event: "shortage", text: "mug" })).toEqual(["shortage"]);
    expect(events({ event: "short" })).toEqual([]);
    expect(events({ text: "", level: "info" })).toHaveLength(3);
    expect(events({ text: "nobody" })).toEqual([]);
  });

  it("matches a whole checkout id exactly, and a part of one as plain text", () => {
    const { log, events } = openJournal();
    log.info({ claimId: "c1", session: "s" }, "claim");
    log.info({ claimId: "c1", checkoutId: "cs_test_1" }, "claim stamped");
    log.info({ checkoutId: "cs_test_12" }, "another id with the same start");
    expect(events({ text: "cs_test_1" })).toEqual(["claim stamped", "claim"]);
    expect(events({ text: "test_1" })).toEqual(["another id with the same start", "claim stamped"]);
  });

  it("ignores lines that are not JSON objects, and truncates long values", () => {
    const { journal, log } = openJournal();
    journal.write("not JSON\n");
    journal.write("[]\n");
    log.info({ text: "x".repeat(50_000) }, "long");
    expect(journal.read().lines).toHaveLength(1);
    expect(JSON.stringify(journal.read()).length).toBeLessThan(5_000);
  });
});
