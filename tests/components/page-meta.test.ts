import { existsSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { offerPrice } from "~/catalog/money-text.server";
import { listMeta, productMeta } from "~/components/shop/page-meta";
import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import { setSite, site } from "~/words/site";
import { setSiteOf } from "../words/site";

beforeEach(() => setSiteOf());

const stock = { onHand: 5, available: 5, heldByYou: 0, nextReleaseAt: null };
const mug = {
  id: "a b",
  name: "Mug",
  description: "",
  image: "/mug.svg",
  price: "$12.50",
  offer: { price: "12.50", priceCurrency: "USD" },
  forSale: true,
  stock,
};

function structured(product: typeof mug): unknown {
  return productMeta(product, "https://shop.test").find((descriptor) => "script:ld+json" in descriptor);
}

describe("the metadata of a page", () => {
  it.each([
    [stock, true, "InStock"],
    [{ ...stock, available: 0 }, true, "LimitedAvailability"],
    [{ ...stock, onHand: 0, available: 0 }, true, "SoldOut"],
    [stock, false, "OutOfStock"],
  ])("states stock %j, for sale %s, as %s", (stockView, forSale, term) => {
    expect(structured({ ...mug, forSale, stock: stockView })).toMatchObject({
      "script:ld+json": {
        image: "https://shop.test/mug.svg",
        offers: { price: "12.50", availability: `https://schema.org/${term}` },
      },
    });
  });

  it.each([
    ["/products/tide-mug.svg", "https://shop.test/products/tide-mug.jpg"],
    ["https://images.test/mug.png?w=800", "https://images.test/mug.png?w=800"],
    ["https://images.test/mug.svg", undefined],
    [null, undefined],
  ])("shows %s in link previews as %s", (image, preview) => {
    const metadata = productMeta({ ...mug, image }, "https://shop.test");
    expect(metadata.find((descriptor) => "property" in descriptor && descriptor.property === "og:image")).toEqual(
      preview === undefined ? undefined : { property: "og:image", content: preview },
    );
    expect(metadata).toContainEqual({
      name: "twitter:card",
      content: preview === undefined ? "summary" : "summary_large_image",
    });
  });

  it("has a preview for every demo picture", () => {
    for (const { image_url } of DEMO_PRODUCTS)
      expect(existsSync(`public${image_url.replace(".svg", ".jpg")}`), image_url).toBe(true);
  });

  it("has one canonical address per page, and hides searches from crawlers", () => {
    expect(productMeta(mug, "https://shop.test")).toContainEqual({
      tagName: "link",
      rel: "canonical",
      href: "https://shop.test/products/a%20b",
    });
    const list = { products: [], page: 2, pages: 3, total: 50, search: "", sort: null, sorts: [], operation: "o" };
    expect(listMeta(list, "https://shop.test")).toContainEqual({
      tagName: "link",
      rel: "canonical",
      href: "https://shop.test/?page=2",
    });
    expect(listMeta({ ...list, sort: "-price" as const }, "https://shop.test")).toEqual(
      listMeta(list, "https://shop.test"),
    );
    for (const hidden of [
      { ...list, search: "mug" },
      { ...list, page: 4 },
    ])
      expect(listMeta(hidden, "https://shop.test")).toContainEqual({ name: "robots", content: "noindex" });
  });

  it("says what shop this is, with what is set", () => {
    const shopOf = (variables: Record<string, string>) => {
      setSiteOf(variables);
      const list = { products: [], page: 1, pages: 1, total: 0, search: "", sort: null, sorts: [], operation: "o" };
      return listMeta(list, "https://shop.test");
    };
    const described = shopOf({ SHOP_NAME: "Kiln", SHOP_LOCALE: "en-GB", SUPPORT_EMAIL: "hello@kiln.test" });
    expect(described).toContainEqual({ property: "og:locale", content: "en_GB" });
    expect(described).toContainEqual({
      "script:ld+json": {
        "@context": "https://schema.org",
        "@graph": [
          { "@type": "Organization", name: "Kiln", url: "https://shop.test/", email: "hello@kiln.test" },
          {
            "@type": "WebSite",
            name: "Kiln",
            url: "https://shop.test/",
            inLanguage: "en-GB",
            potentialAction: {
              "@type": "SearchAction",
              target: { "@type": "EntryPoint", urlTemplate: "https://shop.test/?q={search_term_string}" },
              "query-input": "required name=search_term_string",
            },
          },
        ],
      },
    });
    const bare = shopOf({ SHOP_NAME: "Kiln", SHOP_LOCALE: "de" });
    expect(bare).toContainEqual({ property: "og:locale", content: "de_DE" });
    expect(JSON.stringify(bare)).not.toContain('"email"');
  });

  it("has a title and a description without a tagline, too", () => {
    setSite({ ...site(), name: "Kiln", tagline: null });
    const list = listMeta(
      { products: [], page: 1, pages: 1, total: 0, search: "", sort: null, sorts: [], operation: "o" },
      "https://shop.test",
    );
    expect(list).toContainEqual({ title: "Kiln" });
    expect(list).toContainEqual({
      name: "description",
      content: "Kiln. Items in your cart are held for you for 2 minutes. Nobody else can buy them.",
    });
  });

  it("writes prices in major units, with the digits of the currency", () => {
    expect(offerPrice({ amount: 2800, currency: "usd" })).toEqual({ price: "28.00", priceCurrency: "USD" });
    expect(offerPrice({ amount: 1250, currency: "jpy" })).toEqual({ price: "1250", priceCurrency: "JPY" });
  });
});
