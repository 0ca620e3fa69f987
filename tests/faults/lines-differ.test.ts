import { describe, expect, it } from "vitest";
import type { PageEdit } from "~/sandbox/stripe/page-edits.server";
import { createWorld, type Fault } from "../checkout/world";
import { patiently } from "./patiently";

const EDITS = {
  "a cross-sell added": { action: "add_line", name: "Gift wrap", unit_amount: 300, quantity: 1 },
  "one of two mugs taken off": { action: "set_quantity", line: 0, quantity: 1 },
} as const satisfies Record<string, PageEdit>;

/** Whether stock is taken while the order waits, and the amount paid. */
const EXPECTED = {
  "a cross-sell added": { taken: true, total: 4050 },
  "one of two mugs taken off": { taken: false, total: 2500 },
} as const;

/**
 * Fulfils, then settles by `verdict`, with a fault at the n-th external call of one of the two. Null if it makes fewer
 * calls.
 */
async function runStory(
  edit: keyof typeof EDITS,
  verdict: "accept" | "refund",
  fault: Fault,
  strikes: "fulfil" | "settle",
  n: number,
) {
  const world = createWorld({ rows: { mug: 5, pot: 5 } });
  const first = await world.open();
  const checkoutId = await first.pay("ann", { mug: 2, pot: 1 });
  world.stripe.edit(checkoutId, EDITS[edit]);
  world.stripe.pay(checkoutId);
  const work = {
    fulfil: (by: typeof first) => by.checkout.fulfil(checkoutId),
    settle: (by: typeof first) => by.checkout.settle({ checkoutId, verdict }),
  };
  let shop = first;
  const stocks: (number | null)[][] = [];
  let struck = false;
  for (const step of ["fulfil", "settle"] as const) {
    const before = shop.proxy.count;
    shop.setFaults((call) => {
      if (step !== strikes || call.n !== before + n) return null;
      struck = true;
      return fault;
    });
    await shop.run(work[step](shop));
    await world.landed();
    shop.heal();
    if (shop.proxy.isDead) {
      shop = world.boot();
      await patiently(world, () => shop.checkout.rebuild());
    }
    const outcome = await patiently(world, () => shop.checkout.fulfil(checkoutId));
    // An operator whose verdict was lost sends it again.
    if (step === "settle" && outcome.outcome === "needs_review") await patiently(world, () => work.settle(shop));
    if (step === "fulfil")
      expect(outcome, `call ${n}`).toMatchObject({ outcome: "needs_review", reason: "lines_differ" });
    stocks.push([world.stock("mug"), world.stock("pot")]);
  }
  if (!struck) return null;
  return {
    world,
    shop,
    stocks,
    final: await shop.checkout.fulfil(checkoutId),
  };
}

describe.each(Object.keys(EDITS) as (keyof typeof EDITS)[])("%s on Stripe's page", (edit) => {
  it.each([
    ["kill before", "fulfil", "accept"],
    ["kill after", "fulfil", "refund"],
    ["cut", "fulfil", "accept"],
    ["kill before", "settle", "accept"],
    ["kill after", "settle", "refund"],
    ["cut", "settle", "refund"],
  ] as const)(
    "%s at each call of %s, then %s: taken once, or not at all, and the money is right",
    async (fault, strikes, verdict) => {
      const { taken, total } = EXPECTED[edit];
      const [sold, whole] = [
        [3, 4],
        [5, 5],
      ];
      let n = 1;
      for (; ; n += 1) {
        const story = await runStory(edit, verdict, fault, strikes, n);
        if (story === null) break;
        expect(story.stocks, `call ${n}`).toEqual([taken ? sold : whole, verdict === "accept" ? sold : whole]);
        expect(await story.world.refunds(), `call ${n}`).toEqual(verdict === "accept" ? [] : [total]);
        expect(story.final, `call ${n}`).toMatchObject({ outcome: verdict === "accept" ? "done" : "refunded" });
        expect(await story.shop.store.totals(), `call ${n}`).toMatchObject({ units: 0 });
      }
      expect(n).toBeGreaterThan(3);
    },
  );
});
