import { describe, expect, it, onTestFinished } from "vitest";
import { redisForTests } from "../../redis-for-tests";
import { type RedisServer } from "../../redis-server";
import { connect } from "../../reservations/redis-fixture";
import { createWorld, START } from "../world";

/** `P` was the primary, then `R`. Now the address leads back to P, which was never restarted and has old data. */
const P = redisForTests();
const R = redisForTests();

/** Boots a server of the shop on that Redis, before its rebuild. `knows`: epochs that it has seen. */
function bootOn(world: ReturnType<typeof createWorld>, redis: RedisServer, knows?: readonly string[]) {
  const app = connect(redis.url, { offset: { ms: START + world.time.ms - Date.now() }, isProven: false });
  onTestFinished(() => app.redis.close());
  if (knows !== undefined) app.turns.learn(knows);
  const shop = world.boot({
    dependencies: (real) => ({ reservations: { ...real.reservations, store: app.store }, rebuildTurns: app.turns }),
  });
  return { ...shop, app };
}

const change = (shop: ReturnType<typeof bootOn>, sessionHash: string) =>
  shop.checkout.changeCart({ sessionHash, lines: [{ productId: "mug", quantity: 1 }] });

describe("a server that boots on an outdated primary", () => {
  it("learns the newer epoch from an open payment page, and does not sell that page's unit again", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const onP = bootOn(world, P);
    await onP.checkout.rebuild();
    const onR = bootOn(world, R, [onP.app.redis.knownEpoch.newest ?? ""]);
    await onR.checkout.rebuild();
    const checkoutId = await onR.pay("ann", { mug: 1 });

    const fresh = bootOn(world, P);
    expect(await fresh.checkout.rebuild()).toMatchObject({ claimsRestored: 1 });

    expect(await change(fresh, "bob")).toMatchObject({ outcome: "refused" });
    world.stripe.pay(checkoutId);
    expect(await fresh.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(0);
  });

  it("sells the unit again if it trusts that primary (negative control)", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    await bootOn(world, P).checkout.rebuild();
    const onR = bootOn(world, R, []);
    await onR.checkout.rebuild();
    await onR.pay("ann", { mug: 1 });
    const fresh = bootOn(world, P, []);
    expect(await fresh.app.turns.begin()).toBe("rebuilt");
    expect(
      await fresh.app.store.place({
        sessionHash: "bob",
        operationId: "op",
        lines: [{ productId: "mug", quantity: 1 }],
        maxLines: 30,
      }),
    ).toMatchObject({
      others: new Map([["mug", expect.objectContaining({ units: 0 })]]),
    });
  });

  it("checks each remaining claim once, and releases those that ended meanwhile", async () => {
    const world = createWorld({ rows: { mug: 5 } });
    const onP = bootOn(world, P);
    await onP.checkout.rebuild();
    const [expired, sold] = [await onP.pay("ann", { mug: 1 }), await onP.pay("bob", { mug: 1 })];
    await onP.pay("cy", { mug: 1 });
    await onP.app.store.restore({
      claimId: "claim-unknown",
      checkoutId: "cs_unknown",
      sessionHash: "dan",
      lines: [{ productId: "mug", quantity: 1 }],
      claimedAt: START,
    });
    world.stripe.expire(expired);
    const onR = bootOn(world, R, [onP.app.redis.knownEpoch.newest ?? ""]);
    await onR.checkout.rebuild();
    world.stripe.pay(sold);
    expect(await onR.checkout.fulfil(sold)).toMatchObject({ outcome: "done" });
    await onR.pay("eve", { mug: 1 });

    // Each server's clock starts at the world's time, so all earlier claims lie in the next one's past.
    world.advance(10_000);
    const fresh = bootOn(world, P);
    await fresh.checkout.rebuild();

    const held = (await fresh.app.store.claims({ olderThanMs: 0 })).map(({ sessionHash }) => sessionHash).sort();
    expect(held).toEqual(["cy", "dan", "eve"]);
    expect(world.stock()).toBe(4);
  });
});
