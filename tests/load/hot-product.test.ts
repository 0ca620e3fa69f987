import { expect, it } from "vitest";
import { sellInVirtualTime } from "./hot-product-in-virtual-time";

it("72 sales of one product paid at once are settled in ten seconds, at Stripe's live limits", async () => {
  const figures = await sellInVirtualTime({ sales: 72, servers: 1 });
  expect(figures).toMatchObject({ settled: 72, stock: 0 });
  expect(figures.seconds).toBeLessThan(10);
});

it("by two servers, which share the account without knowing of each other, in little more", async () => {
  const figures = await sellInVirtualTime({ sales: 72, servers: 2 });
  expect(figures).toMatchObject({ settled: 72, stock: 0 });
  expect(figures.seconds).toBeLessThan(13);
});
