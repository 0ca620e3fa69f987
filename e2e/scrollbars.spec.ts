import type { Page } from "@playwright/test";
import { t } from "~/words/words";
import { expect, test } from "./shop";

const WIDTHS = [320, 390, 768, 1280];

// Playwright hides scrollbars; those of most desktops take up space.
test.use({
  launchOptions: [
    async ({ launchOptions }, use) => use({ ...launchOptions, ignoreDefaultArgs: ["--hide-scrollbars"] }),
    { scope: "worker" },
  ],
});

test.describe("with scrollbars that take up space", { tag: "@with-javascript" }, () => {
  test("no page scrolls sideways", async ({ shopper, setStock }) => {
    test.setTimeout(120_000);
    await setStock("Driftwood Board", 6);
    const buyer = await shopper();
    const { page } = buyer;
    for (const path of ["/", "/?q=mug", "/?q=zzz", "/products/no-such-product", "/cart"]) {
      await page.goto(buyer.address(path));
      await expectNoSidewaysScroll(page, path);
    }
    await buyer.openProduct("Driftwood Board");
    await expectNoSidewaysScroll(page, "a product");
    await buyer.addOnProductPage("Driftwood Board");
    await buyer.cartInHeader().click();
    await expect(page.getByRole("dialog").getByRole("timer")).toBeVisible();
    await expectNoSidewaysScroll(page, "the cart panel");
    await buyer.openCart();
    await expectNoSidewaysScroll(page, "a cart");
    await buyer.goToPayment();
    await expectNoSidewaysScroll(page, "the payment page");
    await page.getByRole("link", { name: t("sandboxPayment.cancel") }).click();
    await expect(page.getByRole("button", { name: t("cart.resumePayment") })).toBeVisible();
    await expectNoSidewaysScroll(page, "a cart that is being paid");
    await page.getByRole("button", { name: t("cart.resumePayment") }).click();
    await buyer.pay();
    await expectNoSidewaysScroll(page, "an order");
    await page.goto(buyer.address("/admin"));
    await expectNoSidewaysScroll(page, "/admin");
  });
});

async function expectNoSidewaysScroll(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 480 });
    const { scrollbar, excess } = await page.evaluate(() => {
      const { clientWidth, scrollWidth, scrollHeight, clientHeight } = document.documentElement;
      return {
        // A short page has none.
        scrollbar: scrollHeight > clientHeight ? window.innerWidth - clientWidth : null,
        excess: scrollWidth - clientWidth,
      };
    });
    if (scrollbar !== null) expect(scrollbar, `the scrollbar of ${name} at ${width}`).toBeGreaterThan(0);
    expect(excess, `${name} at ${width}`).toBe(0);
  }
}
