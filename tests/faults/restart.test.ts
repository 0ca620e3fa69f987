import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { createProcessRebuildTurns } from "~/reservations/rebuild-turns";
import { storeWith } from "../checkout/store-with";
import { CALLS, CHECKOUT_TTL_MS, createWorld, once, START, type Process } from "../checkout/world";

const heldUnits = async (shop: Process) => (await shop.store.totals()).units;
const change = (shop: Process, sessionHash: string, quantity: number) =>
  shop.checkout.changeCart({ sessionHash, lines: [{ productId: "mug", quantity }] });

describe("a restart", () => {
  it("keeps the hold of an open payment page", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const before = await world.open();
    const checkoutId = await before.pay("ann", { mug: 1 });
    before.kill();

    const after = await world.open();

    expect(await change(after, "bob", 1)).toMatchObject({ outcome: "refused" });
    world.stripe.pay(checkoutId);
    expect(await after.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(0);
  });

  it("fulfils a payment made while it was down before the unit can be sold again", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const before = await world.open();
    const checkoutId = await before.pay("ann", { mug: 1 });
    before.kill();
    world.stripe.pay(checkoutId);

    const after = world.boot();
    expect(await after.checkout.rebuild()).toEqual({ claimsRestored: 1, fulfilled: 1 });

    expect(world.stock()).toBe(0);
    expect(await heldUnits(after)).toBe(0);
    expect(await change(after, "bob", 1)).toMatchObject({ outcome: "refused" });
  });

  it("rejects a change sent before the rebuild is done", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const before = await world.open();
    await before.pay("ann", { mug: 1 });
    before.kill();
    const after = world.boot();
    const held = world.stripe.holdNext({ method: "GET", path: "/v1/checkout/sessions" });
    const rebuilding = after.checkout.rebuild();
    await held.reached;

    await expect(change(after, "bob", 1)).rejects.toThrow(UnavailableError);
    held.release();
    await rebuilding;

    expect(await change(after, "bob", 1)).toMatchObject({ outcome: "refused" });
    expect(await heldUnits(after)).toBe(1);
  });

  it("stays closed until Stripe has responded", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    // Two lists are read concurrently.
    const shop = world.boot({ faults: once(CALLS.list, 503, 3) });

    await expect(shop.checkout.rebuild()).rejects.toThrow(UnavailableError);
    expect(shop.checkout.ready).toBe(false);
    await expect(shop.checkout.rebuild()).rejects.toThrow(UnavailableError);
    await shop.checkout.rebuild();

    expect(shop.checkout.ready).toBe(true);
  });

  it.each([1, 2, 3, 4])("finds a payment made when list %i is requested", async (nth) => {
    const world = createWorld({ rows: { mug: 1 } });
    const before = await world.open();
    const checkoutId = await before.pay("ann", { mug: 1 });
    before.kill();
    let lists = 0;
    const after = world.boot({
      faults: ({ name }) => {
        if (name === CALLS.list && (lists += 1) === nth) world.stripe.pay(checkoutId);
        return null;
      },
    });

    await after.checkout.rebuild();

    expect(lists).toBe(4);
    expect(world.stock()).toBe(0);
    expect(await heldUnits(after)).toBe(0);
  });

  it("finds a payment on a page that has been open for nearly as long as Stripe allows", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const before = await world.open({
      dependencies: ({ gateway }) => ({
        gateway: {
          ...gateway,
          create: (params, key) => gateway.create({ ...params, expires_at: START / 1000 + 86_399 }, key),
        },
      }),
    });
    const checkoutId = await before.pay("ann", { mug: 1 });
    before.kill();
    world.advance(86_300_000);
    // Paid after the list of old complete sessions was read, and before that of open ones.
    let pauses = 0;
    let olderIsRead = (): void => undefined;
    const older = new Promise<void>((resolve) => (olderIsRead = resolve));
    const after = world.boot({
      pause: async () => {
        pauses += 1;
        if (pauses === 3) olderIsRead();
        if (pauses !== 1) return;
        await older;
        world.stripe.pay(checkoutId);
      },
    });

    expect(await after.checkout.rebuild()).toMatchObject({ claimsRestored: 1, fulfilled: 1 });
    expect(world.stock()).toBe(0);
  });

  it.each([
    ["rebuilt", 3],
    ["begun", 7],
  ] as const)(
    "reads the lists no more often than necessary if they show that the store is %s",
    async (turn, expected) => {
      const world = createWorld({ rows: { mug: 1 } });
      const before = await world.open();
      const checkoutId = await before.pay("ann", { mug: 1 });
      let lists = 0;
      const turns: ("unproven" | typeof turn)[] = ["unproven", turn];
      const after = world.boot({
        dependencies: ({ reservations }) => ({
          reservations: { ...reservations, store: before.store },
          rebuildTurns: {
            begin: () => Promise.resolve(turns.shift() ?? turn),
            learn: () => undefined,
            end: () => Promise.resolve(true),
          },
        }),
        faults: ({ name }) => {
          if (name === CALLS.list) lists += 1;
          return null;
        },
      });

      await after.checkout.rebuild();

      expect(lists).toBe(expected);
      expect(world.stripe.session(checkoutId)?.status).toBe("open");
      expect((await before.store.totals()).units).toBe(1);
    },
  );

  it.each([
    ["expired", 1],
    ["was paid", 0],
  ] as const)("notices after the restore that a page %s once both lists were read", async (what, stock) => {
    const world = createWorld({ rows: { mug: 1 } });
    const before = await world.open();
    const checkoutId = await before.pay("ann", { mug: 1 });
    before.kill();
    let lists = 0;
    const after = world.boot({
      faults: ({ name }) => {
        if (name === CALLS.list && (lists += 1) === 4) {
          if (what === "expired") world.stripe.expire(checkoutId);
          else world.stripe.pay(checkoutId);
        }
        return null;
      },
    });

    await after.checkout.rebuild();

    expect(lists).toBe(4);
    expect(await heldUnits(after)).toBe(0);
    expect(world.stock()).toBe(stock);
  });

  it("keeps the hold of a delayed payment that may still succeed", async () => {
    const world = createWorld({ rows: { mug: 1 }, config: { paymentMethods: ["automatic"] } });
    const before = await world.open();
    const checkoutId = await before.pay("ann", { mug: 1 });
    world.stripe.payLater(checkoutId);
    before.kill();
    world.advance(20 * 86_400_000);

    const after = await world.open();
    expect(await change(after, "bob", 1)).toMatchObject({ outcome: "refused" });
    world.stripe.settle(checkoutId, "succeeded");
    await after.checkout.rebuild();

    expect(world.stock()).toBe(0);
    expect(await heldUnits(after)).toBe(0);
  });

  it("releases the hold of a delayed payment that failed while it was down", async () => {
    const world = createWorld({ rows: { mug: 1 }, config: { paymentMethods: ["automatic"] } });
    const before = await world.open();
    const checkoutId = await before.pay("ann", { mug: 1 });
    world.stripe.payLater(checkoutId);
    before.kill();
    world.stripe.settle(checkoutId, "failed");

    const after = await world.open();

    expect(await heldUnits(after)).toBe(0);
    expect(world.stock()).toBe(1);
  });

  it("opens despite a record that was edited at Stripe, and reports it", async () => {
    const world = createWorld({ rows: { mug: 5 } });
    const before = await world.open();
    const edited = await before.pay("ann", { mug: 1 });
    const sound = await before.pay("bob", { mug: 1 });
    await before.dependencies.gateway.writeMetadata(edited, { holdfast_line_0: "oops" });
    world.stripe.pay(edited);
    world.stripe.pay(sound);
    before.kill();

    const after = await world.open();

    expect(world.stock()).toBe(4);
    expect(after.eventsOf("unreadable_record")).toMatchObject([{ checkoutId: edited }]);
  });

  it("keeps claims whose pages the rebuild does not find", async () => {
    const world = createWorld({ rows: { mug: 2 } });
    let finds = true;
    const shop: Process = await world.open({
      dependencies: ({ gateway }) => ({
        gateway: { ...gateway, visit: async (query, visit) => (finds ? gateway.visit(query, visit) : undefined) },
        // As after a failover: the store may have lost data, so this server rebuilds.
        rebuildTurns: { ...createProcessRebuildTurns(), begin: async () => "begun" },
      }),
    });
    const anns = await shop.pay("ann", { mug: 1 });
    await shop.pay("bob", { mug: 1 });
    finds = false;

    await shop.checkout.rebuild();

    expect(await heldUnits(shop)).toBe(2);
    expect(await change(shop, "cem", 1)).toMatchObject({ outcome: "refused" });
    world.stripe.pay(anns);
    expect(await shop.checkout.fulfil(anns)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(1);
  });

  it("restores a claim's lost stamp from the list of open pages", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    let isStale = true;
    const shop: Process = await world.open({
      dependencies: ({ reservations }) => ({
        reservations: {
          ...reservations,
          // The last write did not reach the replica that took over.
          store: storeWith(reservations.store, {
            stamp: async (ref) => (isStale ? "stamped" : reservations.store.stamp(ref)),
          }),
        },
        rebuildTurns: { ...createProcessRebuildTurns(), begin: async () => "begun" },
      }),
    });
    const checkoutId = await shop.pay("ann", { mug: 1 });
    isStale = false;
    expect(await shop.store.claims({ olderThanMs: 0 })).toMatchObject([{ checkoutId: null }]);

    await shop.checkout.rebuild();

    expect(await shop.store.claims({ olderThanMs: 0 })).toMatchObject([{ checkoutId }]);
  });

  it("lets the reconciler close an open page without a hold", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const shop = await world.open();
    const checkoutId = await shop.pay("ann", { mug: 1 });
    const [claim] = await shop.store.claims({ olderThanMs: 0 });
    await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });

    await shop.checkout.rebuild();

    expect(world.stripe.session(checkoutId)?.status).toBe("expired");
    expect(await heldUnits(shop)).toBe(0);
  });

  it("closes restored pages at their original deadline", async () => {
    const world = createWorld({ rows: { mug: 1 } });
    const before = await world.open();
    await before.pay("ann", { mug: 1 });
    before.kill();
    const after = await world.open();
    world.advance(CHECKOUT_TTL_MS);

    await after.checkout.sweep();

    expect(await heldUnits(after)).toBe(0);
  });
});
