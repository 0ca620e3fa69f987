import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { figuresTable, newFigures, percentile } from "~/drill/figures";
import { runRound } from "~/drill/round";
import { openNaiveShop } from "./naive-shop";

it("reports that the naive shop oversells (negative control)", async () => {
  const { newShopper, stock } = openNaiveShop();
  const figures = newFigures();
  for (let round = 0; figures.attempts < 2_000; round += 1) {
    await runRound(
      {
        productId: "mug",
        units: 1 + (round % 10),
        buyers: 40,
        newShopper,
        stock,
        random: Math.random,
        finishWithinMs: 0,
        sleep,
      },
      figures,
    );
  }
  console.info(`naive shop:\n${figuresTable(figures)}`);
  expect(figures.attempts).toBeGreaterThanOrEqual(2_000);
  expect(figures.oversold).toBeGreaterThan(0);
});

it("does not count a round that did not start with all units free", async () => {
  const { newShopper, stock } = openNaiveShop();
  const figures = newFigures();
  for (const seen of [{ inventory: 3, held: 1 }, { inventory: 2, held: 0 }, null]) {
    const taken = { ...stock, read: async () => seen };
    expect(
      await runRound(
        { productId: "mug", units: 3, buyers: 5, newShopper, stock: taken, random: () => 0, finishWithinMs: 0, sleep },
        figures,
      ),
    ).toBe(false);
  }
  expect(figures).toEqual(newFigures());
});

it("reports sold units that are still for sale, and units that are gone unsold", async () => {
  for (const { drift, found } of [
    { drift: 1, found: { oversold: 1, missing: 0, unfinished: 1 } },
    { drift: -1, found: { oversold: 0, missing: 1, unfinished: 1 } },
  ]) {
    const { newShopper, stock } = openNaiveShop();
    const figures = newFigures();
    let reads = 0;
    const drifting = {
      ...stock,
      async read(productId: string) {
        const seen = await stock.read(productId);
        reads += 1;
        return seen === null || reads === 1 ? seen : { ...seen, inventory: seen.inventory + drift };
      },
    };
    // A single buyer, who pays, so that nothing can be oversold while the round runs.
    await runRound(
      {
        productId: "mug",
        units: 3,
        buyers: 1,
        newShopper,
        stock: drifting,
        random: () => 0.4,
        finishWithinMs: 0,
        sleep,
      },
      figures,
    );
    expect(figures).toMatchObject({ attempts: 1, granted: 1, paid: 1, ...found });
  }
});

it("computes percentiles by nearest rank", () => {
  expect(percentile([], 0.5)).toBeNull();
  expect([0.5, 0.95, 1].map((share) => percentile([40, 10, 30, 20], share))).toEqual([20, 40, 40]);
});
