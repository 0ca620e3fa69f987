import { pageTitle } from "~/components/page-title";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { expect, test } from "./shop";
import { cartName } from "./texts";

test.describe("the focus", { tag: "@with-javascript" }, () => {
  test("moves to the heading of a new page, whose title is announced; going back restores the scroll position", async ({
    shopper,
  }) => {
    const visitor = await shopper();
    const { page } = visitor;
    await page.goto(visitor.address("/"));
    const link = page.getByRole("link", { name: "Storm Lantern", exact: true });
    await link.scrollIntoViewIfNeeded();
    const scrolled = await page.evaluate(() => window.scrollY);
    expect(scrolled).toBeGreaterThan(100);
    await link.click();
    await expect(page.getByRole("heading", { level: 1, name: "Storm Lantern" })).toBeFocused();
    await expect(page.getByText(pageTitle("Storm Lantern"))).toBeAttached();
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    await page.goBack();
    await expect(page.getByRole("heading", { level: 1, name: site().tagline ?? "" })).toBeFocused();
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(scrolled);
  });

  test("moves to the heading after a search, but not on the first page load", async ({ shopper }) => {
    const visitor = await shopper();
    const { page } = visitor;
    await page.goto(visitor.address("/"));
    await expect(page.getByRole("button", { name: cartName(0), exact: true })).toBeVisible();
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
    await page.getByRole("searchbox", { name: t("nav.searchFor") }).fill("gannet");
    await page.keyboard.press("Enter");
    await expect(
      page.getByRole("heading", { level: 1, name: t("products.searchTitle", { search: "gannet" }) }),
    ).toBeFocused();
  });

  test("stays in place when a form on the same page responds or the page revalidates", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Pebble Salt Cellar", 6);
    const buyer = await shopper();
    await buyer.addToCart("Pebble Salt Cellar", 1);
    const { page } = buyer;
    const quantity = buyer.quantityField("Pebble Salt Cellar");
    await page.getByRole("button", { name: t("hold.extend") }).click();
    await expect(page.getByRole("button", { name: t("hold.extend") })).toBeFocused();
    await buyer.setQuantity("Pebble Salt Cellar", 2);
    await expect(page.getByText(t("cart.updated", { name: "Pebble Salt Cellar", quantity: 2 }))).toBeAttached();
    await expect(quantity).toBeFocused();
    await quantity.fill("1");
    await quantity.press("Enter");
    await expect(page.getByText(t("cart.updated", { name: "Pebble Salt Cellar", quantity: 1 }))).toBeAttached();
    await expect(quantity).toBeFocused();
    await buyer.setQuantity("Pebble Salt Cellar", 9);
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(quantity).toBeFocused();
    await quantity.focus();
    await setStock("Pebble Salt Cellar", 1);
    await expect(
      page.getByRole("button", { name: t("quantity.more", { name: "Pebble Salt Cellar" }) }),
    ).toHaveAttribute("aria-disabled", "true");
    await expect(quantity).toBeFocused();
  });

  test("moves to the nearest remaining element when its element disappears", async ({ shopper, setStock }) => {
    await setStock("Foghorn Teapot", 1);
    await setStock("Tide Mug", 5);
    const buyer = await shopper();
    const { page } = buyer;
    await page.goto(buyer.address("/"));
    await page.getByRole("button", { name: t("product.addLabel", { name: "Foghorn Teapot" }) }).click();
    await expect(page.getByRole("button", { name: t("quantity.more", { name: "Foghorn Teapot" }) })).toBeFocused();
    await page.getByRole("button", { name: t("quantity.less", { name: "Foghorn Teapot" }) }).click();
    // It was the only one, so the stepper is gone.
    await expect(page.getByRole("link", { name: "Foghorn Teapot", exact: true })).toBeFocused();

    await buyer.addToCart("Tide Mug", 1);
    await page.getByRole("button", { name: t("cart.clear") }).click();
    await expect(page.getByText(t("cart.empty"))).toBeVisible();
    // Undo is the next stop.
    await expect(page.getByRole("status").filter({ hasText: t("cart.removed", { name: "Tide Mug" }) })).toBeFocused();
  });

  test("is not moved when an element without it disappears", async ({ shopper, setStock }) => {
    await setStock("Cormorant Jug", 1);
    const other = await shopper();
    const visitor = await shopper();
    const { page } = visitor;
    await page.goto(visitor.address("/"));
    const add = page.getByRole("button", { name: t("product.addLabel", { name: "Cormorant Jug" }) });
    await add.focus();
    await page.getByRole("heading", { level: 1 }).click();
    await other.addOnProductPage("Cormorant Jug");
    await expect(add).toHaveCount(0);
    expect(await page.evaluate(() => document.activeElement?.closest("article") ?? null)).toBeNull();
  });
});
