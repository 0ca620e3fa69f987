import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createHousekeeping } from "~/boot/housekeeping.server";
import type { ProbeReport } from "~/catalog/probe-catalog.server";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";
import { decorate } from "~/decorate";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FINE: ProbeReport = { ok: true, problems: [], warnings: [] };

function housekeeping(
  run: () => Promise<unknown>,
  catalog: Pick<SupabaseCatalog, "probe" | "closedBy"> = { probe: async () => FINE, closedBy: null },
) {
  const keeper = createHousekeeping({
    catalog,
    checkout: {
      ready: true,
      isIntact: async () => true,
      rebuild: async () => ({ claimsRestored: 0, fulfilled: 0 }),
      sweep: async () => undefined,
      queue: { startDue: () => undefined, stop: async () => undefined, waiting: 0 },
    },
    holds: { warnings: async () => [] },
    secretAgreement: null,
    log: pino({ level: "silent" }),
  });
  return decorate(keeper, { start: () => keeper.start([{ name: "the audit", everyMs: 60_000, run }]) });
}

describe("a housekeeping routine", () => {
  it("does not run at boot, then runs at its interval, retries early after a failure, and ends with the stop", async () => {
    let runs = 0;
    const keeper = housekeeping(async () => {
      runs += 1;
      if (runs === 1) throw new Error("Stripe does not answer");
    });
    keeper.start([]);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(runs).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(runs).toBe(1);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(runs).toBe(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toBe(3);
    await keeper.stop();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(runs).toBe(3);
  });
});

describe("the check of the products table", () => {
  it("runs every 10 s from boot until it succeeds, and again only while the table refuses sales", async () => {
    const reports: ProbeReport[] = [{ ok: false, problems: ["no such column"], warnings: [] }, FINE];
    let checks = 0;
    const table = {
      closedBy: null as SupabaseCatalog["closedBy"],
      async probe() {
        checks += 1;
        return reports.shift() ?? FINE;
      },
    };
    const keeper = housekeeping(async () => undefined, table);
    keeper.start([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([checks, keeper.tableProblems]).toEqual([1, ["no such column"]]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([checks, keeper.tableProblems]).toEqual([2, []]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(checks).toBe(2);
    table.closedBy = { code: "25006", message: "read-only" };
    await vi.advanceTimersByTimeAsync(30_000);
    expect(checks).toBe(5);
    table.closedBy = null;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(checks).toBe(5);
    await keeper.stop();
  });
});
