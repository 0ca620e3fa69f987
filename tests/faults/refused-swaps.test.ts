import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { CALLS, createWorld, type Fault, type Process, type World } from "../checkout/world";

type Refuses = "row" | "setup" | undefined;

const setRefusal = (world: World, refuses: Refuses, id = "mug") =>
  world.rows.set(id, { inventory: 0, ...world.rows.get(id), refuses });
const marks = async (shop: Process, checkoutId: string) =>
  (await shop.checkout.inspect(checkoutId))?.lines.map(({ mark }) => mark);
const heldOf = async (shop: Process, id = "mug") =>
  (await shop.store.held({ sessionHash: null, productIds: [id] })).get(id)?.total;
const theOrder = async (shop: Process) => (await shop.checkout.orders({ atMost: 10 })).orders[0];
const swaps = (shop: Process) => shop.calls.filter((name) => name === CALLS.swap).length;

/** Ann has paid her cart, and the mug's row rejects its swap. */
async function paid({
  cart = { mug: 2 },
  refuses = "row",
  rows = { cup: 5, mug: 5, pot: 5 },
}: { cart?: Record<string, number>; refuses?: Refuses | "nothing"; rows?: Record<string, number> } = {}) {
  const world = createWorld({ rows });
  const shop = await world.open();
  const checkoutId = await shop.pay("ann", cart);
  world.stripe.pay(checkoutId);
  setRefusal(world, refuses === "nothing" ? undefined : refuses);
  return { world, shop, checkoutId };
}

describe("an order whose row rejects the decrement", () => {
  it("waits for an operator with its items held and nothing refunded", async () => {
    const { world, shop, checkoutId } = await paid();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "row_refused" });

    expect(await marks(shop, checkoutId)).toEqual(["claimed"]);
    expect(world.stock()).toBe(5);
    expect(await heldOf(shop)).toBe(2);
    expect(await world.refunds()).toEqual([]);
    expect(await theOrder(shop)).toMatchObject({ state: "needs_review", reason: "row_refused" });
    expect(shop.eventsOf("fulfilled").at(-1)).toMatchObject({ outcome: "needs_review", reason: "row_refused" });
  });

  it("sends the swap once per retry, and is done once the row takes updates again", async () => {
    const { world, shop, checkoutId } = await paid();
    await shop.checkout.fulfil(checkoutId);
    for (const _try of [1, 2, 3]) {
      const before = swaps(shop);
      await shop.checkout.rebuild();
      expect(swaps(shop) - before).toBe(1);
      expect(await theOrder(shop)).toMatchObject({ reason: "row_refused" });
    }
    setRefusal(world, undefined);

    await shop.checkout.rebuild();

    expect(world.stock()).toBe(3);
    expect(await theOrder(shop)).toMatchObject({ state: "paid", reason: null });
    expect(await shop.store.totals()).toMatchObject({ units: 0 });
    expect(await world.refunds()).toEqual([]);
  });

  it("is refunded like any shortage if a later read shows too few", async () => {
    const { world, shop, checkoutId } = await paid();
    await shop.checkout.fulfil(checkoutId);
    world.setStock("mug", 1);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect(world.stock()).toBe(1);
    expect(await world.refunds()).toEqual([2500]);
    expect(shop.eventsOf("shortage")).toMatchObject([{ productId: "mug", units: 1, claimed: true }]);
  });

  it("is refunded at once if the read after the rejection shows too few", async () => {
    const { world } = await paid();
    const emptied = world.boot({
      dependencies: (real) => ({
        catalog: {
          ...real.catalog,
          compareAndSwap: async (swap) => {
            const refused = await real.catalog.compareAndSwap(swap);
            world.setStock("mug", 1);
            return refused;
          },
        },
      }),
    });

    await emptied.checkout.rebuild();

    expect(world.stock()).toBe(1);
    expect(await world.refunds()).toEqual([2500]);
    expect(emptied.eventsOf("fulfilled").at(-1)).toMatchObject({ outcome: "refunded" });
  });

  it("is not refunded if the read after the rejection fails, but retried", async () => {
    const { world, shop, checkoutId } = await paid();
    let hasRefused = false;
    shop.setFaults(({ name }) => {
      hasRefused ||= name === CALLS.swap;
      return hasRefused && name === "database readStock" ? 503 : null;
    });
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    expect(await world.refunds()).toEqual([]);
    shop.heal();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "row_refused" });

    expect(world.stock()).toBe(5);
  });

  it("keeps the stock of its other lines taken, and holds only the rest", async () => {
    const { world, shop, checkoutId } = await paid({ cart: { cup: 1, mug: 2, pot: 3 } });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "row_refused" });

    expect(await marks(shop, checkoutId)).toEqual(["done", "claimed", "done"]);
    expect([world.stock("cup"), world.stock("mug"), world.stock("pot")]).toEqual([4, 5, 2]);
    const held = async (by: Process) => [await heldOf(by, "cup"), await heldOf(by), await heldOf(by, "pot")];
    expect(await held(shop)).toEqual([0, 2, 0]);
    // The next process starts without any hold.
    const after = await world.open();
    expect(await held(after)).toEqual([0, 2, 0]);
    expect(
      await after.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "cup", quantity: 4 }] }),
    ).toMatchObject({ outcome: "granted" });
    expect(
      await after.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 4 }] }),
    ).toMatchObject({ outcome: "refused" });
    setRefusal(world, undefined);
    expect(await after.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect([world.stock("cup"), world.stock("mug"), world.stock("pot")]).toEqual([4, 3, 2]);
    expect(await held(after)).toEqual([4, 0, 0]);
  });

  it("waits the same way if its hold has ended", async () => {
    const { world, shop, checkoutId } = await paid({ rows: { mug: 5 } });
    const claim = (await shop.store.view("ann")).claim;
    await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "row_refused" });

    expect(await heldOf(shop)).toBe(2);
    setRefusal(world, undefined);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(3);
  });
});

describe("an order with an unclear row", () => {
  it("holds that line, taken or not, and no line that is taken", async () => {
    const world = createWorld({ rows: { cup: 6, mug: 6 } });
    const killed = await world.open();
    const checkoutId = await killed.pay("ann", { cup: 1, mug: 1 });
    world.stripe.pay(checkoutId);
    let swapsSeen = 0;
    killed.setFaults(({ name }) => (name === CALLS.swap && (swapsSeen += 1) === 2 ? "kill after" : null));
    expect(await killed.run(killed.checkout.fulfil(checkoutId))).toBe("died");
    world.setStock("mug", 9);

    const shop = await world.open();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "unclear_row" });
    expect([world.stock("cup"), await heldOf(shop, "cup"), await heldOf(shop)]).toEqual([5, 0, 1]);
    expect(await shop.checkout.settle({ checkoutId, productId: "mug", verdict: "applied" })).toMatchObject({
      outcome: "done",
    });
    expect([await heldOf(shop, "cup"), await heldOf(shop)]).toEqual([0, 0]);
  });
});

describe("an order whose row rejects the return of its units", () => {
  /** An order with the refund verdict: pots ran out after mugs were taken. */
  async function refundedOrder(refuses: Refuses) {
    const { world, shop, checkoutId } = await paid({ cart: { mug: 2, pot: 1 }, refuses: "nothing" });
    world.table.onSwap = (productId) => {
      if (productId !== "mug") return;
      world.setStock("pot", 0);
      setRefusal(world, refuses);
    };
    return { world, shop, checkoutId };
  }

  it("is refunded, and waits for an operator until the row takes them", async () => {
    const { world, shop, checkoutId } = await refundedOrder("row");

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review", reason: "row_refused" });

    expect(await world.refunds()).toEqual([3750]);
    expect(await marks(shop, checkoutId)).toEqual(["done", "claimed"]);
    expect(await theOrder(shop)).toMatchObject({ state: "needs_review", reason: "row_refused" });
    expect(await shop.store.totals()).toMatchObject({ units: 0 });
    world.table.onSwap = () => undefined;
    setRefusal(world, undefined);
    await shop.checkout.rebuild();
    expect(world.stock()).toBe(5);
    expect(await world.refunds()).toEqual([3750]);
    expect(await theOrder(shop)).toMatchObject({ state: "refunded", reason: null });
  });

  it("is not refunded while no row takes updates", async () => {
    const { world, shop, checkoutId } = await refundedOrder("setup");

    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);

    expect(await world.refunds()).toEqual([]);
    world.table.onSwap = () => undefined;
    setRefusal(world, undefined);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });
    expect(world.stock()).toBe(5);
  });
});

describe("a table that takes no updates", () => {
  it("makes a paid order wait with its marks reset and its items held", async () => {
    const { world, shop, checkoutId } = await paid({ cart: { cup: 1, mug: 2, pot: 1 }, refuses: "setup" });
    for (const _try of [1, 2, 3]) {
      await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
      expect(await marks(shop, checkoutId)).toEqual(["done", "claimed", "claimed"]);
      expect(await heldOf(shop)).toBe(2);
    }
    expect(await theOrder(shop)).toMatchObject({ state: "being_confirmed", reason: null });
    setRefusal(world, undefined);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });

    expect([world.stock("cup"), world.stock("mug"), world.stock("pot")]).toEqual([4, 3, 4]);
    expect(await world.refunds()).toEqual([]);
  });
});

describe("any fault at any external call while a row rejects its swap", () => {
  const FAULTS: readonly Fault[] = ["refuse", "cut", 500, "kill before", "kill after", "lie after"];

  it.each(["row", "setup"] as const)("leaves the stock exact and makes no refund (rejected by %s)", async (refuses) => {
    for (const fault of FAULTS) {
      for (let n = 1; ; n += 1) {
        const { world, shop, checkoutId } = await paid({ cart: { cup: 1, mug: 2, pot: 1 }, refuses });
        const before = shop.proxy.count;
        let struck = false;
        shop.setFaults((call) => {
          if (call.n !== before + n) return null;
          struck = true;
          return fault;
        });
        await shop.run(shop.checkout.fulfil(checkoutId));
        if (!struck) break;
        await world.landed();
        const after = await world.open().catch(() => world.boot());
        after.heal();
        await after.run(after.checkout.fulfil(checkoutId));
        setRefusal(world, undefined);
        await after.checkout.rebuild();
        world.advance(60_000);
        await after.checkout.rebuild();

        const at = `${String(fault)} at call ${n}`;
        expect(await after.checkout.fulfil(checkoutId), at).toMatchObject({ outcome: "done" });
        expect([world.stock("cup"), world.stock("mug"), world.stock("pot")], at).toEqual([4, 3, 4]);
        expect(await world.refunds(), at).toEqual([]);
      }
    }
  });
});
