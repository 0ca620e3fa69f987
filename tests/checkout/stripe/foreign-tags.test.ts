import { describe, expect, it } from "vitest";
import { createDriftAudits } from "~/operator/drift-audits.server";
import { createWorld, type Process, type World } from "../world";

const SHOP = "a".repeat(32);
const FORMER = "b".repeat(32);
const MINUTE_MS = 60_000;

/** A server of a shop with this tag; it reads these former ones as its own. */
const open = (world: World, shopTag: string, formerTags: readonly string[] = []): Promise<Process> =>
  world.open({ dependencies: (real) => ({ config: { ...real.config, shopTag, formerTags } }) });

/** Paid on a page of the former shop, which nobody processes. */
async function paidBefore(world: World, lines: Record<string, number> = { mug: 1 }): Promise<string> {
  const checkoutId = await (await open(world, FORMER)).pay("ann", lines);
  world.stripe.pay(checkoutId);
  return checkoutId;
}

const listed = async (shop: Process) =>
  (await shop.checkout.orders({ atMost: 100 })).orders.map(({ checkoutId, state, reason, tag }) => ({
    checkoutId,
    state,
    reason,
    tag,
  }));
const metadataOf = (world: World, checkoutId: string) => world.stripe.session(checkoutId)?.metadata ?? {};

describe("a payment page that was opened before the shop's tag changed", () => {
  it("is nobody's without the setting: paid, and nothing is taken", async () => {
    const world = createWorld();
    const checkoutId = await paidBefore(world);
    const shop = await open(world, SHOP);
    expect(await shop.checkout.fulfil(checkoutId)).toEqual({ outcome: "not_ours" });
    expect(world.stock()).toBe(3);
  });

  it("is taken from the stock once with the setting, whether it was paid before the change or after", async () => {
    const world = createWorld();
    const before = await paidBefore(world);
    const former = await open(world, FORMER);
    const after = await former.pay("bob", { mug: 1 });
    const shop = await open(world, SHOP, [FORMER]);
    world.stripe.pay(after);
    expect(await shop.checkout.fulfil(after)).toMatchObject({ outcome: "done" });
    expect(await shop.checkout.fulfil(before)).toMatchObject({ outcome: "done", repeated: true });
    expect(world.stock()).toBe(1);
    expect((await listed(shop)).map(({ state }) => state)).toEqual(["paid", "paid"]);
    expect(metadataOf(world, after)).toMatchObject({ holdfast_shop: FORMER });
  });

  it("holds its items for its buyer after the change", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    await (await open(world, FORMER)).pay("ann", { mug: 1 });
    const shop = await open(world, SHOP, [FORMER]);
    expect(
      await shop.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 1 }] }),
    ).toMatchObject({ outcome: "refused" });
  });
});

describe("a paid session with a foreign tag", () => {
  it("waits for a person once nobody has processed it for 15 minutes", async () => {
    const world = createWorld();
    const checkoutId = await paidBefore(world);
    const shop = await open(world, SHOP);
    world.advance(14 * MINUTE_MS);
    expect(await listed(shop)).toEqual([]);
    world.advance(2 * MINUTE_MS);
    expect(await listed(shop)).toEqual([{ checkoutId, state: "needs_review", reason: "foreign_tag", tag: FORMER }]);
  });

  it("that its own shop has processed is none of ours, and neither is an unpaid or an open one", async () => {
    const world = createWorld({ rows: { mug: 9 }, config: { paymentMethods: ["card", "us_bank_account"] } });
    const other = await open(world, FORMER);
    const done = await other.pay("ann", { mug: 1 });
    world.stripe.pay(done);
    await other.checkout.fulfil(done);
    await other.pay("bob", { mug: 1 });
    world.stripe.payLater(await other.pay("cyd", { mug: 1 }));
    world.advance(16 * MINUTE_MS);
    expect(await listed(await open(world, SHOP))).toEqual([]);
  });

  it("is adopted: it gets this shop's tag and is taken from the stock once, however often it is said", async () => {
    const world = createWorld();
    const checkoutId = await paidBefore(world);
    const shop = await open(world, SHOP);
    world.advance(16 * MINUTE_MS);
    expect(await shop.checkout.settle({ checkoutId, verdict: "adopt" })).toMatchObject({ outcome: "done" });
    expect(await shop.checkout.settle({ checkoutId, verdict: "adopt" })).toMatchObject({
      outcome: "done",
      repeated: true,
    });
    expect(world.stock()).toBe(2);
    expect(metadataOf(world, checkoutId)).toMatchObject({ holdfast_shop: SHOP });
    expect(await listed(shop)).toMatchObject([{ state: "paid", reason: null, tag: null }]);
  });

  it("is refunded when it is adopted and its items are gone", async () => {
    const world = createWorld();
    const checkoutId = await paidBefore(world, { mug: 2 });
    const shop = await open(world, SHOP);
    world.setStock("mug", 1);
    world.advance(16 * MINUTE_MS);
    expect(await shop.checkout.settle({ checkoutId, verdict: "adopt" })).toMatchObject({ outcome: "refunded" });
    expect(world.stock()).toBe(1);
    expect(await world.refunds()).toHaveLength(1);
  });

  it("is left: this shop forgets it, and its own shop processes it as if nothing had happened", async () => {
    const world = createWorld();
    const checkoutId = await paidBefore(world);
    const shop = await open(world, SHOP);
    const third = await open(world, "c".repeat(32));
    world.advance(16 * MINUTE_MS);
    for (let times = 0; times < 2; times += 1)
      expect(await shop.checkout.settle({ checkoutId, verdict: "leave" })).toEqual({ outcome: "left" });
    expect(await listed(shop)).toEqual([]);
    expect(await listed(third)).toHaveLength(1);
    expect(await third.checkout.settle({ checkoutId, verdict: "leave" })).toEqual({ outcome: "left" });
    expect([await listed(shop), await listed(third)]).toEqual([[], []]);
    expect(await (await open(world, FORMER)).checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(2);
  });

  it.each(["adopt", "leave"] as const)(
    "is not touched by %s when its own shop has begun with it meanwhile, or when it is too young",
    async (verdict) => {
      const world = createWorld();
      const other = await open(world, FORMER);
      const checkoutId = await other.pay("ann", { mug: 1 });
      world.stripe.pay(checkoutId);
      const shop = await open(world, SHOP);
      expect(await shop.checkout.settle({ checkoutId, verdict })).toEqual({ outcome: "not_applicable", reason: null });
      await other.checkout.fulfil(checkoutId);
      world.advance(16 * MINUTE_MS);
      const before = metadataOf(world, checkoutId);
      expect(await shop.checkout.settle({ checkoutId, verdict })).toEqual({ outcome: "not_applicable", reason: null });
      expect(metadataOf(world, checkoutId)).toEqual(before);
      expect(world.stock()).toBe(2);
    },
  );

  it("that Stripe does not know, or that is this shop's own, cannot be left", async () => {
    const world = createWorld();
    const shop = await open(world, SHOP);
    const own = await shop.pay("ann", { mug: 1 });
    expect(await shop.checkout.settle({ checkoutId: own, verdict: "leave" })).toEqual({
      outcome: "not_applicable",
      reason: null,
    });
    expect(await shop.checkout.settle({ checkoutId: "cs_test_none", verdict: "leave" })).toEqual({
      outcome: "not_ours",
    });
  });

  it("is a warning of the log, once, and no drift", async () => {
    const world = createWorld();
    const checkoutId = await paidBefore(world);
    const shop = await open(world, SHOP);
    world.advance(16 * MINUTE_MS);
    const warned: object[] = [];
    const log = { info: () => undefined, warn: (facts: object) => warned.push(facts) };
    const audits = createDriftAudits({
      checkout: shop.checkout,
      catalog: shop.dependencies.catalog,
      clock: world.clock,
      note: () => undefined,
      log,
    });
    expect(await audits.run()).toMatchObject({ checkouts: 0, driftUnits: 0, faults: [] });
    await audits.run();
    expect(warned).toEqual([{ checkoutId, tag: FORMER }]);
  });
});
