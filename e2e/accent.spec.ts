import { startStore } from "../tests/api/store-process";
import { expect, test } from "./shop";

test(
  "the merchant's colour stays when React replaces the whole page",
  { tag: "@with-javascript" },
  async ({ context }) => {
    test.setTimeout(150_000);
    const store = await startStore({ SHOP_ACCENT: "#8a0f5c" });
    try {
      const page = await context.newPage();
      await page.goto(store.url);
      const accent = () =>
        page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim());
      expect(await accent()).toBe("#8a0f5c");
      // An error page takes the place of the document, which is when its style is put in again.
      await page.evaluate(() => (window as unknown as RemixWindow).__remixRouter.navigate("/products/none"));
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      expect(await accent()).toBe("#8a0f5c");
      await page.getByRole("link", { name: "All products" }).click();
      await expect(page.getByRole("article").first()).toBeVisible();
      expect(await accent()).toBe("#8a0f5c");
    } finally {
      await store.stop();
    }
  },
);

interface RemixWindow {
  readonly __remixRouter: { navigate(to: string): Promise<void> };
}
