import { describe, expect, it } from "vitest";
import { createBudget, within } from "~/checkout/fulfil/budget.server";
import { UnavailableError } from "~/errors";

function createManualClock() {
  const time = new AbortController();
  return { time, budget: { signal: time.signal, check: () => undefined } };
}

describe("a time budget", () => {
  it("rejects at the deadline although the work hangs", async () => {
    const { time, budget } = createManualClock();
    const result = within(budget, new Promise<never>(() => undefined));

    time.abort();

    await expect(result).rejects.toThrow(UnavailableError);
  });

  it("leaves no unhandled rejection when the work fails after the deadline", async () => {
    const { time, budget } = createManualClock();
    let fail = (_error: Error): void => undefined;
    const result = within(budget, new Promise<never>((_resolve, reject) => (fail = reject)));
    time.abort();
    await expect(result).rejects.toThrow("out of time");

    fail(new Error("too late to matter"));

    // Vitest fails the run on an unhandled rejection.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("passes the work's own result or error through before the deadline", async () => {
    const { budget } = createManualClock();

    expect(await within(budget, Promise.resolve(7))).toBe(7);
    await expect(within(budget, Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  });

  it("ends at the exact millisecond of the injected clock", () => {
    let now = 0;
    const budget = createBudget({ now: () => now, wall: () => 0 }, 8_000);
    now = 7_999;
    budget.check();
    now = 8_000;

    expect(() => budget.check()).toThrow(UnavailableError);
  });
});
