import { describe, expect, it } from "vitest";
import { createBudget, within } from "~/checkout/fulfil/budget.server";
import { UnavailableError } from "~/errors";

function timedByHand() {
  const time = new AbortController();
  return { time, budget: { signal: time.signal, check: () => undefined } };
}

describe("a budget of time", () => {
  it("answers when the time is over although the work hangs", async () => {
    const { time, budget } = timedByHand();
    const answer = within(budget, new Promise<never>(() => undefined));

    time.abort();

    await expect(answer).rejects.toThrow(UnavailableError);
  });

  it("leaves no rejection unheard when the work fails after the answer was given", async () => {
    const { time, budget } = timedByHand();
    let fail = (_error: Error): void => undefined;
    const answer = within(budget, new Promise<never>((_resolve, reject) => (fail = reject)));
    time.abort();
    await expect(answer).rejects.toThrow("out of time");

    fail(new Error("too late to matter"));

    // Vitest fails the run on an unhandled rejection.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("gives the work's own result while there is time", async () => {
    const { budget } = timedByHand();

    expect(await within(budget, Promise.resolve(7))).toBe(7);
    await expect(within(budget, Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  });

  it("is over by the clock that it was given, at the millisecond", () => {
    let now = 0;
    const budget = createBudget({ now: () => now, wall: () => 0 }, 8_000);
    now = 7_999;
    budget.check();
    now = 8_000;

    expect(() => budget.check()).toThrow(UnavailableError);
  });
});
