import type { Page } from "@playwright/test";
import { expect, test } from "./shop";

test(
  "the keyboard alone is enough from the list to the order",
  { tag: "@with-javascript" },
  async ({ shopper, setStock }) => {
    test.setTimeout(90_000);
    await setStock("Skerry Plate", 9);
    const visitor = await shopper();
    const { page } = visitor;
    await page.goto(visitor.address("/"));
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
    await page.keyboard.press("Enter");
    await tabTo(page, "Skerry Plate");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Skerry Plate" })).toBeFocused();

    await tabTo(page, "Add to cart: Skerry Plate");
    await page.keyboard.press("Enter");
    await expect(page.getByText("Skerry Plate is in your cart and held for you.")).toBeAttached();
    await expect(page.getByRole("button", { name: "Add to cart: Skerry Plate" })).toBeFocused();

    await tabTo(page, "Cart 1 unit", "Shift+Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog").getByRole("timer")).toBeVisible();
    await tabTo(page, "Go to the cart");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Your cart" })).toBeFocused();

    await tabTo(page, "Hold for longer");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: "Hold for longer" })).toBeFocused();
    await tabTo(page, "Pay");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: "Decline" })).toBeVisible();
    await tabTo(page, "Pay");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Thank you, your order is paid" })).toBeVisible();
  },
);

/** Presses Tab until the element with this name has the focus, at most 80 times. */
async function tabTo(page: Page, name: string, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(
      () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
    );
    if (focused.trim() === name) return;
  }
  throw new Error(`${name} cannot be reached by keyboard`);
}
