import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { LastFigures } from "~/reservations/last-figures";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { release } from "~/reservations/release";
import type { ReservationStore } from "~/reservations/reservation-store";
import { reserve, type ReserveDependencies, type ReserveOutcome } from "~/reservations/reserve";
import { available, onHandOf, type StockRow } from "~/reservations/stock";
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
    figures: new LastFigures(),
    newOperationId: () => `operation-${operations++}`,
    backOff: async () => {
      shop.backedOff += 1;
      await shop.duringBackOff();
    },
  };
  const ask = (sessionHash: string, ...lines: [productId: string, quantity: number][]) =>
    reserve(dependencies, { sessionHash, lines: lines.map(([productId, quantity]) => ({ productId, quantity })) });
  const held = async (productId: string) =>
    (await store.held({ sessionHash: null, productIds: [productId] })).get(productId)?.total;
  return { clock, store, shop, dependencies, ask, held };
}

/** Leaves a call of the session undecided. */
const placePending = (store: ReservationStore, sessionHash: string, quantity: number) =>
  store.place({
    sessionHash,
    operationId: `undecided-${sessionHash}`,
    lines: [{ productId: "mug", quantity }],
    maxLines: 30,
  });

describe("reserve", () => {
  it.each([-1, 0.5, Number.NaN, Infinity])("throws before anything is placed for %d units", async (quantity) => {
    const { ask, held } = openShop({ mug: { inventory: 5 } });
    await expect(ask("ann", ["hat", 1], ["mug", quantity])).rejects.toThrow(RangeError);
    expect([await held("hat"), await held("mug")]).toEqual([0, 0]);
  });

  it("holds nothing when the stock cannot be read, and says why", async () => {
    const { ask, held, shop } = openShop({ mug: { inventory: 5 } });
    const outage = new UnavailableError("the database did not answer");
    shop.duringRead = () => Promise.reject(outage);
    await expect(ask("ann", ["mug", 1])).rejects.toBe(outage);
    expect(await held("mug")).toBe(0);
  });

  it("tells of the read's failure when the abort fails as well, and the pending lapses by itself", async () => {
    const { dependencies, held, clock, shop } = openShop({ mug: { inventory: 5 } });
    const outage = new UnavailableError("the database did not answer");
    shop.duringRead = () => Promise.reject(outage);
    const broken: ReservationStore = {
      ...steppedStore(dependencies.store, (_, act) => act()),
      abort: () => Promise.reject(new UnavailableError("the store did not answer")),
    };
    const request = { sessionHash: "ann", lines: [{ productId: "mug", quantity: 1 }] };
    await expect(reserve({ ...dependencies, store: broken }, request)).rejects.toBe(outage);
    expect(await held("mug")).toBe(1);
    clock.advance(storeTiming.pendingMs);
    expect(await held("mug")).toBe(0);
  });

  it("names unknown products and holds none of the others", async () => {
    const { ask, held } = openShop({ mug: { inventory: 5 } });
    expect(await ask("ann", ["mug", 1], ["ghost", 1])).toEqual({ outcome: "unknown_product", productIds: ["ghost"] });
    expect(await held("mug")).toBe(0);
  });

  it("releases a product that no longer exists, without reading the stock", async () => {
    const stock: Record<string, Partial<StockRow>> = { mug: { inventory: 5 } };
    const { ask, held, shop } = openShop(stock);
    await ask("ann", ["mug", 2]);
    delete stock["mug"];
    expect(await ask("ann", ["mug", 0])).toMatchObject({
      outcome: "granted",
      lines: [{ name: null, requested: 0, shortage: null }],
    });
    expect(await held("mug")).toBe(0);
    expect(shop.reads).toBe(1);
  });

  it("sums lines of one product before it looks at anything", async () => {
    const { ask } = openShop({ mug: { inventory: 5 } });
    expect(await ask("ann", ["mug", 3], ["mug", 3])).toMatchObject({
      outcome: "refused",
      lines: [{ requested: 6, available: 5 }],
    });
    expect(await ask("ann", ["mug", 6], ["mug", 6])).toEqual({
      outcome: "limit_exceeded",
      limit: "units_per_line",
      max: 10,
    });
  });

  it("refuses more lines than a cart may have, and holds nothing", async () => {
    const { ask, held } = openShop({ mug: { inventory: 5 }, hat: { inventory: 5 }, cup: { inventory: 5 } });
    const outcome = await ask("ann", ["mug", 1], ["hat", 1], ["cup", 1]);
    expect(outcome).toEqual({ outcome: "limit_exceeded", limit: "lines_per_cart", max: 2 });
    expect(await held("mug")).toBe(0);
  });

  it("grants all lines or none, and tells which is short and why", async () => {
    const { ask, held } = openShop({ mug: { inventory: 5 }, hat: { inventory: 0 } });
    await ask("bob", ["mug", 4]);
    expect(await ask("ann", ["mug", 2], ["hat", 1])).toEqual({
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
      undecided: false,
    });
    expect([await held("mug"), await held("hat")]).toEqual([4, 0]);
  });

  it("is refused while a payment page is open", async () => {
    const { ask, store } = openShop({ mug: { inventory: 5 } });
    await ask("ann", ["mug", 1]);
    await store.claim({ sessionHash: "ann", claimId: "claim-1" });
    expect(await ask("ann", ["mug", 2])).toMatchObject({ outcome: "checkout_open", claim: { claimId: "claim-1" } });
  });

  it("waits for another change of the same cart, and gives up when it never ends", async () => {
    const { ask, store, shop } = openShop({ mug: { inventory: 5 } });
    await placePending(store, "ann", 1);
    await expect(ask("ann", ["mug", 2])).rejects.toThrow("another change of this cart is still running");
    shop.duringBackOff = () => store.abort({ sessionHash: "ann", operationId: "undecided-ann" });
    expect(await ask("ann", ["mug", 2])).toMatchObject({ outcome: "granted" });
  });

  it("looks again three times when undecided calls of others are in the way, and reads once", async () => {
    const { ask, store, shop } = openShop({ mug: { inventory: 1 } });
    await placePending(store, "bob", 1);
    expect(await ask("ann", ["mug", 1])).toMatchObject({
      outcome: "refused",
      lines: [{ shortage: "held_by_others" }],
      undecided: true,
    });
    expect([shop.reads, shop.backedOff]).toEqual([1, 3]);
    shop.duringBackOff = () => store.abort({ sessionHash: "bob", operationId: "undecided-bob" });
    expect(await ask("ann", ["mug", 1])).toMatchObject({ outcome: "granted" });
  });

  it("does not try again when it would be short anyway", async () => {
    const { ask, store, shop } = openShop({ mug: { inventory: 1 } });
    await placePending(store, "bob", 1);
    expect(await ask("ann", ["mug", 2])).toMatchObject({ outcome: "refused", undecided: false });
    expect(shop.backedOff).toBe(0);
  });

  it("never says granted when what it asked for lapsed during the read", async () => {
    const { ask, held, clock, shop } = openShop({ mug: { inventory: 5 } });
    shop.duringRead = async () => clock.advance(storeTiming.pendingMs);
    await expect(ask("ann", ["mug", 1])).rejects.toThrow(UnavailableError);
    expect(shop.reads).toBe(4);
    expect(await held("mug")).toBe(0);
  });
});

describe("reserve, looking before it places", () => {
  /** Counts what each call does to the store. */
  const openWatchedShop = (stock: Record<string, Partial<StockRow>>) => {
    const opened = openShop(stock);
    const steps: string[] = [];
    const watched = steppedStore(opened.store, async (label, act) => {
      steps.push(label);
      return act();
    });
    const ask = (sessionHash: string, ...lines: [productId: string, quantity: number][]) =>
      reserve(
        { ...opened.dependencies, store: watched },
        { sessionHash, lines: lines.map(([productId, quantity]) => ({ productId, quantity })) },
      );
    const since = async (act: () => Promise<ReserveOutcome>) => {
      const before = { reads: opened.shop.reads, steps: steps.length };
      const { outcome } = await act();
      return { outcome, reads: opened.shop.reads - before.reads, steps: steps.slice(before.steps) };
    };
    return { ...opened, ask, since };
  };

  it("costs a granted call one read and two steps, whether a figure is known or not", async () => {
    const { ask, since } = openWatchedShop({ mug: { inventory: 5 } });
    const costs = { outcome: "granted", reads: 1, steps: ["places 1 mug", "confirms"] };
    expect(await since(() => ask("ann", ["mug", 1]))).toEqual(costs);
    expect(await since(() => ask("bob", ["mug", 1]))).toEqual(costs);
  });

  it("refuses what cannot fit by one read, and without having placed anything", async () => {
    const { ask, since, held, shop } = openWatchedShop({ mug: { inventory: 5 } });
    await ask("ann", ["mug", 1]);
    shop.duringRead = async () => expect(await held("mug")).toBe(1);
    const refused = await since(() => ask("bob", ["mug", 5]));
    expect(refused).toEqual({ outcome: "refused", reads: 1, steps: ["places 5 mug", "places 5 mug"] });
  });

  it("lets no old figure refuse a call", async () => {
    const stock: Record<string, Partial<StockRow>> = { mug: { inventory: 0 } };
    const { ask, since } = openWatchedShop(stock);
    await ask("ann", ["mug", 1]);
    stock["mug"] = { inventory: 1 };
    expect(await since(() => ask("bob", ["mug", 1]))).toMatchObject({ outcome: "granted", reads: 2 });
  });

  it("grants what came back while it read the stock", async () => {
    const { ask, store, shop } = openWatchedShop({ mug: { inventory: 1 } });
    await ask("ann", ["mug", 1]);
    shop.duringRead = async () => {
      await store.release({ sessionHash: "ann", productIds: "all" });
    };
    expect(await ask("bob", ["mug", 1])).toMatchObject({ outcome: "granted" });
  });

  it("does not count a unit both as held and as sold when it is sold while the stock is read", async () => {
    const stock: Record<string, Partial<StockRow>> = { mug: { inventory: 2 } };
    const { ask, store, shop } = openWatchedShop(stock);
    await ask("payer", ["mug", 1]);
    await store.claim({ sessionHash: "payer", claimId: "claim-1" });
    shop.duringRead = async () => {
      stock["mug"] = { inventory: 1 };
      await store.complete({ claimId: "claim-1", checkoutId: null });
    };
    expect(await ask("ann", ["mug", 1])).toMatchObject({ outcome: "granted" });
  });

  it("reads before it places a product of which nothing is known beside others, so that a made-up id keeps nothing from anybody", async () => {
    const { ask, held, shop } = openWatchedShop({ mug: { inventory: 1 } });
    shop.duringRead = async () => expect(await held("mug")).toBe(0);
    expect(await ask("ann", ["mug", 1], ["ghost", 1])).toEqual({ outcome: "unknown_product", productIds: ["ghost"] });
    expect(await ask("ann", ["mug", 1], ["another", 1])).toEqual({
      outcome: "unknown_product",
      productIds: ["another"],
    });
  });

  it("lets a cart shrink, and lets go of what is no longer sold", async () => {
    const stock: Record<string, Partial<StockRow>> = { mug: { inventory: 5 }, hat: { inventory: 1 } };
    const { ask, since } = openWatchedShop(stock);
    await ask("ann", ["mug", 5], ["hat", 1]);
    stock["hat"] = { inventory: 0 };
    await ask("bob", ["hat", 1]);
    expect(await since(() => ask("ann", ["mug", 2], ["hat", 0]))).toMatchObject({ outcome: "granted", reads: 1 });
  });
});

describe("release", () => {
  it("waits for a change that is still running", async () => {
    const { ask, dependencies, store, shop } = openShop({ mug: { inventory: 5 } });
    await ask("ann", ["mug", 2]);
    await placePending(store, "ann", 3);
    await expect(release(dependencies, { sessionHash: "ann", productIds: "all" })).rejects.toThrow(UnavailableError);
    shop.duringBackOff = () => store.abort({ sessionHash: "ann", operationId: "undecided-ann" });
    const released = await release(dependencies, { sessionHash: "ann", productIds: "all" });
    expect(released).toMatchObject({ outcome: "released", lines: [{ productId: "mug", quantity: 2 }] });
  });
});

describe("what can be sold", () => {
  it.each([null, -3, 2.5, Number.NaN])("is nothing where the row says %s", (inventory) => {
    expect(onHandOf({ inventory, active: true })).toBe(0);
  });

  it("is nothing of an inactive row, and never below nothing", () => {
    expect(onHandOf({ inventory: 5, active: false })).toBe(0);
    expect(onHandOf({ inventory: 5, active: true })).toBe(5);
    expect(available(2, 5)).toBe(0);
    expect(available(5, 2)).toBe(3);
  });
});
