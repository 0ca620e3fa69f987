import { t } from "~/words/words";
import { expect, test, type Shopper } from "./shop";
import { cartName, cartText, CLOCK, price, textLike } from "./texts";

/** Opens the cart panel over the current page. */
async function openPanel(buyer: Shopper) {
  await buyer.cartInHeader().click();
  const panel = buyer.page.getByRole("dialog", { name: t("cart.title") });
  await expect(panel).toBeVisible();
  return panel;
}

test("without JavaScript the cart in the header is a link", { tag: "@without-javascript" }, async ({ shopper }) => {
  const visitor = await shopper();
  await visitor.page.goto(visitor.address("/"));
  await visitor.page.getByRole("link", { name: cartName(0), exact: true }).click();
  await expect(visitor.page.getByText(t("cart.empty"))).toBeVisible();
});

test.describe("the cart panel", { tag: "@with-javascript" }, () => {
  test("shows the items and the deadline, undoes a removal, and leads to payment", async ({ shopper, setStock }) => {
    await setStock("Tide Mug", 8);
    await setStock("Skerry Plate", 9);
    const buyer = await shopper();
    await buyer.addOnProductPage("Skerry Plate", 1);
    await buyer.addOnProductPage("Tide Mug", 2);
    await expect(buyer.page.getByRole("dialog")).toHaveCount(0);
    const panel = await openPanel(buyer);
    await expect(panel.getByText(textLike("hold.until", { time: CLOCK }))).toBeVisible();
    await expect(panel.getByRole("timer")).toHaveText(/^(2:00|1:[45]\d)$/);
    await expect(panel.getByRole("listitem")).toHaveCount(2);
    await expect(panel.getByRole("region", { name: t("cart.total") })).toContainText(price(90));

    await panel.getByRole("button", { name: t("cart.removeLabel", { name: "Tide Mug" }) }).click();
    const notice = panel
      .getByRole("status")
      .filter({ hasText: t("cart.removedSeveral", { quantity: 2, name: "Tide Mug" }) });
    await expect(notice).toBeFocused();
    await expect(panel.getByRole("region", { name: t("cart.total") })).toContainText(price(34));
    await panel.getByRole("button", { name: t("cart.undoLabel", { name: "Tide Mug" }) }).click();
    const line = panel.getByRole("listitem", { name: "Tide Mug" });
    await expect(line.getByRole("spinbutton")).toHaveValue("2");
    await expect(panel.getByText(t("cart.removedSeveral", { quantity: 2, name: "Tide Mug" }))).toHaveCount(0);
    await line.getByRole("button", { name: t("quantity.more", { name: "Tide Mug" }) }).click();
    await expect(panel.getByRole("region", { name: t("cart.total") })).toContainText(price(118));

    await panel.getByRole("button", { name: t("cart.pay"), exact: true }).click();
    await expect(buyer.page.getByRole("button", { name: t("sandboxPayment.decline") })).toBeVisible();
  });

  test("opens and closes by keyboard, traps the focus, and returns it", async ({ shopper, setStock }) => {
    await setStock("Gannet Egg Cup", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await buyer.addOnProductPage("Gannet Egg Cup", 1);
    const opener = page.getByRole("button", { name: cartName(1), exact: true });
    for (const key of ["Enter", "Space"]) {
      await opener.focus();
      await page.keyboard.press(key);
      const panel = page.getByRole("dialog", { name: t("cart.title") });
      await expect(
        panel.getByRole("button", { name: t("cart.removeLabel", { name: "Gannet Egg Cup" }) }),
      ).toBeVisible();
      await expect(panel.getByRole("button", { name: t("cart.closeLabel") })).toBeFocused();
      const stops = await page.evaluate(() => document.querySelectorAll("dialog a, dialog button").length);
      for (let presses = 0; presses < stops + 2; presses += 1) {
        await page.keyboard.press("Tab");
        // Tabbing also visits the browser's own controls.
        expect(
          await page.evaluate(
            () => document.activeElement === document.body || document.activeElement?.closest("dialog") !== null,
          ),
        ).toBe(true);
      }
      await page.keyboard.press("Escape");
      await expect(panel).toHaveCount(0);
      await expect(opener).toBeFocused();
    }
  });

  test("links to the cart page, whose heading then has the focus", async ({ shopper, setStock }) => {
    await setStock("Gannet Egg Cup", 9);
    const buyer = await shopper();
    await buyer.addOnProductPage("Gannet Egg Cup", 1);
    const panel = await openPanel(buyer);
    await panel.getByRole("link", { name: t("nav.viewCart") }).click();
    await expect(buyer.page.getByRole("heading", { level: 1, name: t("cart.title") })).toBeFocused();
    await expect(buyer.page.getByRole("dialog")).toHaveCount(0);
    // On the cart page it is a plain link, because the panel would repeat the page.
    await expect(buyer.page.getByRole("link", { name: cartName(1), exact: true })).toBeVisible();
  });

  test("announces an extension with the new deadline", async ({ shopper, setStock }) => {
    await setStock("Gannet Egg Cup", 9);
    const buyer = await shopper();
    await buyer.addOnProductPage("Gannet Egg Cup", 1);
    const panel = await openPanel(buyer);
    const announcement = panel.locator("[aria-live='polite']");
    await expect(panel.getByRole("timer")).toHaveText(/^1:5[0-8]$/);
    await panel.getByRole("button", { name: t("hold.extend") }).click();
    await expect(announcement).toHaveText(textLike("hold.announceUntil", { time: CLOCK }));
  });

  test("says so when it cannot load, and can be retried", async ({ shopper }) => {
    const buyer = await shopper();
    await buyer.page.goto(buyer.address("/"));
    const panel = await openPanel(buyer);
    await expect(panel.getByText(t("cart.empty"))).toBeVisible();
    await buyer.page.keyboard.press("Escape");
    await buyer.page.context().setOffline(true);
    await openPanel(buyer);
    await expect(panel.getByRole("alert")).toContainText(t("failure.offline"));
    await expect(panel.getByText(t("cart.loading"))).toHaveCount(0);
    await buyer.page.context().setOffline(false);
    await panel.getByRole("button", { name: t("nav.tryAgain") }).click();
    await expect(panel.getByText(t("cart.empty"))).toBeVisible();
    await expect(panel.getByRole("alert")).toHaveCount(0);
  });

  test("follows another tab, and lapsed lines can be held again", async ({ shopper, setStock }) => {
    await setStock("Dory Butter Dish", 4);
    const buyer = await shopper({ shortHolds: true });
    await buyer.addOnProductPage("Dory Butter Dish", 1);
    const panel = await openPanel(buyer);
    await expect(panel.getByText(t("stock.lapsed"))).toBeVisible();
    await panel.getByRole("button", { name: t("hold.again") }).click();
    await expect(buyer.heldUntil()).toBeVisible();

    const tab = await buyer.page.context().newPage();
    await tab.goto(buyer.address("/cart"));
    await tab.getByRole("button", { name: t("cart.clear") }).click();
    await expect(tab.getByText(t("cart.empty"))).toBeVisible();
    await expect(panel.getByText(t("cart.empty"))).toBeVisible();
    await expect(buyer.cartInHeader()).toHaveText(cartText(0));
  });

  test("shows the end of a hold and what another tab does, also over a slow connection", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Dory Butter Dish", 4);
    const buyer = await shopper({ shortHolds: true });
    await buyer.addOnProductPage("Dory Butter Dish", 1);
    const panel = await openPanel(buyer);
    await expect(buyer.heldUntil()).toBeVisible();
    // Longer than the first retries at the end of a hold, each of which aborts the request before it.
    await buyer.page.route("**/*.data**", (route) =>
      setTimeout(() => void route.continue().catch(() => undefined), 1_500),
    );
    await expect(panel.getByText(t("stock.lapsed"))).toBeVisible();

    const tab = await buyer.page.context().newPage();
    await tab.goto(buyer.address("/cart"));
    await tab.getByRole("button", { name: t("cart.clear") }).click();
    await expect(tab.getByText(t("cart.empty"))).toBeVisible();
    await expect(panel.getByText(t("cart.empty"))).toBeVisible();
    await expect(buyer.cartInHeader()).toHaveText(cartText(0));
  });

  test("shows a refused add next to its form, on the same page", async ({ shopper, setStock }) => {
    await setStock("Foghorn Teapot", 1);
    const buyer = await shopper();
    await buyer.page.route("**/api/availability**", (route) => route.abort());
    await buyer.page.goto(buyer.address("/"));
    const card = buyer.page.getByRole("article", { name: "Foghorn Teapot" });
    await expect(card.getByText(t("stock.lastOne"))).toBeVisible();
    await setStock("Foghorn Teapot", 0);
    await card.getByRole("button", { name: t("product.addLabel", { name: "Foghorn Teapot" }) }).click();
    await expect(card.getByRole("alert")).toContainText(t("stock.soldOut"));
    await expect(buyer.cartInHeader()).toHaveText(cartText(0));
  });

  test("keeps the page if the connection is gone at the first change, and the alert goes when it is back", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Gannet Egg Cup", 9);
    const buyer = await shopper();
    const changes = buyer.page.waitForResponse(/cart_\.panel/);
    await buyer.openProduct("Gannet Egg Cup");
    await (await changes).finished();
    await buyer.page.context().setOffline(true);
    await buyer.page.getByRole("button", { name: t("product.addLabel", { name: "Gannet Egg Cup" }) }).click();
    await expect(buyer.page.getByRole("alert")).toContainText(t("failure.offline"));
    await expect(buyer.page.getByRole("heading", { level: 1, name: "Gannet Egg Cup" })).toBeVisible();
    await buyer.page.context().setOffline(false);
    await expect(buyer.page.getByRole("alert")).toHaveCount(0);
  });

  test("loses nothing while offline, and a retry adds once", async ({ shopper, setStock }) => {
    await setStock("Gannet Egg Cup", 9);
    const buyer = await shopper();
    await buyer.openProduct("Gannet Egg Cup");
    await buyer.page.context().setOffline(true);
    const add = buyer.page.getByRole("button", { name: t("product.addLabel", { name: "Gannet Egg Cup" }) });
    await add.click();
    await expect(buyer.page.getByRole("alert")).toContainText(t("failure.offline"));
    await expect(buyer.page.getByRole("heading", { level: 1, name: "Gannet Egg Cup" })).toBeVisible();
    await buyer.page.context().setOffline(false);
    await add.click();
    await expect(buyer.page.getByRole("alert")).toHaveCount(0);
    await expect(buyer.cartInHeader()).toHaveText(cartText(1));
  });

  test("shifts no layout when it opens or a number changes", async ({ shopper, setStock }) => {
    await setStock("Harbour Bowl", 9);
    const buyer = await shopper();
    await buyer.page.addInitScript(() => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          if ("value" in entry)
            document.documentElement.dataset.shift = String(
              Number(document.documentElement.dataset.shift ?? 0) + Number(entry.value),
            );
      }).observe({ type: "layout-shift", buffered: true });
    });
    await buyer.page.goto(buyer.address("/"));
    await expect(buyer.page.getByRole("button", { name: cartName(0), exact: true })).toBeVisible();
    await openPanel(buyer);
    await expect(buyer.page.getByText(t("cart.empty"))).toBeVisible();
    await buyer.page.keyboard.press("Escape");
    await expect(buyer.page.getByRole("dialog")).toHaveCount(0);
    expect(Number((await buyer.page.locator("html").getAttribute("data-shift")) ?? 0)).toBeLessThan(0.02);
  });
});
