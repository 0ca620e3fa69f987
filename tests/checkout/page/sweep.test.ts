import { afterEach, describe, expect, it, vi } from "vitest";
import { CHECKOUT_TTL_MS, createWorld, ORIGIN } from "../world";

const SHOPPERS = Array.from({ length: 20 }, (_, n) => `shopper-${n}`);

/** Opens twenty pages and passes their deadline; `expired` records the order in which Stripe is asked to expire them. */
async function twentyPages() {
  const world = createWorld({ rows: { mug: SHOPPERS.length } });
  const expired: string[] = [];
  const atOnce = { now: 0, most: 0 };
  const shop = await world.open({
    dependencies: (real) => {
      const { gateway } = real;
      const counting = {
        ...gateway,
        async expire(checkoutId: string) {
          expired.push(checkoutId);
          atOnce.now += 1;
          atOnce.most = Math.max(atOnce.most, atOnce.now);
          // Lets other pages run.
          await new Promise((resolve) => setImmediate(resolve));
          return gateway.expire(checkoutId).finally(() => (atOnce.now -= 1));
        },
      };
      return { gateway: counting };
    },
  });
  const pages: string[] = [];
  for (const sessionHash of SHOPPERS) {
    const started = await shop.checkout.start({
      sessionHash,
      lines: [{ productId: "mug", quantity: 1 }],
      origin: ORIGIN,
    });
    if (started.outcome !== "redirect") throw new Error("no payment page");
    pages.push(started.checkoutId);
    world.advance(1_000);
  }
  world.advance(CHECKOUT_TTL_MS);
  return { shop, pages, expired, atOnce };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the sweep of payment pages", () => {
  it("closes several pages in parallel, each once", async () => {
    const { shop, pages, expired, atOnce } = await twentyPages();
    await shop.checkout.sweep();
    expect([...expired].sort()).toEqual([...pages].sort());
    expect(atOnce.most).toBe(8);
    expect(await shop.store.totals()).toMatchObject({ units: 0 });
  });

  it("starts at a random page, so that servers don't all close the same one", async () => {
    const { shop, pages, expired } = await twentyPages();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    await shop.checkout.sweep();
    expect(expired.slice(0, 8)).toEqual(pages.slice(10, 18));
    expect(expired).toHaveLength(pages.length);
  });
});
