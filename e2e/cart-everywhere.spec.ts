import type { Locator, Page } from "@playwright/test";
import { durationText } from "~/components/shop/duration-text";
import { t } from "~/words/words";
import { expect, productId, test, type Shopper } from "./shop";
import { cartText, price, textLike } from "./texts";

const TIME = /\d:\d\d/;

/** The cart's time and its button, in the header. */
function headerOf(buyer: Shopper): Locator {
  return buyer.page.getByRole("navigation", { name: t("nav.cart"), exact: true });
}

test.describe("the cart's time", { tag: "@with-javascript" }, () => {
  test("is in the header and the tab's title of every page, and stays on screen", async ({ shopper, setStock }) => {
    await setStock("Tide Mug", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await buyer.addOnProductPage("Tide Mug");
    for (const path of ["/", `/products/${productId("Skerry Plate")}`, "/cart", "/no/such/page"]) {
      await page.goto(buyer.address(path));
      await expect(headerOf(buyer)).toContainText(/1:[45]\d/);
      await expect(page).toHaveTitle(/^1:[45]\d · ./);
    }
    await page.setViewportSize({ width: 390, height: 600 });
    await page.goto(buyer.address("/"));
    await page.evaluate(() => window.scrollTo(0, 1_000));
    await expect(headerOf(buyer)).toBeInViewport();
    await page.getByRole("link", { name: "Tide Mug", exact: true }).click();
    await expect(page).toHaveTitle(/^1:[345]\d · Tide Mug/);
  });

  test("turns amber at 30 s, is announced, and can be kept with one click on the same page", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Tide Mug", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await buyer.addOnProductPage("Tide Mug");
    await page.route("**/api/availability**", (route) => route.abort());
    await page.clock.install();
    await page.goto(buyer.address("/"));
    await expect(headerOf(buyer)).toContainText(TIME);
    await page.clock.fastForward(62_000);
    await expect(buyer.announced()).toHaveText(t("hold.announceMinute"));
    await expect(headerOf(buyer).getByRole("button", { name: t("hold.extend") })).toHaveCount(0);
    await page.clock.fastForward(30_000);
    await expect(buyer.announced()).toHaveText(t("hold.announceSecondsExtend"));
    await headerOf(buyer)
      .getByRole("button", { name: t("hold.extend") })
      .click();
    await expect(headerOf(buyer)).toContainText(/2:00|1:5\d/);
    await expect(buyer.announced()).toHaveText(textLike("hold.announceUntil", { time: /.+/ }));
    expect(new URL(page.url()).pathname).toBe("/");
  });

  test("ends aloud on a page without the product, where one click reserves it again", async ({ shopper, setStock }) => {
    await setStock("Dory Butter Dish", 4);
    const buyer = await shopper({ shortHolds: true });
    const { page } = buyer;
    await buyer.addOnProductPage("Dory Butter Dish");
    await page.goto(buyer.address(`/products/${productId("Tide Mug")}`));
    await expect(headerOf(buyer)).toContainText(t("hold.ended"));
    await expect(buyer.announced()).toHaveText(t("hold.announceEnded"));
    await expect(page).toHaveTitle(new RegExp(`^${t("hold.ended")} · `));
    await headerOf(buyer)
      .getByRole("button", { name: t("hold.again"), exact: true })
      .click();
    await expect(headerOf(buyer)).toContainText(/0:0\d/);
    await expect(buyer.cartInHeader()).toHaveText(cartText(1));
  });

  test("says why a cart cannot be reserved again", async ({ shopper, setStock }) => {
    await setStock("Dory Butter Dish", 1);
    const buyer = await shopper({ shortHolds: true });
    const { page } = buyer;
    await buyer.addOnProductPage("Dory Butter Dish");
    await page.goto(buyer.address("/"));
    await expect(headerOf(buyer)).toContainText(t("hold.ended"));
    await setStock("Dory Butter Dish", 0);
    await headerOf(buyer)
      .getByRole("button", { name: t("hold.again"), exact: true })
      .click();
    await expect(headerOf(buyer).getByRole("alert")).toContainText(t("failure.refused"));
    await page.getByRole("link", { name: "Tide Mug", exact: true }).click();
    await expect(headerOf(buyer).getByRole("alert")).toHaveCount(0);
  });

  test("is right in another tab, whatever changes there", async ({ shopper, setStock }) => {
    await setStock("Dory Butter Dish", 4);
    const buyer = await shopper({ shortHolds: true });
    await buyer.addOnProductPage("Dory Butter Dish");
    await buyer.page.goto(buyer.address("/"));
    await expect(headerOf(buyer)).toContainText(t("hold.ended"));
    const tab = await buyer.page.context().newPage();
    await tab.goto(buyer.address("/cart"));
    // It has as many units before as after.
    await tab.getByRole("button", { name: t("hold.again"), exact: true }).click();
    await expect(headerOf(buyer)).not.toContainText(t("hold.ended"));
    await expect(headerOf(buyer)).toContainText(t("hold.ended"));
    await tab.getByRole("button", { name: t("cart.clear") }).click();
    await expect(buyer.cartInHeader()).toHaveText(cartText(0));
    await expect(headerOf(buyer)).not.toContainText(t("hold.ended"));
  });

  test("is over in another tab once the order is paid", async ({ shopper, setStock }) => {
    await setStock("Dory Butter Dish", 4);
    const buyer = await shopper();
    await buyer.addToCart("Dory Butter Dish");
    const tab = await buyer.page.context().newPage();
    // A page that follows no products.
    await tab.goto(buyer.address("/no/such/page"));
    const time = tab.getByRole("navigation", { name: t("nav.cart"), exact: true }).getByText(TIME);
    await expect(time).toBeVisible();
    await buyer.goToPayment();
    await buyer.pay();
    await expect(time).toHaveCount(0);
  });

  test("gets through over a slow connection, however often other tabs change the cart", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Tide Mug", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await page.goto(buyer.address("/"));
    await page.request.post(buyer.address("/cart"), {
      form: { intent: "add", product_id: productId("Tide Mug"), quantity: "1" },
    });
    // Live stock would notice the item by itself.
    await page.route("**/api/availability**", (route) => route.abort());
    await page.route("**/cart/panel.data**", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await route.continue();
    });
    const tab = await page.context().newPage();
    await tab.goto(buyer.address("/robots.txt"));
    await tab.evaluate(() => {
      const channel = new BroadcastChannel("cart");
      setInterval(() => channel.postMessage({ lines: "another cart", heldUntil: null }), 300);
    });
    await expect(buyer.cartInHeader()).toHaveText(cartText(1));
  });

  test("has a bar at the bottom of a phone, with the total and the checkout", async ({ shopper, setStock }) => {
    await setStock("Tide Mug", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await page.setViewportSize({ width: 320, height: 568 });
    await buyer.addOnProductPage("Tide Mug");
    const bar = page.getByRole("complementary", { name: t("cart.title") });
    await expect(bar).toBeInViewport({ ratio: 1 });
    await expect(bar).toContainText(TIME);
    await expect(bar).toContainText(price(28));
    await page.evaluate(() => window.scrollTo(0, 10_000));
    await expect(bar).toBeInViewport({ ratio: 1 });
    await bar.getByRole("button", { name: t("cart.pay") }).click();
    await expect(page.getByRole("button", { name: t("sandboxPayment.decline") })).toBeVisible();
  });
});

test.describe("adding", { tag: "@with-javascript" }, () => {
  test("counts as held once the server has granted it, then leaves a stepper, at the same height", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Tide Mug", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await page.goto(buyer.address("/"));
    const card = page.getByRole("article", { name: "Tide Mug" });
    await expect(card.getByText(t("shop.promise", { duration: durationText(120_000) }))).toBeVisible();
    const height = await heightOf(card);
    let answer = (): void => undefined;
    await page.route("**/cart/panel**", async (route) => {
      await new Promise<void>((resolve) => (answer = resolve));
      await route.continue();
    });
    await card.getByRole("button", { name: t("product.addLabel", { name: "Tide Mug" }) }).press("Enter");
    await expect(card.getByRole("button", { name: t("hold.reserving") })).toBeVisible();
    await expect(buyer.cartInHeader()).toHaveText(cartText(0));
    expect(await heightOf(card)).toBeCloseTo(height, 0);
    await recordTexts(card.locator(".button"));
    answer();
    await expect(buyer.cartInHeader()).toHaveText(cartText(1));
    await expect(card.getByRole("button", { name: t("quantity.more", { name: "Tide Mug" }) })).toBeFocused();
    await expect(card.getByText(textLike("hold.heldFor", { time: TIME }))).toBeVisible();
    expect(await heightOf(card)).toBeCloseTo(height, 0);
    const [first, ...others] = await recordedTexts(page);
    expect(first).toMatch(textLike("hold.heldFor", { time: TIME }));
    for (const text of others) expect(text).toMatch(textLike("hold.heldFor", { time: TIME }));
  });

  test("says nothing at the next product's page", async ({ shopper, setStock }) => {
    await setStock("Tide Mug", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await buyer.openProduct("Tide Mug");
    const next = page
      .getByRole("region", { name: t("product.more") })
      .getByRole("link")
      .first();
    const name = (await next.textContent()) ?? "";
    await page.getByRole("button", { name: t("product.addLabel", { name: "Tide Mug" }) }).click();
    await expect(page.locator("[data-confirmed]")).toBeVisible();
    await next.click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(page.locator("[data-confirmed]")).toHaveCount(0, { timeout: 100 });
  });

  test("makes the way to the checkout the strong button", async ({ shopper, setStock }) => {
    await setStock("Tide Mug", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await buyer.addOnProductPage("Tide Mug", 2);
    const purchase = page.getByRole("region", { name: t("product.purchase") });
    await expect(purchase.getByRole("button", { name: t("product.addLabel", { name: "Tide Mug" }) })).toHaveCount(0);
    await expect(purchase.locator(".button:not(.quiet):visible")).toHaveText([t("cart.pay")]);
    await purchase.getByRole("button", { name: t("cart.pay") }).click();
    await expect(page.getByRole("button", { name: t("sandboxPayment.decline") })).toBeVisible();
  });

  test("tells a product that is no longer held, and reserves it again in place", async ({ shopper, setStock }) => {
    await setStock("Dory Butter Dish", 4);
    const buyer = await shopper({ shortHolds: true });
    const { page } = buyer;
    await buyer.addOnProductPage("Dory Butter Dish", 2);
    await expect(page.getByText(t("stock.lapsed"))).toBeVisible();
    await page.getByRole("button", { name: t("hold.againLabel", { name: "Dory Butter Dish" }) }).click();
    await expect(page.getByText(textLike("hold.heldFor", { time: TIME })).first()).toBeVisible();
    await expect(page.getByRole("spinbutton", { name: t("quantity.label", { name: "Dory Butter Dish" }) })).toHaveValue(
      "2",
    );
  });
});

test(
  "without JavaScript a hold that ended elsewhere is said on every page, and can be renewed from there",
  { tag: "@without-javascript" },
  async ({ shopper, setStock }) => {
    await setStock("Dory Butter Dish", 4);
    const buyer = await shopper({ shortHolds: true });
    const { page } = buyer;
    await buyer.addOnProductPage("Dory Butter Dish");
    await expect(async () => {
      await page.goto(buyer.address("/"));
      await expect(headerOf(buyer)).toContainText(t("hold.ended"), { timeout: 500 });
    }).toPass({ timeout: 15_000 });
    await headerOf(buyer)
      .getByRole("button", { name: t("hold.again"), exact: true })
      .click();
    await expect(buyer.heldUntil()).toBeVisible();
  },
);

/** Records what this element says from now on; a poll could miss what is shown briefly. */
async function recordTexts(locator: Locator): Promise<void> {
  await locator.evaluate((element) => {
    const texts: string[] = [];
    Object.assign(window, { texts });
    new MutationObserver(() => texts.push(element.textContent ?? "")).observe(element, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });
}

function recordedTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { texts: string[] }).texts);
}

async function heightOf(locator: Locator): Promise<number> {
  return (await locator.boundingBox())?.height ?? 0;
}
