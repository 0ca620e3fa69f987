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
  /** The call before which an admin empties the last row. */
  emptiedBefore?: { call: string; nth: number };
  /** Where nothing was emptied, or not before the fault struck. */
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
  "three lines, the last emptied by an admin before its swap": {
    rows: { cup: 3, mug: 3, pot: 2 },
    cart: { cup: 1, mug: 2, pot: 1 },
    emptiedBefore: { call: CALLS.swap, nth: 3 },
    expected: SOLD,
  },
  "three lines, the last emptied by an admin before anything": {
    rows: { cup: 3, mug: 3, pot: 2 },
    cart: { cup: 1, mug: 2, pot: 1 },
    emptiedBefore: { call: CALLS.fetch, nth: 1 },
    expected: SOLD,
  },
};

/** Sells by the story, with a fault at the n-th call outside; null when the work needs fewer calls than that. */
async function tell(story: Story, fault: Fault | null, n: number, reboot: boolean, versions = true) {
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
  // A retry in the same process, or whatever comes up after it is gone.
  const next = reboot ? world.boot() : first;
  next.heal();
  if (reboot) await patiently(world, () => next.checkout.rebuild());
  let final: SettleOutcome = await patiently(world, () => next.checkout.fulfil(checkoutId));
  // The only line that an outsider touched is the only one that may need a person, who knows that nothing was taken.
  if (final.outcome === "needs_review") {
    expect(markOf(world, checkoutId, 2)).toContain('"needs_review"');
    final = await next.checkout.settle({ checkoutId, productId: "pot", verdict: "not_applied" });
  }
  return { world, next, outcome, final, calls, expected: isEmptied ? REFUNDED : story.expected };
}

describe.each(Object.entries(STORIES))("%s", (_name, story) => {
  it.each(["kill before", "kill after"] as const)(
    "%s each call outside: the stock is right to the unit",
    async (fault) => {
      let n = 1;
      for (; ; n += 1) {
        const told = await tell(story, fault, n, true);
        if (told === null) break;
        expect(told.outcome).toBe("died");
        await expectRight(told, `${fault} call ${n}`);
      }
      expect(n - 1).toBe((await tell(story, null, 0, true))?.calls);
      expect(n).toBeGreaterThan(5);
    },
  );

  it.each(["refuse", "cut", 429, 500, 503] as const)(
    "%s at each call outside, then a retry: the stock is right to the unit",
    async (fault) => {
      let n = 1;
      for (; ; n += 1) {
        const told = await tell(story, fault, n, false);
        if (told === null) break;
        await expectRight(told, `${fault} at call ${n}`);
      }
      expect(n).toBeGreaterThan(5);
    },
  );

  it.each(["kill before", "kill after", "cut"] as const)(
    "%s at each call outside, and rows have no versions: right to the unit after a wait",
    async (fault) => {
      for (let n = 1; ; n += 1) {
        const told = await tell(story, fault, n, fault !== "cut", false);
        if (told === null) break;
        await expectRight(told, `${fault} at call ${n}`);
      }
    },
  );

  async function expectRight(
    { world, next, final, expected }: NonNullable<Awaited<ReturnType<typeof tell>>>,
    when: string,
  ) {
    const rows = Object.fromEntries([...world.rows].map(([id, row]) => [id, row.inventory]));
    expect({ rows, refunds: await world.refunds() }, when).toEqual(expected);
    expect(final, when).toMatchObject({ outcome: expected.refunds.length > 0 ? "refunded" : "done" });
    expect(await next.store.totals(), when).toMatchObject({ units: 0 });
  }
});

describe("killed at a chosen moment", () => {
  /** Ann has paid one of ten mugs; the process that settles it is killed by the plan. */
  async function killedWhile(faults: FaultPlan): Promise<{ world: World; checkoutId: string; killed: Process }> {
    const world = createWorld({ rows: { mug: 10 } });
    const killed = await world.open();
    const checkoutId = await killed.pay("ann", { mug: 1 });
    world.stripe.pay(checkoutId);
    killed.setFaults(faults);
    expect(await killed.run(killed.checkout.fulfil(checkoutId))).toBe("died");
    return { world, checkoutId, killed };
  }

  it("between intent and swap, and an outside restock in between: a person settles it as not applied", async () => {
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

  it("between swap and done, and an outside restock in between: a person settles it as applied", async () => {
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

  it("a word about a line that needs none changes nothing", async () => {
    const { world, checkoutId } = await killedWhile(once(CALLS.swap, "kill after"));
    const after = await world.open();

    expect(await after.checkout.settle({ checkoutId, productId: "mug", verdict: "not_applied" })).toEqual({
      outcome: "not_applicable",
      reason: null,
    });

    expect(world.stock()).toBe(9);
  });

  it("after the done mark and before the release: nothing is taken again, nothing stays held", async () => {
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

  it("after the intent, then another sale makes the same move: the first still decrements", async () => {
    const { world, checkoutId, killed } = await killedWhile(once(CALLS.swap, "kill before"));
    killed.kill();
    // Bob paid too, and his event arrives first.
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

  it("both were paid before the boot: the announced move is settled before the other sale makes its own", async () => {
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

  it("the outcome of a swap is unknown: the next sale of that product settles it first", async () => {
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

  it("the outcome of a swap is unknown: the next sale settles it first, although its retry gets only some of its leases", async () => {
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

  it("a name left by a checkout that Stripe does not know, of another account's keys, does not lock the product", async () => {
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
    "%s at each call outside of a change that closes a page: the unit is sold once, or free, and never both",
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
    "%s at each call outside of a late payment: fulfilled once after the retry",
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
        // Nobody can take the unit between the tries of a payment that was granted it.
        const bob = await shop.checkout.changeCart({ sessionHash: "bob", lines: [{ productId: "mug", quantity: 1 }] });
        const second = await shop.checkout.fulfil(checkoutId);

        const isBobs = bob.outcome === "granted";
        expect(first, `call ${n}`).toBeInstanceOf(Error);
        expect(second.outcome, `call ${n}`).toBe(isBobs ? "refunded" : "done");
        expect({ stock: world.stock(), refunds: await world.refunds() }, `call ${n}`).toEqual(
          isBobs ? { stock: 1, refunds: [1250] } : { stock: 0, refunds: [] },
        );
        // Only a try that failed before it could hold anything leaves the unit to others.
        expect(isBobs, `call ${n}`).toBe(n <= 2);
      }
      expect(n).toBeGreaterThan(5);
    },
  );

  it("while a page is opened, at each call outside: what is paid is delivered, what is not paid is free again", async () => {
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
