import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { release } from "~/reservations/release";
import type { ReservationStore } from "~/reservations/reservation-store";
import { reserve, type ReserveDependencies, type ReserveOutcome } from "~/reservations/reserve";
import { available, onHandOf, type StockRow } from "~/reservations/stock";
import { StockHints } from "~/reservations/stock-hints";
import { storeTiming } from "./describe-reservation-store";
import { ManualClock } from "./manual-clock";
import { steppedStore } from "./stepped-store";

function openShop(stock: Record<string, Partial<StockRow>>) {
  const clock = new ManualClock();
  const store = createMemoryReservationStore({ clock, ...storeTiming });
  const shop = { clock, store, reads: 0, backedOff: 0, duringRead: async () => {}, duringBackOff: async () => {} };
  let operations = 0;
  const dependencies: ReserveDependencies = {
    store,
    readStock: async (productIds) => {
      shop.reads += 1;
      await shop.duringRead();
      const rows = productIds.flatMap((id): [string, StockRow][] => {
        const row = stock[id];
        return row === undefined ? [] : [[id, { name: id.toUpperCase(), inventory: 0, active: true, ...row }]];
      });
      return new Map(rows);
    },
    limits: { maxUnitsPerLine: 10, maxLinesPerCart: 2 },
    hints: new StockHints(),
    newOperationId: () => `operation-${operations++}`,
    backOff: async () => {
      shop.backedOff += 1;
      await shop.duringBackOff();
    },
  };
  const request = (sessionHash: string, ...lines: [productId: string, quantity: number][]) =>
    reserve(dependencies, { sessionHash, lines: lines.map(([productId, quantity]) => ({ productId, quantity })) });
  const held = async (productId: string) =>
    (await store.held({ sessionHash: null, productIds: [productId] })).get(productId)?.total;
  return { clock, store, shop, dependencies, request, held };
}

/** Leaves a call of the session pending. */
const placePending = (store: ReservationStore, sessionHash: string, quantity: number) =>
  store.place({
    sessionHash,
    operationId: `pending-${sessionHash}`,
    lines: [{ productId: "mug", quantity }],
    maxLines: 30,
  });

describe("reserve", () => {
  it.each([-1, 0.5, Number.NaN, Infinity])("throws before anything is placed for %d units", async (quantity) => {
    const { request, held } = openShop({ mug: { inventory: 5 } });
    await expect(request("ann", ["hat", 1], ["mug", quantity])).rejects.toThrow(RangeError);
    expect([await held("hat"), await held("mug")]).toEqual([0, 0]);
  });

  it("holds nothing when the stock cannot be read, and throws the read's error", async () => {
    const { request, held, shop } = openShop({ mug: { inventory: 5 } });
    const outage = new UnavailableError("the database did not respond");
    shop.duringRead = () => Promise.reject(outage);
    await expect(request("ann", ["mug", 1])).rejects.toBe(outage);
    expect(await held("mug")).toBe(0);
  });

  it("throws the read's error even if the abort fails too, and the pending units lapse", async () => {
    const { dependencies, held, clock, shop } = openShop({ mug: { inventory: 5 } });
    const outage = new UnavailableError("the database did not respond");
    shop.duringRead = () => Promise.reject(outage);
    const broken: ReservationStore = {
      ...steppedStore(dependencies.store, (_, act) => act()),
      abort: () => Promise.reject(new UnavailableError("the store did not respond")),
    };
    const request = { sessionHash: "ann", lines: [{ productId: "mug", quantity: 1 }] };
    await expect(reserve({ ...dependencies, store: broken }, request)).rejects.toBe(outage);
    expect(await held("mug")).toBe(1);
    clock.advance(storeTiming.pendingMs);
    expect(await held("mug")).toBe(0);
  });

  it("returns unknown products and holds none of the others", async () => {
    const { request, held } = openShop({ mug: { inventory: 5 } });
    expect(await request("ann", ["mug", 1], ["ghost", 1])).toEqual({
      outcome: "unknown_product",
      productIds: ["ghost"],
    });
    expect(await held("mug")).toBe(0);
  });

  it("releases a product that no longer exists, without reading the stock", async () => {
    const stock: Record<string, Partial<StockRow>> = { mug: { inventory: 5 } };
    const { request, held, shop } = openShop(stock);
    await request("ann", ["mug", 2]);
    delete stock["mug"];
    expect(await request("ann", ["mug", 0])).toMatchObject({
      outcome: "granted",
      lines: [{ name: null, requested: 0, shortage: null }],
    });
    expect(await held("mug")).toBe(0);
    expect(shop.reads).toBe(1);
  });

  it("sums lines of one product before any check", async () => {
    const { request } = openShop({ mug: { inventory: 5 } });
    expect(await request("ann", ["mug", 3], ["mug", 3])).toMatchObject({
      outcome: "refused",
      lines: [{ requested: 6, available: 5 }],
    });
    expect(await request("ann", ["mug", 6], ["mug", 6])).toEqual({
      outcome: "limit_exceeded",
      limit: "units_per_line",
      max: 10,
    });
  });

  it("refuses more lines than the maximum, and holds nothing", async () => {
    const { request, held } = openShop({ mug: { inventory: 5 }, hat: { inventory: 5 }, cup: { inventory: 5 } });
    const outcome = await request("ann", ["mug", 1], ["hat", 1], ["cup", 1]);
    expect(outcome).toEqual({ outcome: "limit_exceeded", limit: "lines_per_cart", max: 2 });
    expect(await held("mug")).toBe(0);
  });

  it("grants all lines or none, and returns which are short and why", async () => {
    const { request, held } = openShop({ mug: { inventory: 5 }, hat: { inventory: 0 } });
    await request("bob", ["mug", 4]);
    expect(await request("ann", ["mug", 2], ["hat", 1])).toEqual({
      outcome: "refused",
      lines: [
        {
          productId: "mug",
          name: "MUG",
          requested: 2,
          available: 1,
          shortage: "held_by_others",
          missed: 1,
          nextReleaseInMs: storeTiming.ttlMs,
        },
        {
          productId: "hat",
          name: "HAT",
          requested: 1,
          available: 0,
          shortage: "sold_out",
          missed: 0,
          nextReleaseInMs: null,
        },
      ],
      blockedByPending: false,
    });
    expect([await held("mug"), await held("hat")]).toEqual([4, 0]);
  });

  it("is refused while a payment page is open", async () => {
    const { request, store } = openShop({ mug: { inventory: 5 } });
    await request("ann", ["mug", 1]);
    await store.claim({ sessionHash: "ann", claimId: "claim-1" });
    expect(await request("ann", ["mug", 2])).toMatchObject({ outcome: "checkout_open", claim: { claimId: "claim-1" } });
  });

  it("waits for another change of the same cart, and gives up if it does not end", async () => {
    const { request, store, shop } = openShop({ mug: { inventory: 5 } });
    await placePending(store, "ann", 1);
    await expect(request("ann", ["mug", 2])).rejects.toThrow(
      new UnavailableError("another change of this cart is still running"),
    );
    shop.duringBackOff = () => store.abort({ sessionHash: "ann", operationId: "pending-ann" });
    expect(await request("ann", ["mug", 2])).toMatchObject({ outcome: "granted" });
  });

  it("retries three times if pending units of others caused the refusal, with a single read", async () => {
    const { request, store, shop } = openShop({ mug: { inventory: 1 } });
    await placePending(store, "bob", 1);
    expect(await request("ann", ["mug", 1])).toMatchObject({
      outcome: "refused",
      lines: [{ shortage: "held_by_others" }],
      blockedByPending: true,
    });
    expect([shop.reads, shop.backedOff]).toEqual([1, 3]);
    shop.duringBackOff = () => store.abort({ sessionHash: "bob", operationId: "pending-bob" });
    expect(await request("ann", ["mug", 1])).toMatchObject({ outcome: "granted" });
  });

  it("does not retry if it would be short anyway", async () => {
    const { request, store, shop } = openShop({ mug: { inventory: 1 } });
    await placePending(store, "bob", 1);
    expect(await request("ann", ["mug", 2])).toMatchObject({ outcome: "refused", blockedByPending: false });
    expect(shop.backedOff).toBe(0);
  });

  it("never returns granted when its pending units lapsed during the read", async () => {
    const { request, held, clock, shop } = openShop({ mug: { inventory: 5 } });
    shop.duringRead = async () => clock.advance(storeTiming.pendingMs);
    await expect(request("ann", ["mug", 1])).rejects.toThrow(UnavailableError);
    expect(shop.reads).toBe(4);
    expect(await held("mug")).toBe(0);
  });
});

describe("reserve with hints", () => {
  /** A shop that records the reads and steps of each call. */
  const openWatchedShop = (stock: Record<string, Partial<StockRow>>) => {
    const opened = openShop(stock);
    const steps: string[] = [];
    const watched = steppedStore(opened.store, async (label, act) => {
      steps.push(label);
      return act();
    });
    const request = (sessionHash: string, ...lines: [productId: string, quantity: number][]) =>
      reserve(
        { ...opened.dependencies, store: watched },
        { sessionHash, lines: lines.map(([productId, quantity]) => ({ productId, quantity })) },
      );
    const since = async (act: () => Promise<ReserveOutcome>) => {
      const before = { reads: opened.shop.reads, steps: steps.length };
      const { outcome } = await act();
      return { outcome, reads: opened.shop.reads - before.reads, steps: steps.slice(before.steps) };
    };
    return { ...opened, request, since };
  };

  it("needs one read and two steps for a granted call, with or without a hint", async () => {
    const { request, since } = openWatchedShop({ mug: { inventory: 5 } });
    const costs = { outcome: "granted", reads: 1, steps: ["places 1 mug", "confirms"] };
    expect(await since(() => request("ann", ["mug", 1]))).toEqual(costs);
    expect(await since(() => request("bob", ["mug", 1]))).toEqual(costs);
  });

  it("refuses a call that cannot fit after one read, without having placed it", async () => {
    const { request, since, held, shop } = openWatchedShop({ mug: { inventory: 5 } });
    await request("ann", ["mug", 1]);
    shop.duringRead = async () => expect(await held("mug")).toBe(1);
    const refused = await since(() => request("bob", ["mug", 5]));
    expect(refused).toEqual({ outcome: "refused", reads: 1, steps: ["places 5 mug", "places 5 mug"] });
  });

  it("never refuses a call because of an outdated hint", async () => {
    const stock: Record<string, Partial<StockRow>> = { mug: { inventory: 0 } };
    const { request, since } = openWatchedShop(stock);
    await request("ann", ["mug", 1]);
    stock["mug"] = { inventory: 1 };
    expect(await since(() => request("bob", ["mug", 1]))).toMatchObject({ outcome: "granted", reads: 2 });
  });

  it("grants units that were released while it read the stock", async () => {
    const { request, store, shop } = openWatchedShop({ mug: { inventory: 1 } });
    await request("ann", ["mug", 1]);
    shop.duringRead = async () => {
      await store.release({ sessionHash: "ann", productIds: "all" });
    };
    expect(await request("bob", ["mug", 1])).toMatchObject({ outcome: "granted" });
  });

  it("does not count a unit both as held and as sold when it is sold while the stock is read", async () => {
    const stock: Record<string, Partial<StockRow>> = { mug: { inventory: 2 } };
    const { request, store, shop } = openWatchedShop(stock);
    await request("payer", ["mug", 1]);
    await store.claim({ sessionHash: "payer", claimId: "claim-1" });
    shop.duringRead = async () => {
      stock["mug"] = { inventory: 1 };
      await store.complete({ claimId: "claim-1", checkoutId: null });
    };
    expect(await request("ann", ["mug", 1])).toMatchObject({ outcome: "granted" });
  });

  it("reads before it places several products without hints, so that a made-up id blocks nobody", async () => {
    const { request, held, shop } = openWatchedShop({ mug: { inventory: 1 } });
    shop.duringRead = async () => expect(await held("mug")).toBe(0);
    expect(await request("ann", ["mug", 1], ["ghost", 1])).toEqual({
      outcome: "unknown_product",
      productIds: ["ghost"],
    });
    expect(await request("ann", ["mug", 1], ["another", 1])).toEqual({
      outcome: "unknown_product",
      productIds: ["another"],
    });
  });

  it("lets a cart shrink, and releases a product that is no longer sold", async () => {
    const stock: Record<string, Partial<StockRow>> = { mug: { inventory: 5 }, hat: { inventory: 1 } };
    const { request, since } = openWatchedShop(stock);
    await request("ann", ["mug", 5], ["hat", 1]);
    stock["hat"] = { inventory: 0 };
    await request("bob", ["hat", 1]);
    expect(await since(() => request("ann", ["mug", 2], ["hat", 0]))).toMatchObject({ outcome: "granted", reads: 1 });
  });
});

describe("release", () => {
  it("waits for a change that is still running", async () => {
    const { request, dependencies, store, shop } = openShop({ mug: { inventory: 5 } });
    await request("ann", ["mug", 2]);
    await placePending(store, "ann", 3);
    await expect(release(dependencies, { sessionHash: "ann", productIds: "all" })).rejects.toThrow(UnavailableError);
    shop.duringBackOff = () => store.abort({ sessionHash: "ann", operationId: "pending-ann" });
    const released = await release(dependencies, { sessionHash: "ann", productIds: "all" });
    expect(released).toMatchObject({ outcome: "released", lines: [{ productId: "mug", quantity: 2 }] });
  });
});

describe("available units", () => {
  it.each([null, -3, 2.5, Number.NaN])("are 0 for an inventory of %s", (inventory) => {
    expect(onHandOf({ inventory, active: true })).toBe(0);
  });

  it("are 0 for an inactive row, and never negative", () => {
    expect(onHandOf({ inventory: 5, active: false })).toBe(0);
    expect(onHandOf({ inventory: 5, active: true })).toBe(5);
    expect(available(2, 5)).toBe(0);
    expect(available(5, 2)).toBe(3);
  });
});
