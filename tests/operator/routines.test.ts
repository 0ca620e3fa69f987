import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createHousekeeping } from "~/housekeeping.server";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function housekeeping(run: () => Promise<unknown>) {
  return createHousekeeping({
    isClosed: () => false,
    checkout: { ready: true, isIntact: async () => true, rebuild: async () => ({ claimsRestored: 0, fulfilled: 0 }), sweep: async () => undefined, queue: { startDue: () => undefined, stop: async () => undefined, waiting: 0 } },
    probe: async () => ({ ok: true, faults: [], warnings: [] }),
    storeWarnings: async () => [],
    routines: [{ name: "the audit", everyMs: 60_000, run }],
    log: pino({ level: "silent" }),
  });
}

describe("a routine of housekeeping", () => {
  it("does not run at boot, then again and again, also after it failed, and not after the stop", async () => {
    let runs = 0;
    const keeper = housekeeping(async () => {
      runs += 1;
      if (runs === 1) throw new Error("Stripe does not answer");
    });
    keeper.start();
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
