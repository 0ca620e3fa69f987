import { describe, expect, it } from "vitest";
import { isLiveKey } from "~/checkout/stripe/stripe-client.server";
import { verifyWebhook, workFor } from "~/checkout/stripe/verify-webhook.server";
import { CHECKOUT_TTL_MS, createWorld } from "../checkout/world";
import { deliver, eventBody, SECRET, sign } from "./webhook";

async function paidWorld(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld({ rows: { mug: 10 }, ...options });
  const shop = await world.open();
  const checkoutId = await shop.pay("ann", { mug: 1 });
  world.stripe.pay(checkoutId);
  return { world, shop, checkoutId };
}

describe("repeated, missing and reordered events", () => {
  it("the same event twenty times in sequence takes one unit", async () => {
    const { world, shop, checkoutId } = await paidWorld();

    for (let i = 0; i < 20; i += 1) await deliver(world, shop, { checkoutId });

    expect(world.stock()).toBe(9);
    expect(shop.eventsOf("fulfilled").map((event) => event.outcome)).toEqual([
      "done",
      ...Array<string>(19).fill("repeated"),
    ]);
  });

  it("the same event twenty times at once takes one unit", async () => {
    const { world, shop, checkoutId } = await paidWorld();

    await Promise.all(Array.from({ length: 20 }, () => deliver(world, shop, { checkoutId })));

    expect(world.stock()).toBe(9);
  });

  it("two event ids for one checkout take one unit", async () => {
    const { world, shop, checkoutId } = await paidWorld();

    await deliver(world, shop, { checkoutId, id: "evt_1" });
    await deliver(world, shop, { checkoutId, id: "evt_2" });

    expect(world.stock()).toBe(9);
  });

  it("the return page and the webhook at the same instant take one unit", async () => {
    const { world, shop, checkoutId } = await paidWorld();

    const both = await Promise.all([shop.checkout.fulfil(checkoutId), deliver(world, shop, { checkoutId })]);

    expect(world.stock()).toBe(9);
    expect(both.map((one) => one.outcome === "done" && one.repeated).sort()).toEqual([false, true]);
  });

  it("the reconciler makes up for a webhook that never comes", async () => {
    const { world, shop } = await paidWorld();

    expect(await shop.checkout.rebuild()).toMatchObject({ fulfilled: 1 });

    expect(world.stock()).toBe(9);
    expect(await shop.checkout.rebuild()).toMatchObject({ fulfilled: 0 });
    expect(world.stock()).toBe(9);
  });

  it("the sweep makes up for a webhook that never comes, after the payment deadline", async () => {
    const { world, shop } = await paidWorld();
    world.advance(CHECKOUT_TTL_MS);

    await shop.checkout.sweep();

    expect(world.stock()).toBe(9);
    expect(await shop.store.totals()).toMatchObject({ units: 0 });
  });

  it("a webhook three days late takes the unit that was held for it", async () => {
    const { world, shop, checkoutId } = await paidWorld({ rows: { mug: 1 } });
    world.advance(3 * 86_400_000);
    expect(
      await shop.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 1 }] }),
    ).toMatchObject({ outcome: "refused" });

    expect(await deliver(world, shop, { checkoutId })).toMatchObject({ outcome: "done" });

    expect(world.stock()).toBe(0);
    expect(await world.refunds()).toEqual([]);
  });

  it("an `expired` event before `completed` releases nothing, since Stripe reports the session complete", async () => {
    const { world, shop, checkoutId } = await paidWorld();

    expect(await deliver(world, shop, { checkoutId, type: "checkout.session.expired" })).toMatchObject({
      outcome: "done",
    });
    expect(await deliver(world, shop, { checkoutId })).toMatchObject({ outcome: "done", repeated: true });

    expect(world.stock()).toBe(9);
  });

  it("a late `expired` event of an old page does not release the newer one", async () => {
    const world = createWorld({ rows: { mug: 2 } });
    const shop = await world.open();
    const old = await shop.pay("ann", { mug: 1 });
    await shop.checkout.changeCart({ sessionHash: "ann", lines: [{ productId: "mug", quantity: 2 }] });
    const newer = await shop.pay("ann", { mug: 2 });

    expect(await deliver(world, shop, { checkoutId: old, type: "checkout.session.expired" })).toMatchObject({
      outcome: "released",
    });

    expect(newer).not.toBe(old);
    expect(await shop.store.held({ sessionHash: null, productIds: ["mug"] })).toMatchObject(
      new Map([["mug", expect.objectContaining({ total: 2 })]]),
    );
    world.stripe.pay(newer);
    expect(await deliver(world, shop, { checkoutId: newer })).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(0);
  });

  it("an event of another shop on the same Stripe account changes nothing here", async () => {
    const { world, shop, checkoutId } = await paidWorld();
    const stranger = createWorld({ rows: { mug: 10 }, config: { shopTag: "another shop" } });
    const foreign = stranger.boot({ dependencies: () => ({ gateway: shop.dependencies.gateway }) });
    await foreign.checkout.rebuild();

    expect(await foreign.checkout.fulfil(checkoutId)).toEqual({ outcome: "not_ours" });

    expect(stranger.stock()).toBe(10);
    expect(world.stock()).toBe(10);
  });

  it("a live event about a paid checkout changes nothing in a test deployment", async () => {
    const { world, shop, checkoutId } = await paidWorld();

    expect(await deliver(world, shop, { checkoutId, livemode: true })).toEqual({ outcome: "not_ours" });

    expect(world.stock()).toBe(10);
  });

  it("an event about a checkout unknown to Stripe is not ours", async () => {
    const { world, shop } = await paidWorld();

    expect(await deliver(world, shop, { checkoutId: "cs_test_unknown" })).toEqual({ outcome: "not_ours" });
  });
});

describe("signatures", () => {
  const now = 1_780_000_000_000;
  const body = eventBody({ checkoutId: "cs_7" });

  it("are rejected when forged", () => {
    expect(verifyWebhook(body, sign(body, now, "whsec_other"), [SECRET], now)).toEqual({
      outcome: "unverified",
      reason: "wrong_secret",
    });
    expect(verifyWebhook(body, "t=1,v1=00", [SECRET], now)).toEqual({ outcome: "unverified", reason: "wrong_secret" });
    expect(verifyWebhook(body, null, [SECRET], now)).toEqual({ outcome: "unverified", reason: "unsigned" });
  });

  it("are valid for 300 s and rejected after 301 s", () => {
    expect(verifyWebhook(body, sign(body, now - 301_000), [SECRET], now)).toEqual({
      outcome: "unverified",
      reason: "too_old",
    });
    expect(verifyWebhook(body, sign(body, now - 300_000), [SECRET], now)).toMatchObject({
      event: { checkoutId: "cs_7" },
    });
  });

  it("are rejected for a body that was parsed and serialised again", () => {
    const again = JSON.stringify(JSON.parse(body));

    expect(again).not.toBe(body);
    expect(verifyWebhook(again, sign(body, now), [SECRET], now)).toEqual({
      outcome: "unverified",
      reason: "wrong_secret",
    });
  });

  it.each(["[]", '{"object":"v2.core.event","type":"v1.billing.meter.no_meter_found"}', '{"id":7}'])(
    "are verified for a body of unknown shape, too: %s",
    (unknown) => {
      expect(verifyWebhook(unknown, sign(unknown, now), [SECRET], now)).toEqual({ outcome: "unknown_shape" });
      expect(verifyWebhook(unknown, sign(unknown, now, "whsec_other"), [SECRET], now)).toEqual({
        outcome: "unverified",
        reason: "wrong_secret",
      });
    },
  );

  it("are accepted with either secret during a rotation", () => {
    const secrets = ["whsec_new", "whsec_old"];

    expect(verifyWebhook(body, sign(body, now, "whsec_old"), secrets, now)).toMatchObject({
      event: { checkoutId: "cs_7" },
    });
    expect(verifyWebhook(body, sign(body, now, "whsec_new"), secrets, now)).toMatchObject({
      event: { checkoutId: "cs_7" },
    });
    const both = `${sign(body, now, "whsec_gone")},${sign(body, now, "whsec_new").split(",")[1] ?? ""}`;
    expect(verifyWebhook(body, both, secrets, now)).toMatchObject({ event: { checkoutId: "cs_7" } });
  });

  it("of live events are valid in a test deployment, but the events are not ours", () => {
    const live = eventBody({ livemode: true });
    const verified = verifyWebhook(live, sign(live, now), [SECRET], now);
    if (verified.outcome !== "event") throw new Error("the signature should be valid");
    const { event } = verified;

    expect(workFor(event, { live: isLiveKey("sk_test_1") })).toBeNull();
    expect(workFor(event, { live: isLiveKey("rk_live_1") })).toEqual({ to: "fulfil", checkoutId: "cs_1" });
    expect(workFor({ ...event, type: "charge.refunded" }, { live: true })).toBeNull();
  });
});
