import { expect, it } from "vitest";
import { sellInVirtualTime } from "./hot-product-in-virtual-time";

it("72 sales of one product, paid at once, settle within 10 seconds at Stripe's live limits", async () => {
  const figures = await sellInVirtualTime({ sales: 72, servers: 1 });
  expect(figures).toMatchObject({ settled: 72, stock: 0 });
  expect(figures.seconds).toBeLessThan(10);
});

it("two servers that share the Stripe account without coordination need at most 13 seconds", async () => {
  const figures = await sellInVirtualTime({ sales: 72, servers: 2 });
  expect(figures).toMatchObject({ settled: 72, stock: 0 });
  expect(figures.seconds).toBeLessThan(13);
});
