import { describe, expect, it } from "vitest";
import { createMemoryLeaseStore } from "~/checkout/leases/memory-lease-store.server";
import { describeLeaseStore } from "./describe-lease-store";

const patient = new AbortController().signal;

describeLeaseStore("the memory of one process", async () => ({ leases: createMemoryLeaseStore() }));

describe("leases in one process", () => {
  it("are granted in order of arrival", async () => {
    const leases = createMemoryLeaseStore();
    const order: string[] = [];
    const work = async (checkoutId: string) => {
      const lease = await leases.acquire({ key: "k", checkoutId, signal: patient });
      order.push(checkoutId);
      await lease.release({ settled: true });
    };

    await Promise.all([work("a"), work("b"), work("c")]);

    expect(order).toEqual(["a", "b", "c"]);
  });
});
