import { describe, expect, it } from "vitest";
import type { SettleOutcome } from "~/checkout/checkout";
import { UnavailableError } from "~/errors";
import {
  CALLS,
  createWorld,
  once,
  TTL_MS,
  type Fault,
  type FaultPlan,
  type Process,
  type World,
} from "../checkout/world";
import { patiently } from "./patiently";
import { deliver } from "./webhook";

const at =
  (n: number, fault: Fault): FaultPlan =>
  (call) =>
    call.n === n ? fault : null;

const markOf = (world: World, checkoutId: string, index = 0) =>
  world.stripe.session(checkoutId)?.metadata[`holdfast_line_${index}`] ?? "";

interface Story {
  rows: Record<string, number>;
  cart: Record<string, number>;
  /** The call before which an admin sets the last row to 0. */
  emptiedBefore?: { call: string; nth: number };
  /** Expected if the row was not emptied before the fault. */
  expected: { rows: Record<string, number>; refunds: number[] };
}

const SOLD = { rows: { cup: 2, mug: 1, pot: 1 }, refunds: [] };
const REFUNDED = { rows: { cup: 3, mug: 3, pot: 0 }, refunds: [5000] };

const STORIES: Record<string, Story> = {
  "one line": { rows: { mug: 10 }, cart: { mug: 2 }, expected: { rows: { mug: 8 }, refunds: [] } },
  "three lines": {
    rows: { cup: 3, mug: 3, pot: 1 },
    cart: { cup: 1, mug: 2, pot: 1 },
    expected: { rows: { cup: 2, mug: 1, pot: 0 }, refunds: [] },
  },
  "three lines, the last set to 0 by an admin before its swap": {
    rows: { cup: 3, mug: 3, pot: 2 },
    cart: { cup: 1, mug: 2, pot: 1 },
    emptiedBefore: { call: CALLS.swap, nth: 3 },
    expected: SOLD,
  },
  "three lines, the last set to 0 by an admin at the start": {
    rows: { cup: 3, mug: 3, pot: 2 },
    cart: { cup: 1, mug: 2, pot: 1 },
    emptiedBefore: { call: CALLS.fetch, nth: 1 },
    expected: SOLD,
  },
};

/** Runs the story's sale with a fault at the n-th external call. Null if the sale makes fewer calls. */
async function runStory(story: Story, fault: Fault | null, n: number, reboot: boolean, versions = true) {
  const world = createWorld({ rows: story.rows, versions });
  const first = await world.open();
  const checkoutId = await first.pay("ann", story.cart);
  world.stripe.pay(checkoutId);

  const seen = new Map<string, number>();
  const before = first.proxy.count;
  let struck = false;
  let isEmptied = false;
  first.setFaults((call) => {
    const nth = (seen.get(call.name) ?? 0) + 1;
    seen.set(call.name, nth);
    if (!struck && call.name === story.emptiedBefore?.call && nth === story.emptiedBefore.nth) {
      world.setStock("pot", 0);
      isEmptied = true;
    }
    if (fault === null || call.n !== before + n) return null;
    struck = true;
    return fault;
  });
  const outcome = await first.run(first.checkout.fulfil(checkoutId));
  const calls = first.proxy.count - before;
  if (fault !== null && !struck) return null;
  // A retry in the same process, or in the next one if it died.
  const next = reboot ? world.boot() : first;
  next.heal();
  if (reboot) await patiently(world, () => next.checkout.rebuild());
  let final: SettleOutcome = await patiently(world, () => next.checkout.fulfil(checkoutId));
  // Only the line that the admin edited may need review, and its swap was not applied.
  if (final.outcome === "needs_review") {
    expect(markOf(world, checkoutId, 2)).toContain('"needs_review"');
    final = await next.checkout.settle({ checkoutId, productId: "pot", verdict: "not_applied" });
  }
  return { world, next, outcome, final, calls, expected: isEmptied ? REFUNDED : story.expected };
}

describe.each(Object.entries(STORIES))("%s", (_name, story) => {
  it.each(["kill before", "kill after"] as const)("%s each external call: the stock is exact", async (fault) => {
    let n = 1;
    for (; ; n += 1) {
      const run = await runStory(story, fault, n, true);
      if (run === null) break;
      expect(run.outcome).toBe("died");
      await expectRight(run, `${fault} call ${n}`);
    }
    expect(n - 1).toBe((await runStory(story, null, 0, true))?.calls);
    expect(n).toBeGreaterThan(5);
  });

  it.each(["refuse", "cut", 429, 500, 503] as const)(
    "%s at each external call, then a retry: the stock is exact",
    async (fault) => {
      let n = 1;
      for (; ; n += 1) {
        const run = await runStory(story, fault, n, false);
        if (run === null) break;
        await expectRight(run, `${fault} at call ${n}`);
      }
      expect(n).toBeGreaterThan(5);
    },
  );

  it.each(["kill before", "kill after", "cut"] as const)(
    "%s at each external call, without row versions: the stock is exact after a wait",
    async (fault) => {
      for (let n = 1; ; n += 1) {
        const run = await runStory(story, fault, n, fault !== "cut", false);
        if (run === null) break;
        await expectRight(run, `${fault} at call ${n}`);
      }
    },
  );

  async function expectRight(
    { world, next, final, expected }: NonNullable<Awaited<ReturnType<typeof runStory>>>,
    when: string,
  ) {
    const rows = Object.fromEntries([...world.rows].map(([id, row]) => [id, row.inventory]));
    expect({ rows, refunds: await world.refunds() }, when).toEqual(expected);
    expect(final, when).toMatchObject({ outcome: expected.refunds.length > 0 ? "refunded" : "done" });
    expect(await next.store.totals(), when).toMatchObject({ units: 0 });
  }
});

describe("a process killed", () => {
  /** Ann has paid one of ten mugs. The process that fulfils her checkout is killed as planned. */
  async function killedWhile(faults: FaultPlan): Promise<{ world: World; checkoutId: string; killed: Process }> {
    const world = createWorld({ rows: { mug: 10 } });
    const killed = await world.open();
    const checkoutId = await killed.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    killed.setFaults(faults);
    expect(await killed.run(killed.checkout.fulfil(checkoutId))).toBe("died");
    return { world, checkoutId, killed };
  }

  it("between intent and swap, followed by an outside restock: an operator settles it as not applied", async () => {
    const { world, checkoutId } = await killedWhile(once(CALLS.swap, "kill before"));
    world.setStock("mug", 15);

    const after = await world.open();
    expect(await after.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review" });
    expect(world.stock()).toBe(15);
    expect(await after.checkout.inspect(checkoutId)).toMatchObject({
      lines: [{ mark: "needs_review", from: 10, to: 9, inventory: 15 }],
    });

    expect(await after.checkout.settle({ checkoutId, productId: "mug", verdict: "not_applied" })).toMatchObject({
      outcome: "done",
    });
    expect(world.stock()).toBe(14);
  });

  it("between swap and done, followed by an outside restock: an operator settles it as applied", async () => {
    const { world, checkoutId } = await killedWhile(once(CALLS.swap, "kill after"));
    world.setStock("mug", 14);

    const after = await world.open();
    expect(await after.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "needs_review" });

    expect(await after.checkout.settle({ checkoutId, productId: "mug", verdict: "applied" })).toMatchObject({
      outcome: "done",
    });
    expect(world.stock()).toBe(14);
    expect(await after.store.totals()).toMatchObject({ units: 0 });
  });

  it("a verdict about a line that isn't in review changes nothing", async () => {
    const { world, checkoutId } = await killedWhile(once(CALLS.swap, "kill after"));
    const after = await world.open();

    expect(await after.checkout.settle({ checkoutId, productId: "mug", verdict: "not_applied" })).toEqual({
      outcome: "not_applicable",
      reason: null,
    });

    expect(world.stock()).toBe(9);
  });

  it("between the done mark and the end of the claim: takes nothing again, and nothing stays held", async () => {
    // The second write is the done mark.
    let writes = 0;
    const { world, checkoutId } = await killedWhile(({ name }) =>
      name === CALLS.write && (writes += 1) === 2 ? "kill after" : null,
    );
    expect(markOf(world, checkoutId)).toContain('"done"');

    const after = await world.open();
    expect(await after.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done", repeated: true });

    expect(world.stock()).toBe(9);
    expect(await after.store.totals()).toMatchObject({ units: 0 });
  });

  it("after the intent, followed by another sale with the same move: the first still decrements", async () => {
    const { world, checkoutId, killed } = await killedWhile(once(CALLS.swap, "kill before"));
    killed.kill();
    // Bob has paid, too, and his event arrives first.
    const between = world.boot();
    const bobs = await (async () => {
      await between.checkout.rebuild();
      return between.pay("bob", { mug: 1 });
    })();
    world.stripe.pay(bobs);

    expect(await between.checkout.fulfil(bobs)).toMatchObject({ outcome: "done" });
    expect(await between.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });

    expect(world.stock()).toBe(8);
  });

  it("with two sales paid before the boot: the announced move is settled before the other sale makes its own", async () => {
    const world = createWorld({ rows: { mug: 10 } });
    const killed = await world.open();
    const anns = await killed.pay("ann", { mug: 1 });
    const bobs = await killed.pay("bob", { mug: 1 });
    world.stripe.pay(anns);
    world.stripe.pay(bobs);
    killed.setFaults(once(CALLS.swap, "kill before"));
    await killed.run(killed.checkout.fulfil(anns));

    const after = await world.open();

    expect(world.stock()).toBe(8);
    expect(after.eventsOf("fulfilled").map((event) => event.checkoutId)).toEqual([anns, bobs]);
  });

  it("a swap with an unknown outcome is settled first by the next sale of that product", async () => {
    for (const fault of ["refuse", "cut"] as const) {
      const world = createWorld({ rows: { mug: 10 } });
      const shop = await world.open();
      const anns = await shop.pay("ann", { mug: 1 });
      const bobs = await shop.pay("bob", { mug: 1 });
      world.stripe.pay(anns);
      world.stripe.pay(bobs);
      shop.setFaults(once(CALLS.swap, fault));
      await expect(shop.checkout.fulfil(anns)).rejects.toThrow(UnavailableError);
      shop.heal();

      expect(await shop.checkout.fulfil(bobs), fault).toMatchObject({ outcome: "done" });

      expect(world.stock(), fault).toBe(8);
      expect(markOf(world, anns), fault).toContain('"done"');
      expect(await shop.checkout.fulfil(anns), fault).toMatchObject({ outcome: "done", repeated: true });
      expect(world.stock(), fault).toBe(8);
    }
  });

  it("a swap with an unknown outcome is settled first by the next sale, although its retry gets only some of its leases", async () => {
    const world = createWorld({ rows: { mug: 10, pot: 10 } });
    let isPotBusy = false;
    const shop = await world.open({
      dependencies: ({ leases }) => ({
        leases: {
          acquire: (request) =>
            isPotBusy && request.key === "product:pot"
              ? Promise.reject(new UnavailableError("busy"))
              : leases.acquire(request),
        },
      }),
    });
    const anns = await shop.pay("ann", { mug: 1, pot: 1 });
    const bobs = await shop.pay("bob", { mug: 1 });
    world.stripe.pay(anns);
    world.stripe.pay(bobs);
    shop.setFaults(once(CALLS.swap, "refuse"));
    await expect(shop.checkout.fulfil(anns)).rejects.toThrow(UnavailableError);
    shop.heal();
    isPotBusy = true;
    await expect(shop.checkout.fulfil(anns)).rejects.toThrow(UnavailableError);
    isPotBusy = false;

    expect(await shop.checkout.fulfil(bobs)).toMatchObject({ outcome: "done" });
    expect(await shop.checkout.fulfil(anns)).toMatchObject({ outcome: "done" });

    expect([world.stock("mug"), world.stock("pot")]).toEqual([8, 9]);
  });

  it("a lease named by a checkout of another Stripe account does not lock the product", async () => {
    const world = createWorld({ rows: { mug: 3 } });
    const shop = await world.open();
    const left = await shop.dependencies.leases.acquire({
      key: "product:mug",
      checkoutId: "cs_test_of_another_account",
      signal: new AbortController().signal,
    });
    await left.release({ settled: false });
    const checkoutId = await shop.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);

    expect(await shop.checkout.fulfil(checkoutId)).toMatchObject({ outcome: "done" });
    expect(world.stock()).toBe(2);
  });

  it.each(["kill before", "kill after", "refuse", "cut", 429, 500, 503] as const)(
    "%s at each external call of a change that closes a page: the unit is either sold once or free",
    async (fault) => {
      let n = 1;
      for (; ; n += 1) {
        const world = createWorld({ rows: { mug: 1 } });
        const first = await world.open();
        const checkoutId = await first.pay("ann", { mug: 1 });
        const before = first.proxy.count;
        first.setFaults(at(before + n, fault));
        const changed = await first.run(
          first.checkout.changeCart({ sessionHash: "ann", lines: [{ productId: "mug", quantity: 0 }] }),
        );
        if (first.proxy.count - before < n) break;
        const next = changed === "died" ? await world.open() : first;
        next.heal();
        const paid = world.stripe.pay(checkoutId).kind === "paid" ? 1 : 0;
        await deliver(world, next, { checkoutId });
        world.advance(TTL_MS);
        const bob = await next.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 1 }] });

        expect({ stock: world.stock(), bob: bob.outcome }, `call ${n}`).toEqual({
          stock: 1 - paid,
          bob: paid === 1 ? "refused" : "granted",
        });
        expect(await world.refunds(), `call ${n}`).toEqual([]);
      }
      expect(n).toBeGreaterThan(1);
    },
  );

  it.each(["refuse", "cut", 429, 500, 503] as const)(
    "%s at each external call of a late payment: fulfilled once after the retry",
    async (fault) => {
      let n = 1;
      for (; ; n += 1) {
        const world = createWorld({ rows: { mug: 1 } });
        const shop = await world.open();
        const checkoutId = await shop.pay("ann", { mug: 1 });
        const [claim] = await shop.store.claims({ olderThanMs: 0 });
        await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });
        world.stripe.pay(checkoutId);
        const before = shop.proxy.count;
        shop.setFaults(at(before + n, fault));
        const first = await shop.run(shop.checkout.fulfil(checkoutId));
        if (shop.proxy.count - before < n) break;
        shop.heal();
        // No other shopper can take the unit between attempts of a payment that was granted it.
        const bob = await shop.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 1 }] });
        const second = await shop.checkout.fulfil(checkoutId);

        const isBobs = bob.outcome === "granted";
        expect(first, `call ${n}`).toBeInstanceOf(Error);
        expect(second.outcome, `call ${n}`).toBe(isBobs ? "refunded" : "done");
        expect({ stock: world.stock(), refunds: await world.refunds() }, `call ${n}`).toEqual(
          isBobs ? { stock: 1, refunds: [1250] } : { stock: 0, refunds: [] },
        );
        // Only an attempt that failed before it held anything leaves the unit to others.
        expect(isBobs, `call ${n}`).toBe(n <= 2);
      }
      expect(n).toBeGreaterThan(5);
    },
  );

  it("at each external call while a page opens: a paid unit is delivered, an unpaid one is free again", async () => {
    let n = 1;
    for (const fault of ["kill before", "kill after"] as const) {
      for (n = 1; ; n += 1) {
        const world = createWorld({ rows: { mug: 1 } });
        const killed = await world.open();
        killed.setFaults(at(killed.proxy.count + n, fault));
        const started = await killed.run(killed.pay("ann", { mug: 1 }));
        if (started !== "died") break;
        const after = await world.open();
        const [session] = world.stripe.sessions();
        const paid = session !== undefined && world.stripe.pay(session.id).kind === "paid" ? 1 : 0;
        if (session !== undefined) await deliver(world, after, { checkoutId: session.id });
        const bob = await after.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 1 }] });

        expect({ stock: world.stock(), bob: bob.outcome }, `${fault} ${n}`).toEqual({
          stock: 1 - paid,
          bob: paid === 1 ? "refused" : "granted",
        });
        expect(await world.refunds()).toEqual([]);
      }
      expect(n).toBeGreaterThan(4);
    }
  });
});
