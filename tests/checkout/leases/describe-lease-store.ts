import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LeaseStore } from "~/checkout/leases/lease-store";
import { UnavailableError } from "~/errors";

const patient = new AbortController().signal;

/** The contract of `LeaseStore`, for any driver. `open` gives an empty store each time. */
export function describeLeaseStore(
  name: string,
  open: () => Promise<{ leases: LeaseStore; close?: () => Promise<void> }>,
): void {
  describe(`${name} keeps the contract of a lease store`, () => {
    let leases: LeaseStore;
    let close: (() => Promise<void>) | undefined;
    const take = (checkoutId: string, key = "k") => leases.acquire({ key, checkoutId, signal: patient });

    beforeEach(async () => {
      ({ leases, close } = await open());
    });
    afterEach(async () => {
      await close?.();
    });

    it("gives up when the time is over, and the turn of the one who gave up goes on", async () => {
      const first = await take("a");
      const hurry = new AbortController();
      const impatient = leases.acquire({ key: "k", checkoutId: "b", signal: hurry.signal });
      const next = take("c");

      hurry.abort(new Error("late"));
      await expect(impatient).rejects.toThrow(UnavailableError);
      await first.release({ settled: true });

      expect((await next).isHeld()).toBe(true);
    });

    it("does not even start to wait when the time is over before", async () => {
      await expect(leases.acquire({ key: "k", checkoutId: "a", signal: AbortSignal.abort() })).rejects.toThrow(
        UnavailableError,
      );
      expect((await take("b")).isHeld()).toBe(true);
    });

    it("lets one at a time hold a key, and each of those who wait in the end", async () => {
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

    it("holds different keys at once", async () => {
      const held = await Promise.all([take("a", "product:1"), take("b", "product:2"), take("c", "checkout:c")]);
      expect(held.map((lease) => lease.isHeld())).toEqual([true, true, true]);
    });

    it("names the checkout that was left unsettled until that checkout itself settles", async () => {
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

    it("keeps the name that it bore, the holder's own too, when it is given back as before", async () => {
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

    it("frees a key once, however often it is given back", async () => {
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
