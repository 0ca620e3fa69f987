import { describe, expect, it } from "vitest";
import type { CheckoutDependencies } from "~/checkout/create-checkout.server";
import { RESEND_AFTER_MS } from "~/checkout/fulfil/resend-rule";
import { UNSTAMPED_AFTER_MS } from "~/checkout/page/close-checkout.server";
import { UnavailableError } from "~/errors";
import {
  CALLS,
  CHECKOUT_TTL_MS,
  createWorld,
  LATE_MS,
  once,
  ORIGIN,
  type Process,
  type World,
} from "../checkout/world";

/** Gives marks of the same millisecond increasing times. */
const SPARE_MS = 10;

interface Options {
  versions: boolean;
  mugs?: number;
  without?: Partial<CheckoutDependencies>;
}

/** Ann has paid one mug. The client gave up on her swap, which is still in flight. */
async function lateSwap({
  versions,
  mugs = 1,
  without,
}: Options): Promise<{ world: World; shop: Process; checkoutId: string }> {
  const world = createWorld({ rows: { mug: mugs }, versions });
  const shop = await world.open({ dependencies: () => without ?? {} });
  const checkoutId = await shop.pay("ann", { mug: 1 });
  world.stripe.pay(checkoutId);
  shop.setFaults(once(CALLS.swap, "late"));
  await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
  shop.heal();
  return { world, shop, checkoutId };
}

describe("a stock update that lands after its client gave up", () => {
  it("on a row with versions: settles the sale at once, and a restocked unit stays in stock", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: true });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    world.setStock("mug", 1);
    await world.landLate();

    expect(world.stock()).toBe(1);
  });

  it("on a row without versions: the sale waits until it has landed", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: false });

    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    world.advance(LATE_MS);
    await world.landed();
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });

    world.setStock("mug", 1);
    await world.landLate();
    expect(world.stock()).toBe(1);
  });

  it("without that wait, the restocked unit is lost (negative control)", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: false, without: { resend: { isDue: () => true } } });

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    world.setStock("mug", 1);
    await world.landLate();

    expect(world.stock()).toBe(0);
  });

  it("on a row without versions, if it never lands: is announced again after 30 s, each announcement with its own wait", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: false, mugs: 5 });
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    shop.setFaults(once(CALLS.swap, "refuse"));
    world.setStock("mug", 9);
    await world.landLate();
    world.setStock("mug", 5);

    world.advance(RESEND_AFTER_MS - 1);
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow("may still be applied");
    world.advance(SPARE_MS);
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow("is unavailable");
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow("may still be applied");
    world.advance(RESEND_AFTER_MS + SPARE_MS);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(4);
  });

  it("makes the next sale of the product wait as well, and both are settled afterwards", async () => {
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

  it("is announced from the new version at once if the row was rewritten with the same number", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: true, mugs: 5 });
    world.setStock("mug", 5);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    world.setStock("mug", 5);
    await world.landLate();

    expect(world.stock()).toBe(5);
  });

  it("waits if its announcement has no version although the row has one", async () => {
    const { world, shop, checkoutId } = await lateSwap({ versions: true, mugs: 5 });
    const metadata = world.stripe.session(checkoutId)?.metadata ?? {};
    const log = Object.keys(metadata).filter((key) => key.startsWith("holdfast_log_"));
    await shop.dependencies.gateway.writeMetadata(checkoutId, Object.fromEntries(log.map((key) => [key, ""])));

    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow("may still be applied");
    world.advance(RESEND_AFTER_MS);
    await world.landed();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(4);
  });
});

describe("a restart during an update", () => {
  async function killedInTheMiddle(versions: boolean): Promise<World> {
    const world = createWorld({ rows: { mug: 5, pot: 5 }, versions });
    const killed = await world.open();
    for (const [sessionHash, product] of [
      ["ann", "mug"],
      ["bob", "pot"],
    ] as const) {
      const checkoutId = await killed.pay(sessionHash, { [product]: 1 });
      world.stripe.pay(checkoutId);
      killed.setFaults(once(CALLS.swap, "late"));
      await expect(killed.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    }
    killed.kill();
    return world;
  }

  it("with row versions: the shop opens at once, and a late landing changes nothing", async () => {
    const world = await killedInTheMiddle(true);

    const after = await world.open();
    await world.landLate();

    expect(after.checkout.ready).toBe(true);
    expect([world.stock("mug"), world.stock("pot")]).toEqual([4, 4]);
  });

  it("without row versions: the shop stays closed for 30 s in total", async () => {
    const world = await killedInTheMiddle(false);
    const after = world.boot();

    await expect(after.checkout.rebuild()).rejects.toThrow("may still be applied");
    expect(after.checkout.ready).toBe(false);
    world.advance(LATE_MS - 1);
    await expect(after.checkout.rebuild()).rejects.toThrow("may still be applied");
    world.advance(RESEND_AFTER_MS);
    await world.landed();
    await after.checkout.rebuild();

    expect(after.checkout.ready).toBe(true);
    expect([world.stock("mug"), world.stock("pot")]).toEqual([4, 4]);
  });

  it("without row versions, if nothing lands: the shop opens after 30 s", async () => {
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

describe("a write of marks that lands after its client gave up", () => {
  it.each([1, 2])("does not undo newer writes (write %s of a sale)", async (nth) => {
    const world = createWorld({ rows: { mug: 5 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    let writes = 0;
    shop.setFaults(({ name }) => (name === CALLS.write && (writes += 1) === nth ? "late" : null));
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    shop.heal();
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    // As after a return to stock: the row has the number that the late write announces as `from`.
    world.setStock("mug", 5);
    await world.landLate();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done", repeated: true });
    expect(world.stock()).toBe(5);
  });
});

const mug = (quantity: number) => [{ productId: "mug", quantity }];
const start = (shop: Process, sessionHash: string) =>
  shop.checkout.start({ sessionHash, lines: mug(1), origin: ORIGIN });
const change = (shop: Process, sessionHash: string, quantity: number) =>
  shop.checkout.changeCart({ sessionHash, lines: mug(quantity) });
const pages = (world: World) => world.stripe.sessions().map(({ id, status }) => ({ id, status }));

describe("a payment page that Stripe creates after its client gave up", () => {
  /** Ann's checkout failed. Stripe has yet to create her page. */
  async function latePage(): Promise<{ world: World; shop: Process }> {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open({ lateMs: () => 2 * UNSTAMPED_AFTER_MS });
    shop.setFaults((call) => (call.name === CALLS.create ? "late" : null));
    await expect(start(shop, "ann")).rejects.toThrow(UnavailableError);
    shop.heal();
    return { world, shop };
  }

  it.each(["before", "after"])("is the only page, and the one that Ann gets, if created %s her retry", async (when) => {
    const { world, shop } = await latePage();
    if (when === "before") await world.landLate();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    await world.landLate();

    expect(pages(world)).toEqual([{ id: checkoutId, status: "open" }]);
    world.stripe.pay(checkoutId);
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(0);
  });

  it("keeps its hold until the sweep has closed it if Ann doesn't retry", async () => {
    const { world, shop } = await latePage();
    await world.landLate();
    expect(await change(shop, "bob", 1)).toMatchObject({ outcome: "refused" });

    world.advance(UNSTAMPED_AFTER_MS);
    await shop.checkout.sweep();

    expect(pages(world)).toMatchObject([{ status: "expired" }]);
    expect(await change(shop, "bob", 1)).toMatchObject({ outcome: "granted" });
  });

  it.each(["a restart", "a sweep that found none"])(
    "is closed by the next rebuild if created after %s, since nobody has its URL",
    async (event) => {
      const { world, shop } = await latePage();
      const isRestart = event === "a restart";
      if (isRestart) shop.kill();
      else world.advance(UNSTAMPED_AFTER_MS);
      const after = isRestart ? await world.open() : shop;
      await after.checkout.sweep();
      const bobs = await after.pay("bob", { mug: 1 });
      await world.landLate();
      expect(pages(world).map(({ status }) => status)).toEqual(["open", "open"]);

      await after.checkout.rebuild();

      expect(pages(world).filter(({ status }) => status === "open")).toEqual([{ id: bobs, status: "open" }]);
      world.stripe.pay(bobs);
      expect(await after.checkout.fulfil(bobs)).toMatchObject({ outcome: "done" });
      expect([world.stock(), (await after.store.totals()).units]).toEqual([0, 0]);
    },
  );
});

describe("an expire request that lands after its client gave up", () => {
  /** Ann's change of her cart was refused, because there was no proof that her page is closed. */
  async function lateExpiry(): Promise<{ world: World; shop: Process; checkoutId: string }> {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    shop.setFaults(once(CALLS.expire, "late"));
    expect(await change(shop, "ann", 0)).toMatchObject({ outcome: "checkout_open" });
    shop.heal();
    return { world, shop, checkoutId };
  }

  it("keeps the hold until it lands, and the event frees the units", async () => {
    const { world, shop, checkoutId } = await lateExpiry();
    expect(await change(shop, "bob", 1)).toMatchObject({ outcome: "refused" });
    await world.landLate();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "released" });

    expect(world.stripe.pay(checkoutId).kind).toBe("expired");
    expect(await change(shop, "bob", 1)).toMatchObject({ outcome: "granted" });
  });

  it("lets the sweep free the units if the event never comes", async () => {
    const { world, shop } = await lateExpiry();
    world.advance(CHECKOUT_TTL_MS);
    await world.landed();
    await shop.checkout.sweep();

    expect(await change(shop, "bob", 1)).toMatchObject({ outcome: "granted" });
  });

  it("changes nothing if the page was paid first", async () => {
    const { world, shop, checkoutId } = await lateExpiry();
    world.stripe.pay(checkoutId);
    await world.landLate();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(pages(world)).toEqual([{ id: checkoutId, status: "complete" }]);
    expect([world.stock(), (await shop.store.totals()).units]).toEqual([0, 0]);
  });

  it("gives Ann another page for the same units if she went back to hers", async () => {
    const { world, shop, checkoutId } = await lateExpiry();
    expect(await start(shop, "ann")).toMatchObject({ outcome: "redirect", checkoutId });
    await world.landLate();

    const second = await shop.pay("ann", { mug: 1 });

    expect(second).not.toBe(checkoutId);
    world.stripe.pay(second);
    expect(await shop.checkout.fulfil(second)).toMatchObject({ outcome: "done" });
    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "released" });
    expect([world.stock(), (await shop.store.totals()).units]).toEqual([0, 0]);
  });

  it("does not affect the new holder of the units if a second request closed the page meanwhile", async () => {
    const { world, shop } = await lateExpiry();
    expect(await change(shop, "ann", 0)).toMatchObject({ outcome: "granted" });
    const bobs = await shop.pay("bob", { mug: 1 });
    await world.landLate();

    world.stripe.pay(bobs);
    expect(await shop.checkout.fulfil(bobs)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(0);
  });
});

describe("a refund request that lands after its client gave up", () => {
  /** Ann has paid for a unit that an admin removed from stock. Her refund request is still in flight. */
  async function lateRefund(failures = 0): Promise<{ world: World; shop: Process; checkoutId: string }> {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    world.setStock("mug", 0);
    if (failures > 0) world.stripe.failNext({ method: "POST", path: "/v1/refunds", status: 500, times: failures });
    let refunds = 0;
    shop.setFaults(({ name }) => (name === CALLS.refund && (refunds += 1) > failures ? "late" : null));
    await expect(shop.checkout.fulfil(checkoutId)).rejects.toThrow(UnavailableError);
    shop.heal();
    return { world, shop, checkoutId };
  }

  it.each([0, 1])(
    "leads to one refund if it lands after the retry, with %i saved errors before it",
    async (failures) => {
      const { world, shop, checkoutId } = await lateRefund(failures);
      expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded", repeated: false });
      await world.landLate();

      expect(await world.refunds()).toEqual([1250]);
      expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded", repeated: true });
    },
  );

  it("leads to one refund if it lands before the retry", async () => {
    const { world, shop, checkoutId } = await lateRefund();
    await world.landLate();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });
    expect(await world.refunds()).toEqual([1250]);
  });

  it("adds up to the amount paid if an operator refunded a part before it lands", async () => {
    const { world, shop, checkoutId } = await lateRefund();
    const intent = world.stripe.session(checkoutId)?.payment_intent ?? "";
    const part = {
      method: "POST",
      headers: { authorization: "Bearer sk_test_sandbox" },
      body: new URLSearchParams({ payment_intent: intent, amount: "250" }),
    };
    expect((await world.sandbox.fetch(new Request("http://stripe.test/v1/refunds", part))).status).toBe(200);
    await world.landLate();

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });
    expect((await world.refunds()).sort()).toEqual([1000, 250]);
  });

  it("leads to a refund and keeps the unit in stock if the shop was restarted and the stock came back", async () => {
    const { world, shop, checkoutId } = await lateRefund();
    shop.kill();
    world.setStock("mug", 3);
    const rebooted = await world.open();
    await world.landLate();

    expect(await rebooted.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "refunded" });
    expect([await world.refunds(), world.stock(), (await rebooted.store.totals()).units]).toEqual([[1250], 3, 0]);
  });
});
