import { describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { CALLS, createWorld, once } from "../checkout/world";
import { atEachCall, CALLS_OF_A_BATCH, findError, runBatch, START_STOCK, UNITS, type Marks } from "./batch-story";

describe("a batch of sales", () => {
  it("takes the stock of all waiting sales with one swap", async () => {
    const story = await runBatch({ at: 1 });

    expect(story?.calls.filter(({ name }) => name === CALLS.swap)).toHaveLength(1);
    expect(story?.calls).toHaveLength(CALLS_OF_A_BATCH);
    expect(story === null ? "no run" : await findError(story)).toBeNull();
  });

  const FAULTS = [
    ["kill before", "first"],
    ["kill before", "last"],
    ["kill after", "first"],
    ["kill after", "last"],
    ["cut", "last"],
    ["refuse", "last"],
    [503, "last"],
  ] as const;

  it.each(FAULTS)(
    "%s at each external call, then retries from the %s checkout on: the stock is exact",
    { timeout: 30_000 },
    async (fault, order) => {
      const reboot = fault === "kill before" || fault === "kill after";
      const { calls, wrong } = await atEachCall({ fault, order, reboot }, (story) => findError(story));

      expect(wrong).toBeNull();
      expect(calls).toBeGreaterThanOrEqual(CALLS_OF_A_BATCH);
    },
  );

  it("takes exactly the units sold despite an outside edit at each call", async () => {
    const { calls, wrong } = await atEachCall({ before: (world) => world.setStock("mug", 500) }, async (story) => {
      const stock = story.world.stock() ?? 0;
      const isWhole = stock <= 500 && stock >= 500 - UNITS;
      return isWhole ? findError(story, stock) : `stock ${stock}`;
    });

    expect(wrong).toBeNull();
    expect(calls).toBeGreaterThanOrEqual(CALLS_OF_A_BATCH);
  });

  it("takes as many sales as fit if an edit leaves too little stock, and refunds the rest", async () => {
    const { wrong } = await atEachCall(
      { before: (world) => world.setStock("mug", 3) },
      async ({ world, taken, outcomes }) => {
        const refunded = outcomes.filter((outcome) => outcome === "refunded").length;
        const isRight =
          (world.stock() ?? -1) >= 0 &&
          outcomes.every((outcome) => outcome === "done" || outcome === "refunded") &&
          (await world.refunds()).length === refunded;
        return isRight && taken <= UNITS ? null : JSON.stringify({ taken, outcomes, stock: world.stock() });
      },
    );
    expect(wrong).toBeNull();
  });
});

/** A batch whose process is killed around its swap, with the row edited before the next process starts. */
async function reviewed(fault: "kill before" | "kill after") {
  const world = createWorld({ rows: { mug: START_STOCK } });
  const killed = await world.open();
  const ids: string[] = [];
  for (const shopper of ["ann", "bob", "cem"]) ids.push(await killed.pay(shopper, { mug: 1 }));
  for (const id of ids) world.stripe.pay(id);
  killed.setFaults(once(CALLS.swap, fault));
  await Promise.all(ids.map((id) => killed.run(killed.checkout.fulfil(id))));
  await world.landed();
  world.setStock("mug", 500);
  const next = await world.open();
  const outcomes = await Promise.all(ids.map(async (id) => (await next.checkout.fulfil(id)).outcome));
  return { world, next, ids, outcomes };
}

it.each([
  { fault: "kill before", verdict: "not_applied", stock: 497 },
  { fault: "kill after", verdict: "applied", stock: 500 },
] as const)(
  "$fault the swap of a batch, followed by an edit: all wait for an operator, and one verdict ($verdict) covers all",
  async ({ fault, verdict, stock }) => {
    const { world, next, ids, outcomes } = await reviewed(fault);
    expect(outcomes).toEqual(["needs_review", "needs_review", "needs_review"]);
    expect(world.stock()).toBe(500);

    await next.checkout.settle({ checkoutId: ids[0] ?? "", productId: "mug", verdict });
    const settled = await Promise.all(ids.map(async (id) => (await next.checkout.fulfil(id)).outcome));

    expect(settled).toEqual(["done", "done", "done"]);
    expect(world.stock()).toBe(stock);
    expect(await next.store.totals()).toMatchObject({ units: 0 });
  },
);

describe("a write of marks that lands late", () => {
  /** Delays the nth write of marks: its caller gets an error, and it lands when `land` is called. */
  function lateWrite(nth: number) {
    let writes = 0;
    let landing: () => Promise<unknown> = () => Promise.resolve();
    const marks = (real: Marks): Marks => ({
      read: (session) => real.read(session),
      write: (id, record, change) => {
        writes += 1;
        if (writes !== nth) return real.write(id, record, change);
        return new Promise((_resolve, reject) => {
          const late = real.write.bind(real, id, record, change);
          landing = late;
          reject(new UnavailableError("no response"));
        });
      },
    });
    return {
      marks,
      land: () => landing(),
      get count() {
        return writes;
      },
    };
  }

  it.each(["first", "last"] as const)("changes nothing once all is settled (%s)", async (order) => {
    let nth = 1;
    for (; ; nth += 1) {
      const late = lateWrite(nth);
      const story = await runBatch({ at: 1, order, marks: late.marks });
      if (late.count < nth) break;
      expect(story === null ? "no run" : await findError(story), `write ${nth}`).toBeNull();
      if (story === null) continue;
      await late.land();
      for (const id of story.checkoutIds)
        expect((await story.next.checkout.fulfil(id)).outcome, `write ${nth}`).toBe("done");
      expect(story.world.stock(), `write ${nth}`).toBe(START_STOCK - UNITS);
    }
    expect(nth).toBeGreaterThan(6);
  });
});

describe("negative controls", () => {
  /** Assumes that followers' names were written. */
  const trusting = (real: Marks): Marks => ({
    read: (session) => real.read(session),
    write: (id, record, change) =>
      change.batch?.role === "follows"
        ? Promise.resolve({ ...record, batch: change.batch })
        : real.write(id, record, change),
  });
  /** Settles a follower alone, whatever the outcome of its batch. */
  const selfish = (real: Marks): Marks => ({
    read: (session) => {
      const record = real.read(session);
      return record?.batch?.role === "follows" ? { ...record, batch: undefined } : record;
    },
    write: (id, record, change) => real.write(id, record, change),
  });

  it("announcing before each name is confirmed takes units twice", async () => {
    const { wrong } = await atEachCall({ fault: "kill after", marks: trusting, reboot: true }, (story) =>
      findError(story),
    );
    expect(wrong).toContain(`"taken":${2 * UNITS - 1}`);
  });

  it("settling a follower alone takes units twice", async () => {
    const { wrong } = await atEachCall({ fault: "kill after", marks: selfish, reboot: true }, (story) =>
      findError(story),
    );
    expect(wrong).toContain(`"taken":${2 * UNITS - 1}`);
  });
});
