import type { Locator } from "@playwright/test";
import { expect, test } from "./shop";

/** Whether the middle of the picture looks as it does without an image. Takes the image away to compare. */
async function showsPlaceholder(picture: Locator): Promise<boolean> {
  await picture.scrollIntoViewIfNeeded();
  const box = await picture.boundingBox();
  if (box === null) throw new Error("the picture is not visible");
  // Without the rounded corners, whose edges differ by a shade.
  const clip = { x: box.x + box.width / 4, y: box.y + box.height / 4, width: box.width / 2, height: box.height / 2 };
  const before = await picture.page().screenshot({ clip });
  await picture.evaluate((element) => {
    element.replaceChildren();
  });
  return before.equals(await picture.page().screenshot({ clip }));
}

test("a description keeps its line breaks", { tag: "@without-javascript" }, async ({ shopper }) => {
  const visitor = await shopper();
  const { page } = visitor;
  // The demo shop's descriptions have one line each.
  await page.route("**/products/*", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replaceAll("speckled stoneware and", "speckled stoneware\nand");
    await route.fulfill({ response, body });
  });
  await visitor.openProduct("Tide Mug");
  // `innerText` has line breaks only where the page shows them.
  expect(await page.getByText("Thrown in speckled stoneware").innerText()).toContain("stoneware\nand dipped");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`a picture that does not load shows the placeholder, in ${colorScheme}`, async ({
    shopper,
    setStock,
    javaScriptEnabled,
  }) => {
    await setStock("Tide Mug", 8);
    const buyer = await shopper();
    const { page } = buyer;
    await page.emulateMedia({ colorScheme });
    await page.route("**/products/tide-mug.svg", (route) => route.fulfill({ status: 404, body: "Not found" }));

    async function expectPlaceholder(place: Locator, name: string): Promise<void> {
      const picture = place.locator(".picture");
      await picture.scrollIntoViewIfNeeded();
      // The script takes the image out; without it, the image is still there.
      await expect(picture.locator("img")).toHaveCount(javaScriptEnabled ? 0 : 1);
      if (!javaScriptEnabled)
        await expect
          .poll(() => picture.locator("img").evaluate((image: HTMLImageElement) => image.complete))
          .toBe(true);
      await picture.screenshot({ path: test.info().outputPath(`${name}.png`) });
      expect(await showsPlaceholder(picture), name).toBe(true);
    }

    await page.goto(buyer.address("/"));
    const loaded = page.getByRole("article", { name: "Skerry Plate" }).locator(".picture");
    await expect
      .poll(() => loaded.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth))
      .not.toBe(0);
    expect(await showsPlaceholder(loaded), "a picture that loads").toBe(false);
    await expectPlaceholder(page.getByRole("article", { name: "Tide Mug" }), "list");

    await buyer.addOnProductPage("Tide Mug");
    await buyer.openProduct("Tide Mug");
    await expectPlaceholder(page.getByRole("article").first(), "product page");

    await buyer.openCart();
    await expectPlaceholder(buyer.line("Tide Mug"), "cart");

    if (javaScriptEnabled) {
      await page.goto(buyer.address("/"));
      await buyer.cartInHeader().click();
      await expectPlaceholder(page.getByRole("dialog").getByRole("listitem", { name: "Tide Mug" }), "cart panel");
    }
  });
}
