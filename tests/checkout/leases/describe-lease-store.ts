import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LeaseStore } from "~/checkout/leases/lease-store";
import { UnavailableError } from "~/errors";

const patient = new AbortController().signal;

/** Conformance suite of `LeaseStore`, for any driver. `open` returns a new, empty store. */
export function describeLeaseStore(
  name: string,
  open: () => Promise<{ leases: LeaseStore; close?: () => Promise<void> }>,
): void {
  describe(`the lease store contract: ${name}`, () => {
    let leases: LeaseStore;
    let close: (() => Promise<void>) | undefined;
    const take = (checkoutId: string, key = "k") => leases.acquire({ key, checkoutId, signal: patient });

    beforeEach(async () => {
      ({ leases, close } = await open());
    });
    afterEach(async () => {
      await close?.();
    });

    it("a waiter that times out gives up its turn to the next", async () => {
      const first = await take("a");
      const hurry = new AbortController();
      const impatient = leases.acquire({ key: "k", checkoutId: "b", signal: hurry.signal });
      const next = take("c");

      hurry.abort(new Error("late"));
      await expect(impatient).rejects.toThrow(UnavailableError);
      await first.release({ settled: true });

      expect((await next).isHeld()).toBe(true);
    });

    it("rejects at once if the signal has already aborted", async () => {
      await expect(leases.acquire({ key: "k", checkoutId: "a", signal: AbortSignal.abort() })).rejects.toThrow(
        UnavailableError,
      );
      expect((await take("b")).isHeld()).toBe(true);
    });

    it("grants a key to one holder at a time, and eventually to each waiter", async () => {
      const order: string[] = [];
      const work = async (checkoutId: string) => {
        const lease = await take(checkoutId);
        order.push(`${checkoutId} in`);
        await Promise.resolve();
        order.push(`${checkoutId} out`);
        await lease.release({ settled: true });
      };

      await Promise.all(["a", "b", "c", "d", "e"].map(work));

      const turns = order.filter((_, index) => index % 2 === 0).map((entry) => entry.slice(0, 1));
      expect(order).toEqual(turns.flatMap((checkoutId) => [`${checkoutId} in`, `${checkoutId} out`]));
      expect(turns.toSorted()).toEqual(["a", "b", "c", "d", "e"]);
    });

    it("grants different keys at the same time", async () => {
      const held = await Promise.all([take("a", "product:1"), take("b", "product:2"), take("c", "checkout:c")]);
      expect(held.map((lease) => lease.isHeld())).toEqual([true, true, true]);
    });

    it("names an unsettled checkout until that checkout itself is settled", async () => {
      await (await take("a")).release({ settled: false });

      const seen: (string | null)[] = [];
      for (const [checkoutId, settled] of [
        ["b", true],
        ["b", false],
        ["a", false],
        ["b", true],
        ["a", true],
        ["b", true],
      ] as const) {
        const lease = await take(checkoutId);
        seen.push(lease.unsettled);
        await lease.release({ settled });
      }

      expect(seen).toEqual(["a", "a", null, "a", null, null]);
    });

    it("keeps its name, even the holder's own, when released as before", async () => {
      await (await take("a")).release({ settled: false });
      await (await take("a")).release({ settled: "as_before" });
      const next = await take("b");
      await next.release({ settled: "as_before" });
      const own = await take("a");

      expect([next.unsettled, own.unsettled]).toEqual(["a", null]);
      await own.release({ settled: true });
      const free = await take("b");
      await free.release({ settled: "as_before" });
      expect([free.unsettled, (await take("c")).unsettled]).toEqual([null, null]);
    });

    it("releases a key only once, however often release is called", async () => {
      const first = await take("a");
      await first.release({ settled: true });
      const second = await take("b");
      await first.release({ settled: false });
      const hurry = new AbortController();
      const third = leases.acquire({ key: "k", checkoutId: "c", signal: hurry.signal });
      hurry.abort(new Error("late"));

      await expect(third).rejects.toThrow(UnavailableError);
      expect([first.isHeld(), second.isHeld()]).toEqual([false, true]);
      await second.release({ settled: true });
      expect((await take("d")).unsettled).toBeNull();
    });
  });
}
