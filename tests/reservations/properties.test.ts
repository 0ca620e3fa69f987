import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { release } from "~/reservations/release";
import type { Line, ReservationStore } from "~/reservations/reservation-store";
import { reserve, type ReserveDependencies } from "~/reservations/reserve";
import { available, type StockRow } from "~/reservations/stock";
import { StockHints } from "~/reservations/stock-hints";
import { storeTiming } from "./describe-reservation-store";
import { ManualClock } from "./manual-clock";
import { NaiveReservations } from "./naive-reservations";
import { steppedStore } from "./stepped-store";

const SESSIONS = ["ann", "bob", "cy", "di"] as const;
const PRODUCTS = ["mug", "hat", "cup"] as const;
const session = fc.constantFrom(...SESSIONS);
const cart = fc.uniqueArray(
  fc.record({
    productId: fc.constantFrom(...PRODUCTS),
    quantity: fc.nat({ max: 5 }),
    hint: fc.option(fc.nat({ max: 12 }), { freq: 2 }),
  }),
  { selector: (line) => line.productId, minLength: 1 },
);

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("place" as const), session, lines: cart }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("confirm" as const), session }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("abort" as const), session }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("renew" as const), session }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("release" as const), session, productId: fc.constantFrom(...PRODUCTS) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("claim" as const), session }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("end" as const), session, to: fc.constantFrom("stock", "shopper") }),
  },
  // Whole ticks, so that deadlines are not rounded here.
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("advance" as const),
      ticks: fc.oneof(fc.nat({ max: 150 }), fc.nat({ max: 1_300 }), fc.constantFrom(100, 600, 1_100, 1_200)),
    }),
  },
);

/** The latest operation that each session placed. */
const operations = new Map<string, string>();
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

/** Applies the action to the store and to the model, and compares the results. */
async function applyToBoth(
  store: ReservationStore,
  model: NaiveReservations,
  clock: ManualClock,
  step: Action,
  nth: number,
): Promise<void> {
  switch (step.type) {
    case "advance":
      clock.advance(step.ticks * 100);
      model.now += step.ticks * 100;
      return;
    case "place": {
      const placed = await store.place({
        sessionHash: step.session,
        operationId: `${step.session}-${nth}`,
        lines: step.lines,
        maxLines: 30,
      });
      if (model.hasClaim(step.session)) return expect(placed.outcome).toBe("checkout_open");
      if (model.hasPending(step.session)) return expect(placed.outcome).toBe("busy");
      if (placed.outcome !== "placed" && placed.outcome !== "cannot_fit") throw new Error(placed.outcome);
      expect(placed.outcome).toBe(model.mayFit(step.session, step.lines) ? "placed" : "cannot_fit");
      if (placed.outcome === "placed") {
        model.place(step.session, step.lines);
        operations.set(step.session, `${step.session}-${nth}`);
      }
      for (const { productId } of step.lines) {
        const { units, pendingUnits, nextReleaseInMs } = model.held(step.session, productId);
        expect(placed.others.get(productId)).toMatchObject({ units, pendingUnits, nextReleaseInMs });
      }
      return;
    }
    case "confirm": {
      const expected = model.hasPending(step.session) ? "confirmed" : "gone";
      const operationId = operations.get(step.session) ?? "none";
      operations.delete(step.session);
      expect((await store.confirm({ sessionHash: step.session, operationId })).outcome).toBe(expected);
      if (expected === "confirmed") model.confirm(step.session);
      return;
    }
    case "abort":
      await store.abort({ sessionHash: step.session, operationId: operations.get(step.session) ?? "none" });
      model.abort(step.session);
      return;
    case "renew": {
      const expected = model.hasClaim(step.session)
        ? "checkout_open"
        : model.granted(step.session).length > 0
          ? "renewed"
          : "nothing_held";
      expect((await store.renew(step.session)).outcome).toBe(expected);
      if (expected === "renewed") model.renew(step.session);
      return;
    }
    case "release": {
      const expected = model.hasClaim(step.session)
        ? "checkout_open"
        : model.hasPending(step.session)
          ? "busy"
          : "released";
      expect((await store.release({ sessionHash: step.session, productIds: [step.productId] })).outcome).toBe(expected);
      if (expected === "released") model.release(step.session, step.productId);
      return;
    }
    case "claim": {
      const other = { sessionHash: step.session, claimId: `claim-${step.session}-${nth}` };
      const claimed = await store.claim(other);
      if (model.hasClaim(step.session)) return expect(claimed.outcome).toBe("checkout_open");
      if (model.hasPending(step.session)) return expect(claimed.outcome).toBe("busy");
      if (model.granted(step.session).length === 0) return expect(claimed.outcome).toBe("nothing_held");
      expect(claimed.outcome).toBe("claimed");
      return model.claim(step.session);
    }
    case "end": {
      const { claim } = await store.view(step.session);
      expect(claim !== null).toBe(model.hasClaim(step.session));
      if (claim === null) return;
      const to = step.to === "stock" ? "stock" : "shopper";
      await store.unclaim({ claimId: claim.claimId, checkoutId: claim.checkoutId, to });
      return model.endClaim(step.session, to);
    }
  }
}

async function expectSame(store: ReservationStore, model: NaiveReservations): Promise<void> {
  for (const sessionHash of [...SESSIONS, null]) {
    const held = await store.held({ sessionHash, productIds: PRODUCTS });
    for (const productId of PRODUCTS) expect(held.get(productId)).toEqual(model.held(sessionHash, productId));
    if (sessionHash === null) continue;
    const view = await store.view(sessionHash);
    expect(sorted(view.lines)).toEqual(sorted(model.granted(sessionHash)));
    expect(view.expiresInMs).toBe(model.expiresInMs(sessionHash));
  }
  expect(await store.totals()).toMatchObject(model.totals());
  const { reservations } = await store.snapshot({ limit: 1_000 });
  expect(reservations.reduce((units, row) => units + row.quantity, 0)).toBe(model.totals().units);
}

function sorted(lines: readonly Line[]): Line[] {
  return lines.toSorted((a, b) => a.productId.localeCompare(b.productId));
}

describe("the memory store", () => {
  it("returns the same as a scan over an array of all holds, after any history", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const clock = new ManualClock();
        const store = createMemoryReservationStore({ clock, ...storeTiming });
        const model = new NaiveReservations();
        operations.clear();
        for (const [nth, step] of actions.entries()) {
          await applyToBoth(store, model, clock, step, nth);
          await expectSame(store, model);
        }
        // Whatever happened, everything that is not claimed lapses with time, and its memory is reclaimed.
        clock.advance(storeTiming.ttlMs + storeTiming.maxAgeMs);
        model.now += storeTiming.ttlMs + storeTiming.maxAgeMs;
        await expectSame(store, model);
        for (const each of SESSIONS) {
          const { claim } = await store.view(each);
          if (claim !== null) await store.complete(claim);
        }
        for (let i = 0; i < 10; i += 1) await store.totals();
        expect(await store.totals()).toEqual({ shopping: 0, checkout: 0, units: 0, sessions: 0, bytes: 0 });
      }),
      { numRuns: 400 },
    );
  });
});

/** A shop whose calls to other services complete in an order chosen by the scheduler. */
class Shop {
  readonly clock = new ManualClock();
  readonly store = createMemoryReservationStore({ clock: this.clock, ...storeTiming });
  onHand: number;
  oversold = false;
  readonly #hints = new StockHints();
  readonly #scheduler: fc.Scheduler;
  #operations = 0;
  #sold: string | null = null;

  constructor(scheduler: fc.Scheduler, onHand: number) {
    this.#scheduler = scheduler;
    this.onHand = onHand;
  }

  async step<Result>(label: string, act: () => Promise<Result>): Promise<Result> {
    await this.#scheduler.schedule(Promise.resolve(), label);
    const result = await act();
    await this.#check();
    return result;
  }

  /** The scheduler decides when each operation of the store runs. */
  dependencies(): ReserveDependencies {
    return {
      store: steppedStore(this.store, (label, act) => this.step(label, act)),
      readStock: () => this.step("read", async () => this.rows()),
      limits: { maxUnitsPerLine: 100, maxLinesPerCart: 30 },
      hints: this.#hints,
      newOperationId: () => `operation-${this.#operations++}`,
      backOff: () => this.step("back off", async () => undefined),
    };
  }

  rows(): ReadonlyMap<string, StockRow> {
    return new Map([["mug", { name: "Mug", inventory: this.onHand, active: true }]]);
  }

  /** Processes a payment: first the row, then the claim. */
  async sell(sessionHash: string): Promise<void> {
    const { claim } = await this.store.view(sessionHash);
    if (claim === null) throw new Error("nothing to sell");
    await this.step("row", async () => {
      this.onHand -= claim.lines[0]?.quantity ?? 0;
      this.#sold = claim.claimId;
    });
    await this.step("complete", () => this.store.complete(claim));
  }

  async #check(): Promise<void> {
    let promised = 0;
    for (const sessionHash of SESSIONS) {
      const { lines, claim } = await this.store.view(sessionHash);
      promised += lines[0]?.quantity ?? 0;
      if (claim !== null && claim.claimId !== this.#sold) promised += claim.lines[0]?.quantity ?? 0;
    }
    if (promised > this.onHand) this.oversold = true;
  }
}

const shopping = fc.record({
  stock: fc.integer({ min: 1, max: 6 }),
  carts: fc.array(fc.record({ sessionHash: session, quantity: fc.nat({ max: 4 }) }), { minLength: 2, maxLength: 6 }),
  paid: fc.integer({ min: 1, max: 2 }),
  jumpMs: fc.constantFrom(0, storeTiming.pendingMs, storeTiming.ttlMs),
});

async function holdAndClaim(shop: Shop, quantity: number): Promise<void> {
  const lines = [{ productId: "mug", quantity }];
  await shop.store.place({ sessionHash: "di", operationId: "start", lines, maxLines: 30 });
  await shop.store.confirm({ sessionHash: "di", operationId: "start" });
  await shop.store.claim({ sessionHash: "di", claimId: "claim-di" });
}

describe("simultaneous calls of reserve and release, lapsing holds and a sale", () => {
  const neverOversells = (request: (shop: Shop, sessionHash: string, quantity: number) => Promise<unknown>) =>
    fc.asyncProperty(fc.scheduler(), shopping, async (scheduler, { stock, carts, paid, jumpMs }) => {
      const shop = new Shop(scheduler, stock + paid);
      await holdAndClaim(shop, paid);
      const calls = [
        ...carts
          .filter((each) => each.sessionHash !== "di")
          .map((each) => request(shop, each.sessionHash, each.quantity)),
        shop.sell("di"),
        shop.step("time", async () => shop.clock.advance(jumpMs)),
      ];
      await scheduler.waitFor(Promise.all(calls));
      expect(shop.oversold).toBe(false);
    });

  it("never promise a unit twice, in any order", async () => {
    const request = async (shop: Shop, sessionHash: string, quantity: number) => {
      const dependencies = shop.dependencies();
      await reserve(dependencies, { sessionHash, lines: [{ productId: "mug", quantity }] });
      if (quantity === 1) await release(dependencies, { sessionHash, productIds: ["mug"] });
    };
    await fc.assert(neverOversells(request), { numRuns: 500 });
  });

  it("promise a unit twice if the stock is read first (negative control)", async () => {
    const request = async (shop: Shop, sessionHash: string, quantity: number) => {
      const onHand = await shop.step("read", async () => shop.onHand);
      await shop.step("check and write", async () => {
        const operation = { sessionHash, operationId: shop.dependencies().newOperationId() };
        const placed = await shop.store.place({ ...operation, lines: [{ productId: "mug", quantity }], maxLines: 30 });
        if (placed.outcome !== "placed") return;
        const fits = available(onHand, placed.others.get("mug")?.units ?? 0) >= quantity;
        await (fits ? shop.store.confirm(operation) : shop.store.abort(operation));
      });
    };
    await expect(fc.assert(neverOversells(request), { numRuns: 2_000 })).rejects.toThrow(/Property failed/);
  });

  it("grant no more than what is left after the row was lowered", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), shopping, fc.nat({ max: 6 }), async (scheduler, { stock, carts }, cutTo) => {
        const shop = new Shop(scheduler, stock);
        const [first, ...later] = carts;
        const request = async (each: { sessionHash: string; quantity: number } | undefined) => {
          if (each === undefined) return;
          await reserve(shop.dependencies(), {
            sessionHash: each.sessionHash,
            lines: [{ productId: "mug", quantity: each.quantity }],
          });
        };
        await scheduler.waitFor(request(first));
        shop.onHand = Math.min(stock, cutTo);
        const heldBefore = await unitsBySession(shop);
        await scheduler.waitFor(Promise.all(later.map(request)));
        const heldAfter = await unitsBySession(shop);
        // A session with more than before was granted units after the cut, so all holds together must fit.
        const grew = SESSIONS.some((each) => (heldAfter.get(each) ?? 0) > (heldBefore.get(each) ?? 0));
        const total = [...heldAfter.values()].reduce((sum, units) => sum + units, 0);
        if (grew) expect(total).toBeLessThanOrEqual(Math.max(shop.onHand, ...[...heldBefore.values()]));
      }),
      { numRuns: 500 },
    );
  });
});

async function unitsBySession(shop: Shop): Promise<Map<string, number>> {
  const units = new Map<string, number>();
  for (const sessionHash of SESSIONS)
    units.set(sessionHash, (await shop.store.view(sessionHash)).lines[0]?.quantity ?? 0);
  return units;
}
