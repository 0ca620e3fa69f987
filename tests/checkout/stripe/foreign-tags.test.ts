import { describe, expect, it } from "vitest";
import { createDriftAudits } from "~/operator/drift-audits.server";
import { createWorld, type Process, type World } from "../world";

const SHOP = "a".repeat(32);
const FORMER = "b".repeat(32);
const MINUTE_MS = 60_000;

/** Opens a server of the shop with this tag and these former tags. */
const open = (world: World, shopTag: string, formerTags: readonly string[] = []): Promise<Process> =>
  world.open({ dependencies: (real) => ({ config: { ...real.config, shopTag, formerTags } }) });

/** Pays on a page of the former shop, which no longer processes payments. */
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
  it("is not fulfilled without the setting, although it is paid", async () => {
    const world = createWorld();
    const checkoutId = await paidBefore(world);
    const shop = await open(world, SHOP);
    expect(await shop.checkout.fulfil(checkoutId)).toEqual({ outcome: "not_ours" });
    expect(world.stock()).toBe(3);
  });

  it("is fulfilled once with the setting, whether it was paid before or after the change", async () => {
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

  it("keeps its items held after the change", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    await (await open(world, FORMER)).pay("ann", { mug: 1 });
    const shop = await open(world, SHOP, [FORMER]);
    expect(
      await shop.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 1 }] }),
    ).toMatchObject({ outcome: "refused" });
  });
});

describe("a paid session with a foreign tag", () => {
  it("waits for a person once no shop has processed it for 15 minutes", async () => {
    const world = createWorld();
    const checkoutId = await paidBefore(world);
    const shop = await open(world, SHOP);
    world.advance(14 * MINUTE_MS);
    expect(await listed(shop)).toEqual([]);
    world.advance(2 * MINUTE_MS);
    expect(await listed(shop)).toEqual([{ checkoutId, state: "needs_review", reason: "foreign_tag", tag: FORMER }]);
  });

  it("is ignored if its own shop has processed it, or if it is unpaid or open", async () => {
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

  it("gets this shop's tag when adopted and is fulfilled once, however often it is adopted", async () => {
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

  it("is refunded when adopted if its items are gone", async () => {
    const world = createWorld();
    const checkoutId = await paidBefore(world, { mug: 2 });
    const shop = await open(world, SHOP);
    world.setStock("mug", 1);
    world.advance(16 * MINUTE_MS);
    expect(await shop.checkout.settle({ checkoutId, verdict: "adopt" })).toMatchObject({ outcome: "refunded" });
    expect(world.stock()).toBe(1);
    expect(await world.refunds()).toHaveLength(1);
  });

  it("is ignored once left, and its own shop processes it normally", async () => {
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
    "is not changed by %s if its own shop has started processing it, or if it is too recent",
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

  it("cannot be left if Stripe does not know it, or if it is this shop's own", async () => {
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

  it("is logged as a warning once, and is not drift", async () => {
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
    expect(await audits.run()).toMatchObject({ checkouts: 0, driftUnits: 0, problems: [] });
    await audits.run();
    expect(warned).toEqual([{ checkoutId, tag: FORMER }]);
  });
});
