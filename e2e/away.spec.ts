import type { Page } from "@playwright/test";
import { expect, test, type Shopper } from "./shop";

/** Adds to the cart of this browser behind the back of its open pages: no page of it is told. */
async function addUnseen(buyer: Shopper, name: string): Promise<void> {
  const { page } = buyer;
  const shown = await page.request.get(buyer.address(`/?q=${encodeURIComponent(name)}`));
  const [, productId = ""] = /name="product_id" value="([^"]+)"/.exec(await shown.text()) ?? [];
  const answer = await page.request.post(buyer.address("/cart"), {
    form: { intent: "add", product_id: productId, quantity: "1" },
  });
  expect(answer.ok()).toBe(true);
}

/** As a browser does when the tab is hidden and shown; headless ones never hide a tab. */
async function turn(page: Page, state: "hidden" | "visible"): Promise<void> {
  await page.evaluate((visibility) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => visibility });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

/** As when the page is left and restored from the back-forward cache, which Playwright turns off. */
async function restore(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  });
}

test.describe("a page that was away shows the truth at once", { tag: "@with-javascript" }, () => {
  test("when its tab is shown again", async ({ shopper, setStock }) => {
    await setStock("Tide Mug", 9);
    await setStock("Skerry Plate", 9);
    const buyer = await shopper();
    await buyer.addToCart("Tide Mug", 1);
    await turn(buyer.page, "hidden");
    await addUnseen(buyer, "Skerry Plate");
    await expect(buyer.line("Skerry Plate")).toHaveCount(0);
    await turn(buyer.page, "visible");
    await expect(buyer.line("Skerry Plate")).toBeVisible();
    await expect(buyer.cartInHeader()).toHaveText("Cart 2 units");
  });

  test("when it comes back from the back-forward cache, with and without products on it", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Tide Mug", 9);
    await setStock("Skerry Plate", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await buyer.openProduct("Tide Mug");
    await expect(page.getByRole("button", { name: "Cart 0 units" })).toBeVisible();
    await addUnseen(buyer, "Tide Mug");
    await restore(page);
    await expect(buyer.cartInHeader()).toHaveText("Cart 1 unit");
    await expect(page.getByText("You are holding 1, and 8 more are left")).toBeVisible();

    await page.goto(buyer.address("/no/such/page"));
    await expect(page.getByRole("button", { name: "Cart 1 unit" })).toBeVisible();
    await addUnseen(buyer, "Skerry Plate");
    await restore(page);
    await expect(buyer.cartInHeader()).toHaveText("Cart 2 units");
  });

  test("when the machine has slept, and the countdown goes on from what the server says", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Tide Mug", 9);
    await setStock("Skerry Plate", 9);
    const buyer = await shopper();
    await buyer.addToCart("Tide Mug", 1);
    await buyer.page.clock.install();
    await buyer.openCart();
    await expect(buyer.page.getByRole("timer")).toBeVisible();
    await addUnseen(buyer, "Skerry Plate");
    // Shorter than the hold: it is not the end of the countdown that makes the page ask.
    await buyer.page.clock.fastForward(30_000);
    await expect(buyer.line("Skerry Plate")).toBeVisible();
    await expect(buyer.page.getByRole("timer")).toHaveText(/^(2:00|1:[45]\d)$/);
  });
});
