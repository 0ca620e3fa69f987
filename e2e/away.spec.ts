import type { Page } from "@playwright/test";
import { t } from "~/words/words";
import { expect, test, type Shopper } from "./shop";
import { cartName, cartText } from "./texts";

/** Adds to the browser's cart without notifying its open pages. */
async function addInBackground(buyer: Shopper, name: string): Promise<void> {
  const { page } = buyer;
  const list = await page.request.get(buyer.address(`/?q=${encodeURIComponent(name)}`));
  const [, productId = ""] = /name="product_id" value="([^"]+)"/.exec(await list.text()) ?? [];
  const response = await page.request.post(buyer.address("/cart"), {
    form: { intent: "add", product_id: productId, quantity: "1" },
  });
  expect(response.ok()).toBe(true);
}

/** Simulates hiding or showing the tab; headless browsers never do. */
async function setVisibility(page: Page, state: "hidden" | "visible"): Promise<void> {
  await page.evaluate((visibility) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => visibility });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

/** Simulates a restore from the back-forward cache, which Playwright disables. */
async function restore(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  });
}

test.describe("a page catches up at once", { tag: "@with-javascript" }, () => {
  test("when its tab is shown again", async ({ shopper, setStock }) => {
    await setStock("Tide Mug", 9);
    await setStock("Skerry Plate", 9);
    const buyer = await shopper();
    await buyer.addToCart("Tide Mug", 1);
    await setVisibility(buyer.page, "hidden");
    await addInBackground(buyer, "Skerry Plate");
    await expect(buyer.line("Skerry Plate")).toHaveCount(0);
    await setVisibility(buyer.page, "visible");
    await expect(buyer.line("Skerry Plate")).toBeVisible();
    await expect(buyer.cartInHeader()).toHaveText(cartText(2));
  });

  test("when it is restored from the back-forward cache, with and without products on it", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Tide Mug", 9);
    await setStock("Skerry Plate", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await buyer.openProduct("Tide Mug");
    await expect(page.getByRole("button", { name: cartName(0), exact: true })).toBeVisible();
    await addInBackground(buyer, "Tide Mug");
    await restore(page);
    await expect(buyer.cartInHeader()).toHaveText(cartText(1));
    await expect(buyer.purchase().getByText(t("stock.heldMore", { more: 8 }))).toBeVisible();

    await page.goto(buyer.address("/no/such/page"));
    await expect(page.getByRole("button", { name: cartName(1), exact: true })).toBeVisible();
    await addInBackground(buyer, "Skerry Plate");
    await restore(page);
    await expect(buyer.cartInHeader()).toHaveText(cartText(2));
  });

  test("when the machine wakes up, and the countdown follows the server", async ({ shopper, setStock }) => {
    await setStock("Tide Mug", 9);
    await setStock("Skerry Plate", 9);
    const buyer = await shopper();
    await buyer.addToCart("Tide Mug", 1);
    await buyer.page.clock.install();
    await buyer.openCart();
    await expect(buyer.page.getByRole("timer")).toBeVisible();
    await addInBackground(buyer, "Skerry Plate");
    // Shorter than the hold, so it is not the end of the countdown that triggers the refresh.
    await buyer.page.clock.fastForward(30_000);
    await expect(buyer.line("Skerry Plate")).toBeVisible();
    await expect(buyer.page.getByRole("timer")).toHaveText(/^(2:00|1:[45]\d)$/);
  });
});
