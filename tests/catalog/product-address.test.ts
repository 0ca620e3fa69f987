import { describe, expect, it } from "vitest";
import { productIdIn, productPath } from "~/catalog/product-address";

describe("the URL of a product's page", () => {
  it.each([
    ".",
    "..",
    "...",
    "x.data",
    ".data",
    "x.data.data",
    "a/b",
    "a%2Fb",
    "a%252Fb",
    "a\\b",
    "100%",
    "~",
    "~2F",
    "~41",
    "x.svg",
    "Tide Mug",
    "Crème 🍮",
    "a?b#c&d",
    "1",
    "a".repeat(1000),
  ])("leads to exactly that product: %s", (id) => {
    const url = new URL(productPath(id), "https://shop.test");
    expect(productIdIn(url.href)).toBe(id);
    expect(url.pathname).toMatch(/^\/products\/[^/\\]+$/);
    expect(url.pathname).not.toMatch(/\.data$|%2F|%5C|%25/i);
  });

  it("is plain for ordinary ids, and other tools' encodings are understood", () => {
    expect(productPath("a b.c-d")).toBe("/products/a%20b.c-d");
    expect(productIdIn("https://shop.test/products/a%2Fb")).toBe("a/b");
    expect(productIdIn("https://shop.test/products/a%252Fb")).toBe("a%2Fb");
    expect(productIdIn("https://shop.test/products/mug/?x=/y")).toBe("mug");
  });
});
