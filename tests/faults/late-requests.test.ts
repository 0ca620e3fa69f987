import { describe, expect, it } from "vitest";

import { RESEND_AFTER_MS } from "~/checkout/fulfil/resend-rule";
import type { CheckoutDependencies } from "~/checkout/create-checkout.server";
import { UnavailableError } from "~/errors";

import { CALLS, createWorld, LATE_MS, once, type Process, type World } from "../checkout/world";

/** Marks of one millisecond are dated one after the other. */
const SPARE_MS = 10;

interface Options {
  versions: boolean;
  mugs?: number;
  without?: Partial<CheckoutDependencies>;
}

/** Ann has paid one mug; her swap was given up by the client and is still under way. */
async function lateSwap({ versions, mugs = 1, without }: Options): Promise<{ world: World; shop: Process; checkoutId: string }> {
  const world = createWorld({ rows: { mug: mugs }, versions });
  const shop = await world.open({ dependencies: () => without ?? {} });
  const checkoutId = await shop.pay("ann", { mug: 1 });
  world.stripe.pay(checkoutId);
  shop.setFaults(once(CALLS.swap, "late"));
  await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
  shop.heal();
  return { world, shop, checkoutId };
}

describe("an update of the stock that is carried out after its client gave up", () => {
  it("row with versions: the sale is settled at once, and a unit that came back stays on the shelf", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: true });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    world.setStock("mug", 1);
    await world.landLate();

    expect(world.stock()).toBe(1);
  });

  it("row without versions: the sale waits until it has landed", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: false });

    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    world.advance(LATE_MS);
    await world.landed();
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });

    world.setStock("mug", 1);
    await world.landLate();
    expect(world.stock()).toBe(1);
  });

  it("without that wait, the unit that came back is gone", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: false, without: { resend: { isDue: () => true } } });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    world.setStock("mug", 1);
    await world.landLate();

    expect(world.stock()).toBe(0);
  });

  it("row without versions, and it never lands: announced again after 30 s, and each announcement waits its own", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: false, mugs: 5 });
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    shop.setFaults(once(CALLS.swap, "refuse"));
    world.setStock("mug", 9);
    await world.landLate();
    world.setStock("mug", 5);

    world.advance(RESEND_AFTER_MS - 1);
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow("may still be carried out");
    world.advance(SPARE_MS);
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow("does not answer");
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow("may still be carried out");
    world.advance(RESEND_AFTER_MS + SPARE_MS);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(4);
  });

  it("the next sale of the product waits as well, and both are settled after it", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: false, mugs: 5 });
    const bobs = await shop.pay("bob", { mug: 1 });
    world.stripe.pay(bobs);

    await expect(shop.checkout.fulfil(bobs)).rejects.toThrow(UnavailableError);
    world.advance(LATE_MS);
    await world.landed();

    expect(await shop.checkout.fulfil(bobs)).toMatchObject({ outcome: "done" });
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done", repeated: true });
    expect(world.stock()).toBe(3);
  });

  it("the row was written since, with the same number: announced from the new version at once", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: true, mugs: 5 });
    world.setStock("mug", 5);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    world.setStock("mug", 5);
    await world.landLate();

    expect(world.stock()).toBe(5);
  });

  it("an announcement without a version, of a row that has one, waits", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: true, mugs: 5 });
    const metadata = world.stripe.session(checkoutId)?.metadata ?? {};
    const log = Object.keys(metadata).filter((key) => key.startsWith("holdfast_log_"));
    await shop.dependencies.gateway.writeMetadata(checkoutId, Object.fromEntries(log.map((key) => [key, ""])));

    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow("may still be carried out");
    world.advance(RESEND_AFTER_MS);
    await world.landed();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(4);
  });
});

describe("a restart in the middle of an update", () => {
  async function killedInTheMiddle(versions: boolean): Promise<World> {
    const world = createWorld({ rows: { mug: 5, pot: 5 }, versions });
    const killed = await world.open();
    for (const [session, product] of [["ann", "mug"], ["bob", "pot"]] as const) {
      const checkoutId = await killed.pay(session, { [product]: 1 });
      world.stripe.pay(checkoutId);
      killed.setFaults(once(CALLS.swap, "late"));
      await expect(killed.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    }
    killed.kill();
    return world;
  }

  it("rows with versions: the shop opens at once, and what lands later changes nothing", async () => {
    const world = await killedInTheMiddle(true);

    const after = await world.open();
    await world.landLate();

    expect(after.checkout.ready).toBe(true);
    expect([world.stock("mug"), world.stock("pot")]).toEqual([4, 4]);
  });

  it("rows without versions: the shop stays closed for 30 s, once for all", async () => {
    const world = await killedInTheMiddle(false);
    const after = world.boot();

    await expect(after.checkout.rebuild()).rejects.toThrow("may still be carried out");
    expect(after.checkout.ready).toBe(false);
    world.advance(LATE_MS - 1);
    await expect(after.checkout.rebuild()).rejects.toThrow("may still be carried out");
    world.advance(RESEND_AFTER_MS);
    await world.landed();
    await after.checkout.rebuild();

    expect(after.checkout.ready).toBe(true);
    expect([world.stock("mug"), world.stock("pot")]).toEqual([4, 4]);
  });

  it("rows without versions, and nothing lands: open again after 30 s", async () => {
    const world = createWorld({ rows: { mug: 5 }, versions: false });
    const killed = await world.open();
    const checkoutId = await killed.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    killed.setFaults(once(CALLS.swap, "kill before"));
    await killed.run(killed.checkout.fulfil(checkoutId));
    const after = world.boot();
    await expect(after.checkout.rebuild()).rejects.toThrow(UnavailableError);

    world.advance(RESEND_AFTER_MS);
    expect(await after.checkout.rebuild()).toMatchObject({ fulfilled: 1 });

    expect(after.checkout.ready).toBe(true);
    expect(world.stock()).toBe(4);
  });
});

describe("a write of marks that is carried out after its client gave up", () => {
  it.each([1, 2])("write %s of a sale: it undoes nothing of what was written since", async (nth) => {
    const world = createWorld({ rows: { mug: 5 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    let writes = 0;
    shop.setFaults(({ name }) => (name === CALLS.write && (writes += 1) === nth ? "late" : null));
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    shop.heal();
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    // As after a return: the row reads what the late write announces to count from.
    world.setStock("mug", 5);
    await world.landLate();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done", repeated: true });
    expect(world.stock()).toBe(5);
  });
});
