import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import type { ReservationStore, StoreEvent } from "~/reservations/reservation-store";
import { describeReservationStore, storeTiming } from "./describe-reservation-store";
import { ManualClock } from "./manual-clock";

describeReservationStore("the memory store", async () => {
  const { store, clock } = open();
  return { store, advance: async (milliseconds) => clock.advance(milliseconds) };
});

function open() {
  const clock = new ManualClock();
  return { clock, store: createMemoryReservationStore({ clock, ...storeTiming }) };
}

/** Grants one-line carts. Session hashes are as long as a SHA-256 and operation ids as long as 12 bytes, both in base64url. */
async function fill(store: ReservationStore, holds: number, productIds: number): Promise<void> {
  for (let i = 0; i < holds; i += 1) {
    const sessionHash = Buffer.from(String(i).padStart(43, "s")).toString("latin1");
    const operationId = Buffer.from(String(i).padStart(16, "o")).toString("latin1");
    const productId = Buffer.from(`product-${i % productIds}`).toString("latin1");
    await store.place({ sessionHash, operationId, lines: [{ productId, quantity: 1 }], maxLines: 30 });
    await store.confirm({ sessionHash, operationId });
  }
}

describe("a million holds in memory", () => {
  it(
    "stop counting at once when they lapse together, and their memory is reclaimed by constant work per operation",
    { timeout: 120_000 },
    async () => {
      const { store, clock } = open();
      await fill(store, 200_000, 50);
      let expired = 0;
      store.subscribe((event: StoreEvent) => {
        if (event.type === "expired") expired += 1;
      });
      clock.advance(storeTiming.ttlMs);
      expect((await store.held({ sessionHash: null, productIds: ["product-0"] })).get("product-0")?.total).toBe(0);
      // Lapsed records are still there, so exactness does not depend on cleanup.
      expect((await store.totals()).bytes).toBeGreaterThan(200_000 * 100);
      expect(await store.totals()).toMatchObject({ shopping: 0, units: 0, sessions: 0 });
      const before = expired;
      for (let i = 0; i < 100; i += 1) await store.view("anyone");
      expect(expired - before).toBeLessThanOrEqual(100 * 4);
      for (let i = 0; i < 60_000; i += 1) await store.view("anyone");
      expect(expired).toBe(200_000);
      expect((await store.totals()).bytes).toBe(0);
    },
  );

  it("take at most 300 bytes each, and the estimate is close to the heap", { timeout: 120_000 }, async () => {
    const before = heapUsed();
    const { store } = open();
    await fill(store, 1_000_000, 1_000);
    const used = heapUsed() - before;
    const { bytes } = await store.totals();
    console.info(`${Math.round(used / 1_000_000)} bytes of heap a hold, ${Math.round(bytes / 1_000_000)} estimated`);
    expect(used / 1_000_000).toBeLessThan(300);
    expect(bytes).toBeGreaterThan(used * 0.75);
    expect(bytes).toBeLessThan(used * 1.33);
  });

  it("do not accumulate as shoppers come and go", async () => {
    const { store, clock } = open();
    for (let round = 0; round < 20; round += 1) {
      await fill(store, 500, 10);
      clock.advance(storeTiming.ttlMs);
      for (let i = 0; i < 150; i += 1) await store.totals();
    }
    expect((await store.totals()).bytes).toBe(0);
  });
});

describe("deadlines in ticks", () => {
  it("pass exactly when the result said, never later", async () => {
    const { store, clock } = open();
    clock.advance(37.5);
    await fill(store, 1, 1);
    const sessionHash = "0".padStart(43, "s");
    const { expiresInMs } = await store.view(sessionHash);
    if (expiresInMs === null) throw new Error("nothing held");
    expect(expiresInMs).toBeGreaterThan(storeTiming.ttlMs - 100);
    expect(expiresInMs).toBeLessThanOrEqual(storeTiming.ttlMs);
    clock.advance(expiresInMs - 1);
    expect((await store.view(sessionHash)).lines).toHaveLength(1);
    clock.advance(2);
    expect((await store.view(sessionHash)).lines).toHaveLength(0);
    expect((await store.totals()).units).toBe(0);
  });

  it("cannot be shorter than a tick", () => {
    expect(() => createMemoryReservationStore({ clock: new ManualClock(), ...storeTiming, ttlMs: 50 })).toThrow(
      RangeError,
    );
  });
});

function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc(); gc();");
  return process.memoryUsage().heapUsed;
}
