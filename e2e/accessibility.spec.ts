import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./shop";

const VIEWS = [
  { scheme: "light", size: { width: 1280, height: 900 }, device: "desktop" },
  { scheme: "dark", size: { width: 390, height: 844 }, device: "phone" },
  { scheme: "light", size: { width: 390, height: 844 }, device: "phone" },
  { scheme: "dark", size: { width: 1280, height: 900 }, device: "desktop" },
] as const;

/** No finding in light and dark, on a desktop and on a phone; nothing sticks out at 320 px; pictures are kept to look at. */
async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const { scheme, size, device } of VIEWS) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(size);
    await page.screenshot({ path: `test-results/screens/${name}-${scheme}-${device}.png`, fullPage: true, animations: "disabled" });
    if ((scheme === "light") !== (device === "desktop")) continue;
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), `${name} in ${scheme} on a ${device}`).toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sticksOut, `${name} at 320 px`).toBeLessThanOrEqual(0);
}

// axe runs inside the page.
test.describe("axe finds nothing", { tag: "@with-javascript" }, () => {
  test("on the list, a search, and what is not there", async ({ shopper, setStock }) => {
    await setStock("Storm Lantern", 0);
    await setStock("Mooring Trivet", 1);
    const other = await shopper();
    await other.addToCart("Mooring Trivet");
    const visitor = await shopper();
    const { page } = visitor;
    await page.goto(visitor.address("/"));
    await expect(page.getByText(/All held in other carts/)).toBeVisible();
    await expectAccessible(page, "list");
    await page.goto(visitor.address("/?q=submarine"));
    await expectAccessible(page, "search-without-hit");
    await page.goto(visitor.address("/no/such/page"));
    await expectAccessible(page, "not-found");
  });

  test("on a product in each of its states", async ({ shopper, setStock }) => {
    await setStock("Harbour Bowl", 7);
    const buyer = await shopper();
    await buyer.openProduct("Harbour Bowl");
    await expectAccessible(buyer.page, "product");
    await setStock("Harbour Bowl", 0);
    await expect(buyer.page.getByText("Sold out")).toBeVisible();
    await expectAccessible(buyer.page, "product-sold-out");
  });

  test("on the cart, empty, held, refused, ending and ended", async ({ shopper, setStock }) => {
    await setStock("Harbour Bowl", 3);
    await setStock("Oarsman's Spoon", 9);
    const buyer = await shopper();
    await buyer.openCart();
    await expectAccessible(buyer.page, "cart-empty");
    await buyer.addToCart("Harbour Bowl", 2);
    await buyer.addToCart("Oarsman's Spoon", 1);
    await expectAccessible(buyer.page, "cart-held");
    await buyer.setQuantity("Harbour Bowl", 8);
    await expect(buyer.page.getByRole("alert")).toBeVisible();
    await expectAccessible(buyer.page, "cart-refused");
    await buyer.page.clock.install();
    await buyer.openCart();
    await buyer.page.clock.fastForward(100_000);
    await expect(buyer.page.getByText("That is soon.")).toBeVisible();
    await expectAccessible(buyer.page, "cart-ending");

    const late = await shopper({ shortHolds: true });
    await late.addToCart("Oarsman's Spoon", 1);
    await expect(late.page.getByRole("button", { name: "Hold everything again" })).toBeVisible();
    await expectAccessible(late.page, "cart-ended");
  });

  test("on an order, and on a cart whose payment page is open", async ({ shopper, setStock }) => {
    await setStock("Lighthouse Pepper Mill", 9);
    const buyer = await shopper();
    await buyer.addToCart("Lighthouse Pepper Mill");
    await buyer.goToPayment();
    await buyer.page.getByRole("link", { name: "Cancel" }).click();
    await expectAccessible(buyer.page, "cart-payment-open");
    await buyer.page.getByRole("button", { name: "Continue to payment" }).click();
    await buyer.pay();
    await expectAccessible(buyer.page, "order-paid");
  });
});

test("the whole way to the payment page can be gone by keyboard", { tag: "@with-javascript" }, async ({ shopper, setStock }) => {
  await setStock("Skerry Plate", 9);
  const visitor = await shopper();
  const { page } = visitor;
  await page.goto(visitor.address("/"));
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, "Skerry Plate");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Skerry Plate" })).toBeVisible();
  await tabTo(page, "Add to cart: Skerry Plate");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Held for you until")).toBeVisible();
  await tabTo(page, "Pay");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Decline" })).toBeVisible();
});

/** Presses Tab until what has this name has the focus; a person would give up after so many. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");
    if (focused.trim() === name) return;
  }
  throw new Error(`${name} cannot be reached by keyboard`);
}
