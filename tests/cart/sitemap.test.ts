import { describe, expect, it } from "vitest";
import { createSitemap } from "~/cart/sitemap.server";
import { UnavailableError } from "~/errors";
import { product } from "./cart-world";

function shopOf(count: number) {
  const reads = { count: 0, fail: false };
  let time = 0;
  const sitemap = createSitemap({
    siteUrl: "https://shop.test",
    now: () => time,
    offers: {
      list: async ({ page, pageSize }) => {
        reads.count += 1;
        if (reads.fail) throw new UnavailableError("down");
        const products = Array.from(
          { length: Math.max(0, Math.min(pageSize, count - (page - 1) * pageSize)) },
          (_, i) => product(`p&${(page - 1) * pageSize + i}`),
        );
        return { products, page, pages: Math.ceil(count / pageSize), total: count };
      },
    },
  });
  return { sitemap, reads, later: (ms: number) => (time += ms) };
}

const addressesIn = (xml: string | null) =>
  [...(xml ?? "").matchAll(/<loc>(.*?)<\/loc>/g)].map(([, address]) => address);

describe("the sitemap", () => {
  it("is one file for a shop of up to 49,999 products", async () => {
    const { sitemap } = shopOf(2_500);
    const addresses = addressesIn(await sitemap.read(null));
    expect(addresses).toHaveLength(2_501);
    expect(addresses.slice(0, 2)).toEqual(["https://shop.test/", "https://shop.test/products/p%260"]);
    expect(await sitemap.read(2)).toBeNull();
    expect(await sitemap.read(0)).toBeNull();
  });

  it("lists its pages if there are more, which contain every product once", async () => {
    const { sitemap } = shopOf(100_000);
    expect(addressesIn(await sitemap.read(null))).toEqual(
      [1, 2, 3].map((page) => `https://shop.test/sitemap.xml?page=${page}`),
    );
    const all = (await Promise.all([1, 2, 3].map((page) => sitemap.read(page)))).flatMap(addressesIn);
    expect([all.length, new Set(all).size]).toEqual([100_001, 100_001]);
  });

  it("is read once for all requests within ten minutes, and failures are not cached", async () => {
    const { sitemap, reads, later } = shopOf(5_000);
    reads.fail = true;
    await expect(sitemap.read(null)).rejects.toThrow("down");
    reads.fail = false;
    reads.count = 0;
    await Promise.all([1, 2, 3, 4, 5].map(() => sitemap.read(null)));
    later(599_000);
    await sitemap.read(null);
    expect(reads.count).toBe(5);
    later(1_000);
    await sitemap.read(null);
    expect(reads.count).toBe(10);
  });
});
