import { t } from "~/words/words";
import { startStore, type StoreProcess } from "../tests/api/store-process";
import { freePorts } from "../tests/programs";
import { expect, test } from "./shop";

const SIZES = [
  { width: 320, height: 568 },
  { width: 375, height: 667 },
  { width: 768, height: 1024 },
  { width: 1366, height: 768 },
];
const NAME = "Tide Mug";
/** Two lines on every screen of `SIZES`. */
const LONG_NAME = "Tide Mug from the Harbourside Pottery, Large";

const LOCALES = ["en", "de", "fr"];
const ports = await freePorts(LOCALES.length);

for (const [index, locale] of LOCALES.entries()) {
  test.describe(`a product page in ${locale}`, { tag: "@with-javascript" }, () => {
    let store: StoreProcess;
    const port = ports[index] ?? 0;
    test.beforeAll(async () => {
      test.setTimeout(180_000);
      store = await startStore({ SHOP_LOCALE: locale }, { port });
    });
    test.afterAll(() => store.stop());
    const url = `http://127.0.0.1:${port}`;
    test.use({ shopLocale: locale, stores: [[1, 2].map(() => ({ url, shortHoldsUrl: url })), { scope: "test" }] });

    test("shows its add button without scrolling, under the demo notice and a name of two lines", async ({
      shopper,
    }) => {
      const visitor = await shopper();
      const { page } = visitor;
      await page.route("**/products/*", async (route) => {
        if (!route.request().isNavigationRequest()) return route.continue();
        const response = await route.fetch();
        return route.fulfill({ response, body: (await response.text()).replaceAll(NAME, LONG_NAME) });
      });
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await visitor.openProduct(NAME);
        await expect(page.getByRole("heading", { level: 1, name: LONG_NAME })).toBeVisible();
        const box = await page.getByRole("button", { name: t("product.addLabel", { name: LONG_NAME }) }).boundingBox();
        if (box === null) throw new Error("there is no add button");
        const place = `${size.width} × ${size.height}`;
        expect(box.y + box.height, place).toBeLessThanOrEqual(size.height);
        expect(box.x + box.width, place).toBeLessThanOrEqual(size.width);
        expect(await page.evaluate(() => scrollY), place).toBe(0);
        const picture = await page.locator(".product > .picture").boundingBox();
        expect(picture?.height ?? 0, place).toBeGreaterThan(80);
        await page.screenshot({ path: test.info().outputPath(`${locale}-${size.width}.png`) });
      }
    });
  });
}

test("the list has five columns on wide screens", { tag: "@with-javascript" }, async ({ shopper }) => {
  const visitor = await shopper();
  const { page } = visitor;
  const columns = async (width: number) => {
    await page.setViewportSize({ width, height: 900 });
    return page.locator(".cards").evaluate((list) => getComputedStyle(list).gridTemplateColumns.split(" ").length);
  };
  await page.goto(visitor.address("/"));
  expect(await columns(1920)).toBe(5);
  expect(await columns(1600)).toBe(5);
  expect(await columns(1280)).toBe(4);
  expect(await columns(375)).toBe(2);
});
