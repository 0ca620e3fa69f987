import type { Page } from "@playwright/test";
import { t } from "~/words/words";
import { expect, test } from "./shop";
import { cartName } from "./texts";

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
    await expect(page.getByRole("link", { name: t("shop.skipLink") })).toBeFocused();
    await page.keyboard.press("Enter");
    await tabTo(page, "Skerry Plate");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Skerry Plate" })).toBeFocused();

    await tabTo(page, t("product.addLabel", { name: "Skerry Plate" }));
    await page.keyboard.press("Enter");
    await expect(page.getByText(t("product.added", { name: "Skerry Plate" }))).toBeAttached();
    await expect(page.getByRole("button", { name: t("quantity.more", { name: "Skerry Plate" }) })).toBeFocused();

    await tabTo(page, cartName(1), "Shift+Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog").getByRole("timer")).toBeVisible();
    await tabTo(page, t("nav.viewCart"));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: t("cart.title") })).toBeFocused();

    await tabTo(page, t("hold.extend"));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: t("hold.extend") })).toBeFocused();
    await tabTo(page, t("cart.pay"));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: t("sandboxPayment.decline") })).toBeVisible();
    await tabTo(page, t("sandboxPayment.pay"));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: t("order.paid.title") })).toBeVisible();
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
