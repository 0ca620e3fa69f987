import { site } from "~/words/site";
import { t } from "~/words/words";
import { down, startStandIns } from "../tests/api/stand-ins";
import { freePort, startStore } from "../tests/api/store-process";
import { DESKTOP, expectAccessible, expectNoOverflow, saveScreenshot } from "./accessible";
import { expect, productId, test } from "./shop";
import { cartName, cartText, CLOCK, price, textLike } from "./texts";

test.describe("axe and HTML_CodeSniffer find nothing", { tag: "@with-javascript" }, () => {
  // Each test runs them on several pages, twice each.
  test.describe.configure({ timeout: 150_000 });

  test("on the list, a search and a missing page", async ({ shopper, setStock }) => {
    await setStock("Storm Lantern", 0);
    await setStock("Mooring Trivet", 1);
    const other = await shopper();
    await other.addOnProductPage("Mooring Trivet");
    const visitor = await shopper();
    const { page } = visitor;
    await page.goto(visitor.address("/"));
    await expect(page.getByText(textLike("stock.inOtherCartsUntil", { time: CLOCK }))).toBeVisible();
    await expectAccessible(page, "list");
    await page.goto(visitor.address("/?q=submarine"));
    await expectAccessible(page, "search-without-hit");
    await page.goto(visitor.address("/no/such/page"));
    await expectAccessible(page, "not-found");
  });

  test("on a product in each state, and on the cart panel over it", async ({ shopper, setStock }) => {
    await setStock("Harbour Bowl", 7);
    const buyer = await shopper();
    const { page } = buyer;
    await buyer.openProduct("Harbour Bowl");
    await expectAccessible(page, "product");
    await page.getByRole("button", { name: t("product.addLabel", { name: "Harbour Bowl" }) }).click();
    await page.getByRole("button", { name: cartName(1), exact: true }).click();
    await expect(page.getByRole("dialog").getByRole("timer")).toBeVisible();
    await expectAccessible(page, "cart-panel");
    await page.getByRole("button", { name: t("cart.removeLabel", { name: "Harbour Bowl" }) }).click();
    await expect(page.getByRole("dialog").getByText(t("cart.empty"))).toBeVisible();
    await expectAccessible(page, "cart-panel-removed");
    await page.keyboard.press("Escape");
    await setStock("Harbour Bowl", 0);
    await expect(page.getByText(t("stock.soldOut"))).toBeVisible();
    await expectAccessible(page, "product-sold-out");
  });

  test("on the cart: empty, held, refused and expiring", async ({ shopper, setStock }) => {
    await setStock("Harbour Bowl", 3);
    const buyer = await shopper();
    await buyer.openCart();
    await expectAccessible(buyer.page, "cart-empty");
    await buyer.addToCart("Harbour Bowl", 2);
    await expectAccessible(buyer.page, "cart-held");
    await buyer.setQuantity("Harbour Bowl", 8);
    await expect(buyer.page.getByRole("alert")).toBeVisible();
    await expectAccessible(buyer.page, "cart-refused");
    // Renews the hold: axe may have taken longer than the 20 s that the jump below leaves.
    await buyer.setQuantity("Harbour Bowl", 1);
    await expect(buyer.page.getByRole("alert")).toBeHidden();
    // After a jump of the clock, as after sleep, the page would ask the server.
    await buyer.page.route("**/api/availability**", (route) => route.abort());
    await buyer.page.clock.install();
    await buyer.openCart();
    // The countdown shows once scripts run; a jump before that would not reach it.
    await expect(buyer.page.getByText(/^1:\d\d$/)).toBeVisible();
    await buyer.page.clock.fastForward(100_000);
    await expect(buyer.page.getByText(t("hold.endsSoon"))).toBeVisible();
    await expectAccessible(buyer.page, "cart-ending");
  });

  test("on an expired cart", async ({ shopper, setStock }) => {
    await setStock("Oarsman's Spoon", 9);
    const late = await shopper({ shortHolds: true });
    await late.addToCart("Oarsman's Spoon", 1);
    await expect(late.page.getByRole("button", { name: t("hold.again") })).toBeVisible();
    await expectAccessible(late.page, "cart-ended");
  });

  test("on the list and on a product, held and no longer held", async ({ shopper, setStock }) => {
    const name = "Cormorant Jug";
    await setStock(name, 9);
    const buyer = await shopper();
    await buyer.addOnProductPage(name);
    await expectAccessible(buyer.page, "product-held");
    await buyer.page.goto(buyer.address("/"));
    await expect(buyer.quantityField(name)).toBeVisible();
    await expectAccessible(buyer.page, "list-held");

    const late = await shopper({ shortHolds: true });
    await late.addOnProductPage(name);
    const again = late.page.getByRole("button", { name: t("hold.againLabel", { name }) });
    await expect(again).toBeVisible();
    await expectAccessible(late.page, "product-ended");
    await late.page.goto(late.address("/"));
    await expect(again).toBeVisible();
    await expectAccessible(late.page, "list-ended");
  });

  test("on a cart with a new price, after a removal, and emptied", async ({ shopper, setStock }) => {
    const name = "Lighthouse Pepper Mill";
    await setStock(name, 9);
    await setStock("Gannet Egg Cup", 9);
    const buyer = await shopper();
    await buyer.addToCart(name);
    await buyer.addToCart("Gannet Egg Cup");
    const shown = { currency: "usd", lines: [[productId(name), 1, 4_000]] };
    await buyer.page.goto(buyer.address(`/cart?changed=${encodeURIComponent(JSON.stringify(shown))}`));
    await expect(buyer.page.getByText(t("cart.priceChanged", { before: price(40), price: price(46) }))).toBeVisible();
    await expectAccessible(buyer.page, "cart-new-price");
    await buyer.page.getByRole("button", { name: t("cart.removeLabel", { name }) }).click();
    await expect(buyer.page.getByText(t("cart.removed", { name }))).toBeVisible();
    await expectAccessible(buyer.page, "cart-removed");
    await buyer.page.getByRole("button", { name: t("cart.clear") }).click();
    await expect(buyer.page.getByText(t("cart.removed", { name: "Gannet Egg Cup" }))).toBeVisible();
    await expectAccessible(buyer.page, "cart-emptied");
  });

  test("on an order, and on a cart with an open payment page", async ({ shopper, setStock }) => {
    await setStock("Lighthouse Pepper Mill", 9);
    const buyer = await shopper();
    await buyer.addToCart("Lighthouse Pepper Mill");
    await buyer.goToPayment();
    await buyer.page.getByRole("link", { name: t("sandboxPayment.cancel") }).click();
    await expectAccessible(buyer.page, "cart-payment-open");
    await buyer.page.getByRole("button", { name: t("cart.resumePayment") }).click();
    await buyer.pay();
    await expectAccessible(buyer.page, "order-paid");
    const lines = await buyer.page
      .getByRole("cell", { name: price(46) })
      .first()
      .evaluate((cell) => {
        const text = document.createRange();
        text.selectNodeContents(cell);
        return text.getClientRects().length;
      });
    expect(lines, "a price at 320 px stays on one line").toBe(1);
  });

  test("after a server error, and while offline", async ({ shopper }) => {
    const visitor = await shopper();
    const { page } = visitor;
    await page.route("**/cart.data**", (route) => route.fulfill({ status: 500, body: "broken" }));
    await page.goto(visitor.address("/"));
    await page.getByRole("button", { name: cartName(0), exact: true }).click();
    await page
      .getByRole("dialog")
      .getByRole("link", { name: t("nav.viewCart") })
      .click();
    await expect(page.getByRole("heading", { name: t("error.internal.title") })).toBeVisible();
    await expectAccessible(page, "broken");

    await page.goto(visitor.address("/"));
    await page.context().setOffline(true);
    await page.getByRole("link", { name: site().name }).click();
    await expect(page.getByRole("heading", { name: t("error.offline.title") })).toBeVisible();
    // The error page does not know the cart, so it shows no number.
    await expect(visitor.cartInHeader()).toHaveText(cartText(0));
    await page.context().setOffline(false);
    await expectAccessible(page, "offline");
  });

  test("while the database is unavailable", async ({ page }) => {
    test.setTimeout(180_000);
    const port = await freePort();
    const outside = await startStandIns(port);
    const store = await startStore(outside.env, { port });
    try {
      outside.database.before = down;
      const response = await page.goto(store.url);
      expect(response?.status()).toBe(503);
      await expect(page.getByRole("heading", { name: t("error.unavailable.title") })).toBeVisible();
      await expectAccessible(page, "unavailable");
      outside.database.before = undefined;
      await page.getByRole("link", { name: t("nav.tryAgain") }).click();
      await expect(page.getByRole("article").first()).toBeVisible();
    } finally {
      await store.stop();
      await outside.close();
    }
  });
});

test.describe("visitors", { tag: "@with-javascript" }, () => {
  test("can double the text size without clipping or overflow", async ({ shopper, setStock }) => {
    await setStock("Harbour Bowl", 7);
    const buyer = await shopper();
    const { page } = buyer;
    await page.addInitScript(() =>
      document.addEventListener("DOMContentLoaded", () =>
        document.styleSheets[0]?.insertRule("html { font-size: 200% }"),
      ),
    );
    await page.setViewportSize(DESKTOP);
    await page.goto(buyer.address("/"));
    expect(await page.evaluate(() => getComputedStyle(document.body).fontSize)).toBe("32px");
    await expectNoOverflow(page, "list, large text");
    await buyer.addOnProductPage("Harbour Bowl", 1);
    await expectNoOverflow(page, "product, large text");
    await page.getByRole("button", { name: cartName(1), exact: true }).click();
    await expect(page.getByRole("dialog").getByRole("timer")).toBeVisible();
    await expectNoOverflow(page, "panel, large text");
    await buyer.openCart();
    await expectNoOverflow(page, "cart, large text");
    await saveScreenshot(page, "cart-large-text");
  });

  test("can reduce motion, which others see", async ({ shopper }) => {
    for (const [reducedMotion, moves] of [
      ["reduce", false],
      ["no-preference", true],
    ] as const) {
      const visitor = await shopper();
      const { page } = visitor;
      await page.emulateMedia({ reducedMotion });
      await page.goto(visitor.address("/"));
      await page.evaluate(() => {
        for (const kind of ["animationstart", "transitionrun"])
          document.addEventListener(kind, () => (document.documentElement.dataset.moved = kind));
      });
      await page.getByRole("button", { name: cartName(0), exact: true }).click();
      await expect(page.getByText(t("cart.empty"))).toBeVisible();
      await page.getByRole("button", { name: t("cart.closeLabel") }).hover();
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: "Tide Mug", exact: true }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Tide Mug" })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.dataset.moved !== undefined), reducedMotion).toBe(
        moves,
      );
    }
  });

  test("can force colours: controls keep their outlines, states their marks, and the focus is visible", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Harbour Bowl", 1);
    await setStock("Storm Lantern", 0);
    const buyer = await shopper();
    const { page } = buyer;
    await page.emulateMedia({ forcedColors: "active" });
    await page.goto(buyer.address("/"));
    await saveScreenshot(page, "forced-colours-list");
    await buyer.addOnProductPage("Harbour Bowl", 1);
    await page.getByRole("button", { name: cartName(1), exact: true }).click();
    const panel = page.getByRole("dialog");
    await expect(panel.getByRole("timer")).toBeVisible();
    await saveScreenshot(page, "forced-colours-panel");
    // The focus ring only shows after keyboard use.
    await page.keyboard.press("Tab");
    for (const control of [
      panel.getByRole("button", { name: t("cart.pay"), exact: true }),
      panel.getByRole("button", { name: t("cart.removeLabel", { name: "Harbour Bowl" }) }),
    ]) {
      await control.focus();
      expect(
        await control.evaluate((element) => {
          const { borderStyle, borderColor, backgroundColor, outlineStyle } = getComputedStyle(element);
          return { borderStyle, isVisible: borderColor !== backgroundColor, outlineStyle };
        }),
      ).toEqual({ borderStyle: "solid", isVisible: true, outlineStyle: "solid" });
    }
    await buyer.openCart();
    await saveScreenshot(page, "forced-colours-cart");
    expect(
      await page
        .locator(".stock")
        .first()
        .evaluate((words) => getComputedStyle(words, "::before").content),
    ).toContain("✓");
  });
});
