import { describe, expect, it } from "vitest";

import { createMemoryLeaseStore } from "~/checkout/memory-lease-store.server";
import { UnavailableError } from "~/errors";

const patient = new AbortController().signal;

describe("leases in one process", () => {
  it("gives up when the time is over, and the turn of the one who gave up goes on", async () => {
    const leases = createMemoryLeaseStore();
    const first = await leases.acquire({ key: "k", checkoutId: "a", signal: patient });
    const hurry = new AbortController();
    const impatient = leases.acquire({ key: "k", checkoutId: "b", signal: hurry.signal });
    const next = leases.acquire({ key: "k", checkoutId: "c", signal: patient });

    hurry.abort(new Error("late"));
    await expect(impatient).rejects.toThrow(UnavailableError);
    await first.release({ settled: true });

    expect((await next).isHeld()).toBe(true);
  });

  it("does not even start to wait when the time is over before", async () => {
    const leases = createMemoryLeaseStore();

    await expect(leases.acquire({ key: "k", checkoutId: "a", signal: AbortSignal.abort() })).rejects.toThrow(UnavailableError);
    expect((await leases.acquire({ key: "k", checkoutId: "b", signal: patient })).isHeld()).toBe(true);
  });

  it("lets one at a time hold a key, in the order in which they came", async () => {
    const leases = createMemoryLeaseStore();
    const order: string[] = [];
    const work = async (checkoutId: string) => {
      const lease = await leases.acquire({ key: "k", checkoutId, signal: patient });
      order.push(`${checkoutId} in`);
      await Promise.resolve();
      order.push(`${checkoutId} out`);
      await lease.release({ settled: true });
    };

    await Promise.all([work("a"), work("b"), work("c")]);

    expect(order).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
  });

  it("names the checkout that was left unsettled until that checkout itself settles", async () => {
    const leases = createMemoryLeaseStore();
    const take = (checkoutId: string) => leases.acquire({ key: "k", checkoutId, signal: patient });
    await (await take("a")).release({ settled: false });

    const seen: (string | null)[] = [];
    for (const [checkoutId, settled] of [["b", true], ["b", false], ["a", false], ["b", true], ["a", true], ["b", true]] as const) {
      const lease = await take(checkoutId);
      seen.push(lease.unsettled);
      await lease.release({ settled });
    }

    expect(seen).toEqual(["a", "a", null, "a", null, null]);
  });

  it("frees a key once, however often it is given back", async () => {
    const leases = createMemoryLeaseStore();
    const first = await leases.acquire({ key: "k", checkoutId: "a", signal: patient });
    await first.release({ settled: true });
    const second = await leases.acquire({ key: "k", checkoutId: "b", signal: patient });
    await first.release({ settled: false });
    const hurry = new AbortController();
    const third = leases.acquire({ key: "k", checkoutId: "c", signal: hurry.signal });
    hurry.abort(new Error("late"));

    await expect(third).rejects.toThrow(UnavailableError);
    expect([first.isHeld(), second.isHeld()]).toEqual([false, true]);
  });
});
