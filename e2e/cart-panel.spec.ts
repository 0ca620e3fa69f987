import { expect, test, type Shopper } from "./shop";

/** Opens the cart panel over the current page. */
async function openPanel(buyer: Shopper) {
  await buyer.page.getByRole("button", { name: /^Cart \d+ units?$/ }).click();
  const panel = buyer.page.getByRole("dialog", { name: "Your cart" });
  await expect(panel).toBeVisible();
  return panel;
}

test("without JavaScript the cart in the header is a link", { tag: "@without-javascript" }, async ({ shopper }) => {
  const visitor = await shopper();
  await visitor.page.goto(visitor.address("/"));
  await visitor.page.getByRole("link", { name: "Cart 0 units" }).click();
  await expect(visitor.page.getByText("Your cart is empty.")).toBeVisible();
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
    await expect(panel.getByText(/Held for you until \d\d:\d\d:\d\d\./)).toBeVisible();
    await expect(panel.getByRole("timer")).toHaveText(/^(2:00|1:[45]\d)$/);
    await expect(panel.getByRole("listitem")).toHaveCount(2);
    await expect(panel.getByRole("region", { name: "Total" })).toContainText("US$90.00");

    await panel.getByRole("button", { name: "Remove Tide Mug" }).click();
    const notice = panel.getByRole("status").filter({ hasText: "Tide Mug was removed, all 2." });
    await expect(notice).toBeFocused();
    await expect(panel.getByRole("region", { name: "Total" })).toContainText("US$34.00");
    await panel.getByRole("button", { name: "Put it back: Tide Mug" }).click();
    await expect(panel.getByRole("listitem", { name: "Tide Mug" })).toContainText("2 × US$28.00");
    await expect(panel.getByText("was removed")).toHaveCount(0);

    await panel.getByRole("button", { name: "Pay", exact: true }).click();
    await expect(buyer.page.getByRole("button", { name: "Decline" })).toBeVisible();
  });

  test("opens and closes by keyboard, traps the focus, and returns it", async ({ shopper, setStock }) => {
    await setStock("Gannet Egg Cup", 9);
    const buyer = await shopper();
    const { page } = buyer;
    await buyer.addOnProductPage("Gannet Egg Cup", 1);
    const opener = page.getByRole("button", { name: "Cart 1 unit" });
    for (const key of ["Enter", "Space"]) {
      await opener.focus();
      await page.keyboard.press(key);
      const panel = page.getByRole("dialog", { name: "Your cart" });
      await expect(panel.getByRole("button", { name: "Remove Gannet Egg Cup" })).toBeVisible();
      await expect(panel.getByRole("button", { name: "Close the cart" })).toBeFocused();
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
    await panel.getByRole("link", { name: "Go to the cart" }).click();
    await expect(buyer.page.getByRole("heading", { level: 1, name: "Your cart" })).toBeFocused();
    await expect(buyer.page.getByRole("dialog")).toHaveCount(0);
    // On the cart page it is a plain link, because the panel would repeat the page.
    await expect(buyer.page.getByRole("link", { name: "Cart 1 unit" })).toBeVisible();
  });

  test("announces an extension with the new deadline", async ({ shopper, setStock }) => {
    await setStock("Gannet Egg Cup", 9);
    const buyer = await shopper();
    await buyer.addOnProductPage("Gannet Egg Cup", 1);
    const panel = await openPanel(buyer);
    const announcement = panel.getByRole("status");
    await expect(announcement).toHaveText(/^Your hold lasts until \d\d:\d\d:\d\d\.$/);
    const before = (await announcement.textContent()) ?? "";
    await expect(panel.getByRole("timer")).toHaveText(/^1:5[0-8]$/);
    await panel.getByRole("button", { name: "Hold for longer" }).click();
    await expect(announcement).not.toHaveText(before);
    await expect(announcement).toHaveText(/^Your hold lasts until/);
  });

  test("says so when it cannot load, and can be retried", async ({ shopper }) => {
    const buyer = await shopper();
    await buyer.page.goto(buyer.address("/"));
    const panel = await openPanel(buyer);
    await expect(panel.getByText("Your cart is empty.")).toBeVisible();
    await buyer.page.keyboard.press("Escape");
    await buyer.page.context().setOffline(true);
    await openPanel(buyer);
    await expect(panel.getByRole("alert")).toContainText("The shop cannot be reached from here right now.");
    await expect(panel.getByText("Looking at what is held for you…")).toHaveCount(0);
    await buyer.page.context().setOffline(false);
    await panel.getByRole("button", { name: "Try again" }).click();
    await expect(panel.getByText("Your cart is empty.")).toBeVisible();
    await expect(panel.getByRole("alert")).toHaveCount(0);
  });

  test("follows another tab, and lapsed lines can be held again", async ({ shopper, setStock }) => {
    await setStock("Dory Butter Dish", 4);
    const buyer = await shopper({ shortHolds: true });
    await buyer.addOnProductPage("Dory Butter Dish", 1);
    const panel = await openPanel(buyer);
    await expect(panel.getByText("Hold expired · still available")).toBeVisible();
    await panel.getByRole("button", { name: "Hold everything again" }).click();
    await expect(panel.getByText("Held for you until")).toBeVisible();

    const tab = await buyer.page.context().newPage();
    await tab.goto(buyer.address("/cart"));
    await tab.getByRole("button", { name: "Clear the cart" }).click();
    await expect(tab.getByText("Your cart is empty.")).toBeVisible();
    await expect(panel.getByText("Your cart is empty.")).toBeVisible();
    await expect(buyer.cartInHeader()).toContainText("Cart 0 units");
  });

  test("shows a refused add next to its form, on the same page", async ({ shopper, setStock }) => {
    await setStock("Foghorn Teapot", 1);
    const buyer = await shopper();
    await buyer.page.route("**/api/availability**", (route) => route.abort());
    await buyer.page.goto(buyer.address("/"));
    const card = buyer.page.getByRole("article", { name: "Foghorn Teapot" });
    await expect(card.getByText("Last one")).toBeVisible();
    await setStock("Foghorn Teapot", 0);
    await card.getByRole("button", { name: "Add to cart: Foghorn Teapot" }).click();
    await expect(card.getByRole("alert")).toContainText(
      "You asked for 1, and none is left for you. There are no more.",
    );
    await expect(buyer.cartInHeader()).toHaveText("Cart 0 units");
  });

  test("loses nothing while offline, and a retry adds once", async ({ shopper, setStock }) => {
    await setStock("Gannet Egg Cup", 9);
    const buyer = await shopper();
    await buyer.addOnProductPage("Gannet Egg Cup");
    await buyer.page.context().setOffline(true);
    const add = buyer.page.getByRole("button", { name: "Add to cart: Gannet Egg Cup" });
    await add.click();
    await expect(buyer.page.getByRole("alert")).toContainText("The shop cannot be reached from here right now.");
    await expect(buyer.page.getByRole("heading", { level: 1, name: "Gannet Egg Cup" })).toBeVisible();
    await buyer.page.context().setOffline(false);
    await add.click();
    await expect(buyer.page.getByRole("alert")).toHaveCount(0);
    await expect(add).toHaveAttribute("aria-busy", "false");
    await expect(buyer.cartInHeader()).toHaveText("Cart 2 units");
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
    await expect(buyer.page.getByRole("button", { name: "Cart 0 units" })).toBeVisible();
    await openPanel(buyer);
    await expect(buyer.page.getByText("Your cart is empty.")).toBeVisible();
    await buyer.page.keyboard.press("Escape");
    await expect(buyer.page.getByRole("dialog")).toHaveCount(0);
    expect(Number((await buyer.page.locator("html").getAttribute("data-shift")) ?? 0)).toBeLessThan(0.02);
  });
});
