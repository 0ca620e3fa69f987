import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { createWorld, once } from "../checkout/world";
import { openTestDatabase, type TestDatabase } from "../sandbox/test-database";

/** The real client against an embedded PostgreSQL, instead of the in-memory table of the other tests. */
describe("a database that fails during a sale", () => {
  let database: TestDatabase;
  let mug: string;
  let pot: string;

  beforeAll(async () => {
    database = await openTestDatabase({ schema: "alter table products alter column inventory_count drop not null" });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    mug = randomUUID();
    pot = randomUUID();
    await database.setRows([
      { id: mug, name: "Mug", price: "12.50", inventory_count: 10 },
      { id: pot, name: "Pot", price: "30.00", inventory_count: 2 },
    ]);
  });

  const open = () =>
    createWorld({
      catalog: (throughProxy) => database.catalogWith({ fetch: throughProxy(database.fetch) }),
    });
  const stockOf = async (id: string) => (await database.catalog.readStock([id])).get(id)?.inventory ?? null;
  const change = (id: string, inventory: number | null) =>
    database.exec(`update products set inventory_count = $1 where id = $2`, [inventory, id]);

  it("takes a paid cart of two lines from the real table once", async () => {
    const world = open();
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { [mug]: 3, [pot]: 1 });
    world.stripe.pay(checkoutId);

    await Promise.all(Array.from({ length: 5 }, () => shop.checkout.fulfil(checkoutId)));

    expect(await stockOf(mug)).toBe(7);
    expect(await stockOf(pot)).toBe(1);
    expect(world.stripe.session(checkoutId)?.amount_total).toBe(6750);
  });

  it.each([
    ["before the commit", "refuse"],
    ["after the commit", "cut"],
    ["by a 500", 500],
    ["by a 503", 503],
  ] as const)("a PATCH cut %s and then retried leaves the same stock", async (_when, fault) => {
    const world = open();
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { [mug]: 3 });
    world.stripe.pay(checkoutId);
    shop.setFaults(once("database PATCH", fault));
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    expect(await stockOf(mug)).toBe(fault === "cut" ? 7 : 10);
    shop.heal();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });

    expect(await stockOf(mug)).toBe(7);
  });

  it.each(["kill before", "kill after"] as const)(
    "%s the PATCH: the next process ends with the same stock",
    async (fault) => {
      const world = open();
      const first = await world.open();
      const checkoutId = await first.pay("ann", { [mug]: 3 });
      world.stripe.pay(checkoutId);
      first.setFaults(once("database PATCH", fault));
      expect(await first.run(first.checkout.fulfil(checkoutId))).toBe("died");

      await world.open();

      expect(await stockOf(mug)).toBe(7);
    },
  );

  it("with status 503 for 60 s: every webhook has to be retried until one takes the units", async () => {
    const world = open();
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { [mug]: 3 });
    world.stripe.pay(checkoutId);
    const recovers = world.clock.now() + 60_000;
    shop.setFaults(({ name }) => (name.startsWith("database") && world.clock.now() < recovers ? 503 : null));
    for (let second = 0; second < 60; second += 10) {
      await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
      world.advance(10_000);
    }

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });

    expect(await stockOf(mug)).toBe(7);
  });

  it("opens no page, and keeps the cart held, if it is down at checkout", async () => {
    const world = open();
    const shop = await world.open();
    await shop.checkout.changeCart({ sessionHash: "ann", lines: [{ productId: mug, quantity: 1 }] });
    shop.setFaults(({ name }) => (name.startsWith("database") ? 503 : null));

    await expect(shop.pay("ann", { [mug]: 1 })).rejects.toThrow(UnavailableError);

    expect(world.stripe.sessions()).toEqual([]);
    expect(await shop.store.view("ann")).toMatchObject({ lines: [{ productId: mug, quantity: 1 }], claim: null });
  });

  it("refunds, leaving the other line alone, if a row is deleted during the payment", async () => {
    const world = open();
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { [mug]: 1, [pot]: 1 });
    world.stripe.pay(checkoutId);
    await database.exec(`delete from products where id = $1`, [pot]);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect(await stockOf(mug)).toBe(10);
    expect(await world.refunds()).toEqual([4250]);
    expect(await shop.store.totals()).toMatchObject({ units: 0 });
  });

  it("refunds, leaving the row null, if its inventory becomes null during the payment", async () => {
    const world = open();
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { [mug]: 1 });
    world.stripe.pay(checkoutId);
    await change(mug, null);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });

    expect(await stockOf(mug)).toBeNull();
    expect(await world.refunds()).toEqual([1250]);
  });

  it("decrements the latest number if an admin edits the row several times between read and swap", async () => {
    const world = open();
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { [mug]: 1 });
    world.stripe.pay(checkoutId);
    let edits = 0;
    const plain = shop.dependencies.catalog.compareAndSwap.bind(shop.dependencies.catalog);
    const raced = world.boot({
      dependencies: (real) => ({
        catalog: {
          ...real.catalog,
          compareAndSwap: async (swap) => {
            if ((edits += 1) <= 3) await change(mug, 20 + edits);
            return plain(swap);
          },
        },
      }),
    });

    await raced.checkout.rebuild();

    expect(edits).toBe(4);
    expect(await stockOf(mug)).toBe(22);
    expect(await world.refunds()).toEqual([]);
  });
});
