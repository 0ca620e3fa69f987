import { expect, test } from "./shop";

const MAX_SCRIPT_BYTES = 110 * 1024;

test(
  "a product page loads little script, and nothing from other origins",
  { tag: "@with-javascript" },
  async ({ shopper }) => {
    const visitor = await shopper();
    const { page } = visitor;
    const scripts: Promise<number>[] = [];
    const otherOrigins: string[] = [];
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== new URL(visitor.address("/")).origin) otherOrigins.push(request.url());
    });
    page.on("requestfinished", (request) => {
      if (request.resourceType() === "script")
        scripts.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await visitor.openProduct("Tide Mug");
    await expect(page.getByRole("button", { name: "Cart 0 units" })).toBeVisible();
    await page.getByRole("button", { name: "Add to cart: Tide Mug" }).click();
    // The number in the header changes before the server responds; this text does not.
    await expect(page.getByText("Tide Mug is in your cart and held for you.")).toBeAttached();
    const sizes = await Promise.all(scripts);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(sizes.length).toBeGreaterThan(3);
    expect(bytes, `${sizes.length} scripts`).toBeGreaterThan(20 * 1024);
    expect(bytes, `${sizes.length} scripts`).toBeLessThan(MAX_SCRIPT_BYTES);
    expect(otherOrigins).toEqual([]);
    test.info().annotations.push({ type: "script", description: `${(bytes / 1024).toFixed(1)} KB` });
  },
);
