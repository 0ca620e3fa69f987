import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { t } from "~/words/words";
import { expect, test, type Shopper } from "./shop";

// Orders and low stock on the page are some seconds old, and several tests wait for them.
test.describe.configure({ timeout: 120_000 });

/** The operator's page. Open in the sandbox, which has no ADMIN_TOKEN; `tests/http/admin.test.ts` covers signing in. */
class AdminPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`/admin${query}`);
    await expect(this.page.getByRole("heading", { level: 1, name: /admin$/ })).toBeVisible();
  }

  panel(name: string): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  /** The cart that holds this product. */
  cart(product: string): Locator {
    return this.panel("Carts")
      .getByRole("listitem", { name: /^Cart / })
      .filter({ hasText: product });
  }

  product(name: string): Locator {
    return this.panel("Products").getByRole("listitem", { name, exact: true });
  }

  order(checkoutId: string): Locator {
    return this.panel("Recent orders").getByRole("listitem", {
      name: `Order ${checkoutId.slice(-8).toUpperCase()}`,
      exact: true,
    });
  }

  async expectResult(text: string | RegExp): Promise<void> {
    await expect(this.page.getByRole("status").filter({ hasText: text })).toBeVisible();
  }

  /** Reloads the page until the element is visible. */
  async waitFor(element: () => Locator): Promise<void> {
    await expect(async () => {
      await this.open();
      await expect(element()).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
  }
}

async function buy(buyer: Shopper, product: string, quantity: number): Promise<string> {
  await buyer.addToCart(product, quantity);
  await buyer.openCart();
  await buyer.goToPayment();
  const checkoutId = /cs_\w+/.exec(buyer.page.url())?.[0] ?? "";
  await buyer.pay();
  return checkoutId;
}

test("releasing a shopping hold frees its items and removes its row", async ({ page, shopper, setStock }) => {
  await setStock("Gannet Egg Cup", 2);
  const holder = await shopper();
  await holder.addToCart("Gannet Egg Cup", 2);
  const admin = new AdminPage(page);
  await admin.waitFor(() => admin.cart("Gannet Egg Cup"));
  await expect(admin.cart("Gannet Egg Cup")).toContainText("2 × Gannet Egg Cup");
  await expect(admin.cart("Gannet Egg Cup")).toContainText(/\d:\d\d left/);
  await admin.cart("Gannet Egg Cup").getByText("Release…").click();
  await admin.cart("Gannet Egg Cup").getByRole("button", { name: "Release all items" }).click();
  await admin.expectResult("Released 2 items.");
  const other = await shopper();
  await other.expectStock("Gannet Egg Cup", t("stock.few", { available: 2 }));
  await admin.open();
  await expect(admin.cart("Gannet Egg Cup")).toHaveCount(0);
});

test("a payment page closed with proof can no longer be paid", async ({ page, shopper, setStock }) => {
  await setStock("Limpet Espresso Cup", 1);
  const buyer = await shopper();
  await buyer.addToCart("Limpet Espresso Cup");
  await buyer.openCart();
  await buyer.goToPayment();
  const admin = new AdminPage(page);
  await admin.waitFor(() => admin.cart("Limpet Espresso Cup").filter({ hasText: "In checkout" }));
  await admin.cart("Limpet Espresso Cup").getByText("Close payment page…").click();
  await admin.cart("Limpet Espresso Cup").getByRole("button", { name: "Close now" }).click();
  await admin.expectResult("Payment page closed, confirmed by Stripe.");
  await buyer.page.reload();
  await expect(buyer.page.getByText(t("sandboxPayment.expiredHeading"))).toBeVisible();
});

test("no shopper can add items while selling is paused", async ({ page, shopper, setStock }) => {
  await setStock("Kelp Tea Towel", 5);
  const admin = new AdminPage(page);
  await admin.open();
  await admin.panel("Status").getByText("Pause selling…").click();
  await admin.panel("Status").getByRole("button", { name: "Pause selling now" }).click();
  await admin.expectResult("Selling paused.");
  try {
    const visitor = await shopper();
    await visitor.openProduct("Kelp Tea Towel");
    await visitor.page.getByRole("button", { name: t("product.addLabel", { name: "Kelp Tea Towel" }) }).click();
    await expect(visitor.page.getByText(t("failure.sellingPausedMayPay")).first()).toBeVisible();
  } finally {
    await admin.open();
    await admin.panel("Status").getByRole("button", { name: "Resume selling" }).click();
    await admin.expectResult("Selling resumed.");
  }
  const buyer = await shopper();
  await buyer.addToCart("Kelp Tea Towel");
});

test("adding stock to a low product takes effect once, and the page warns about overwriting the number", async ({
  page,
  setStock,
}) => {
  await setStock("Dory Butter Dish", 1);
  const admin = new AdminPage(page);
  await admin.waitFor(() => admin.product("Dory Butter Dish"));
  const row = admin.product("Dory Butter Dish");
  await row.getByText("Adjust stock").click();
  await expect(row.getByText(/Overwriting the number in another tool/)).toBeVisible();
  await row.getByLabel("Items to add").fill("2");
  await row.getByRole("button", { name: "Add stock" }).click();
  await admin.expectResult(/from 1 to 3\./);
  // A second click would add as many again.
  await expect(row.getByLabel("Items to add")).toHaveValue("");
});

test("an exact count needs confirmation that nothing has been sold since", async ({ page, setStock }) => {
  await setStock("Dory Butter Dish", 1);
  const admin = new AdminPage(page);
  await admin.waitFor(() => admin.product("Dory Butter Dish"));
  const row = admin.product("Dory Butter Dish");
  await row.getByText("Adjust stock").click();
  await row.getByText("Set exact count…").click();
  await row.getByLabel("Items on hand").fill("6");
  await row.getByRole("button", { name: "Set count" }).click();
  await expect(page.getByRole("status").filter({ hasText: "changed from" })).toHaveCount(0);
  await row.getByLabel("Nothing has been sold since I counted").check();
  await row.getByRole("button", { name: "Set count" }).click();
  await admin.expectResult(/from 1 to 6\./);
});

test("an order shows what to pack, links to its log lines, and can be inspected and fulfilled again", async ({
  page,
  shopper,
  setStock,
}) => {
  await setStock("Skerry Plate", 9);
  const checkoutId = await buy(await shopper(), "Skerry Plate", 3);
  const admin = new AdminPage(page);
  await admin.waitFor(() => admin.order(checkoutId).getByText("Ready to pack"));
  const order = admin.order(checkoutId);
  await expect(order).toContainText("3 × Skerry Plate");

  await order.getByRole("button", { name: "Inspect" }).click();
  await admin.expectResult(`Order ${checkoutId.slice(-8).toUpperCase()}`);
  await expect(page.getByRole("status")).toContainText(checkoutId);

  await order.getByRole("link", { name: "Log" }).click();
  await expect(page).toHaveURL(new RegExp(`[?]q=${checkoutId}`));
  await expect(admin.panel("Event log").getByLabel("Search")).toHaveValue(checkoutId);
  await expect(admin.panel("Event log").getByRole("listitem").filter({ hasText: checkoutId }).first()).toBeVisible();

  const fulfil = admin
    .panel("Tools")
    .locator("form")
    .filter({ has: page.getByRole("button", { name: "Retry fulfilment" }) });
  await fulfil.getByLabel("Checkout id").fill(checkoutId);
  await fulfil.getByRole("button", { name: "Retry fulfilment" }).click();
  await admin.expectResult("is paid, and its items are deducted from stock");
});

test("the log filter is part of the URL and can be cleared", async ({ page, setStock }) => {
  await setStock("Harbour Bowl", 8);
  await setStock("Tide Mug", 8);
  const admin = new AdminPage(page);
  await admin.open();
  const log = admin.panel("Event log");
  const lines = log.getByRole("list", { name: "Events" }).getByRole("listitem");
  await log.getByLabel("Search").fill("matches no line");
  await log.getByRole("button", { name: "Filter" }).click();
  await expect(log.getByText("No matching events.")).toBeVisible();
  await expect(page).toHaveURL(/[?&]q=matches/);
  await log.getByRole("link", { name: "Show all" }).click();
  await expect(lines.first()).toBeVisible();
  await admin.open("?level=warn#log");
  await expect(log.getByLabel("Level")).toHaveValue("warn");
  await expect(lines.first()).toBeVisible();
  await expect(lines.getByText("info", { exact: true })).toHaveCount(0);
});

test("an audit finds no drift after ordinary sales", async ({ shopper, setStock }) => {
  await setStock("Kelp Tea Towel", 5);
  // No other test refunds an order in this store; a refund would count as drift.
  const buyer = await shopper({ shortHolds: true });
  await buyer.addToCart("Kelp Tea Towel");
  await buyer.goToPayment();
  await buyer.pay();
  const admin = new AdminPage(buyer.page);
  await buyer.page.goto(buyer.address("/admin"));
  await admin.panel("Drift audit").getByRole("button", { name: "Run audit" }).click();
  await admin.expectResult("No drift");
  await expect(admin.panel("Drift audit").getByText(/No drift · \d+ checkouts? since/)).toBeVisible();
});

test.describe("with scripts", { tag: "@with-javascript" }, () => {
  test("the page refreshes itself and keeps what is being typed", async ({ page, shopper, setStock }) => {
    await setStock("Foghorn Teapot", 6);
    const admin = new AdminPage(page);
    await admin.open();
    const field = admin.panel("Event log").getByLabel("Search");
    await expect(page.getByRole("button", { name: "Pause updates" })).toBeVisible();
    await field.fill("half a wo");
    const holder = await shopper();
    await holder.addToCart("Foghorn Teapot");
    await expect(admin.cart("Foghorn Teapot")).toBeVisible();
    await expect(field).toHaveValue("half a wo");
    await expect(field).toBeFocused();
  });

  test("keyboard: filtering focuses the log, nothing focused is covered, and Escape closes the result", async ({
    page,
    shopper,
    setStock,
  }) => {
    await setStock("Skerry Plate", 9);
    const checkoutId = await buy(await shopper(), "Skerry Plate", 1);
    await page.setViewportSize({ width: 390, height: 844 });
    const admin = new AdminPage(page);
    await admin.waitFor(() => admin.order(checkoutId));
    await admin.order(checkoutId).getByRole("link", { name: "Log" }).press("Enter");
    const log = admin.panel("Event log");
    await expect(log.getByRole("heading", { name: "Event log" })).toBeFocused();
    await log.getByLabel("Search").fill("matches no line");
    await log.getByLabel("Search").press("Enter");
    await expect(log.getByText("No matching events.")).toBeVisible();
    await expect(log.getByRole("heading", { name: "Event log" })).toBeFocused();

    // New rows would move what is below them.
    await page.getByRole("button", { name: "Pause updates" }).click();
    const inspect = admin.order(checkoutId).getByRole("button", { name: "Inspect" });
    await inspect.press("Enter");
    const result = page.getByRole("status").filter({ hasText: "Order " });
    await expect(result).toBeVisible();
    const coveredElement = () =>
      page.evaluate(() => {
        const focused = document.activeElement?.getBoundingClientRect() ?? new DOMRect();
        const top = document.querySelector(".operator-bar")?.getBoundingClientRect().bottom ?? 0;
        const bottom = document.querySelector(".outcome")?.getBoundingClientRect().top ?? 0;
        if (document.activeElement?.closest(".outcome, .operator-bar") !== null) return undefined;
        return focused.bottom <= top || focused.top >= bottom
          ? `${document.activeElement.outerHTML} at ${focused.top}, free: ${top} to ${bottom}`
          : undefined;
      });
    for (const key of [...Array<string>(12).fill("Tab"), ...Array<string>(30).fill("Shift+Tab")]) {
      await page.keyboard.press(key);
      expect(await coveredElement(), key).toBeUndefined();
    }
    await inspect.focus();
    await result.getByRole("link", { name: "Close" }).press("Enter");
    await expect(result).toHaveCount(0);
    await expect(inspect).toBeFocused();
    await inspect.press("Enter");
    await expect(result).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(result).toHaveCount(0);
    await expect(inspect).toBeFocused();
  });

  test("updates can be paused", async ({ page }) => {
    const admin = new AdminPage(page);
    await admin.open();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    const hasRefreshed = () => requests.some((url) => url.includes("/admin.data"));
    await expect.poll(hasRefreshed).toBe(true);
    await page.getByRole("button", { name: "Pause updates" }).click();
    await expect(page.getByRole("button", { name: "Pause updates" })).toHaveAttribute("aria-pressed", "true");
    await expect(page.getByText(/^Updated/)).toBeVisible();
    await page.getByRole("button", { name: "Pause updates" }).click();
    requests.length = 0;
    await expect.poll(hasRefreshed).toBe(true);
  });

  test("the page stays and says so while the server is not responding, then recovers", async ({ page }) => {
    const admin = new AdminPage(page);
    await admin.open();
    await page.route("**/healthz", (route) => route.abort());
    await expect(page.getByText("Server not responding.")).toBeVisible();
    await expect(admin.panel("Status")).toBeVisible();
    await page.unroute("**/healthz");
    await expect(page.getByText(/^Live · Updated/)).toBeVisible();
  });

  test("charts are drawn with their numbers, and shoppers never load them", async ({ page, shopper }) => {
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    const shopperPages = await shopper();
    shopperPages.page.on("request", (request) => requests.push(request.url()));
    for (const path of ["/", "/cart"]) await shopperPages.page.goto(shopperPages.address(path), { waitUntil: "load" });
    expect(requests.filter((url) => /uplot|\/admin|operator/i.test(url))).toEqual([]);
    expect(requests.length).toBeGreaterThan(5);
    const admin = new AdminPage(page);
    await admin.open();
    await expect(page.locator(".chart-canvas canvas")).toHaveCount(4);
    expect(requests.some((url) => /uplot/i.test(url))).toBe(true);
    await admin.panel("Last hour").getByText("Numbers for Active holds").click();
    await expect(
      admin
        .panel("Last hour")
        .getByRole("figure")
        .first()
        .getByText(/Active holds|No activity/)
        .last(),
    ).toBeVisible();
  });

  test("axe finds nothing in light and dark, wide and narrow, and nothing overflows", async ({
    page,
    shopper,
    setStock,
  }) => {
    await setStock("Storm Lantern", 0);
    await setStock("Harbour Bowl", 6);
    await setStock("Pebble Salt Cellar", 9);
    const checkoutId = await buy(await shopper(), "Pebble Salt Cellar", 2);
    const holder = await shopper();
    await holder.addToCart("Harbour Bowl", 2);
    const admin = new AdminPage(page);
    const consoleErrors: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") consoleErrors.push(message.text());
    });
    await admin.waitFor(() => admin.cart("Harbour Bowl"));
    await admin.waitFor(() => admin.order(checkoutId));
    await admin.cart("Harbour Bowl").getByText("Release…").click();
    await admin.product("Storm Lantern").getByText("Adjust stock").click();
    await expect(page.locator(".chart-canvas canvas")).toHaveCount(4);
    await page.getByRole("button", { name: "Pause updates" }).click();
    for (const { scheme, width, height } of [
      { scheme: "light", width: 1400, height: 900 },
      { scheme: "dark", width: 320, height: 640 },
      { scheme: "light", width: 320, height: 640 },
      { scheme: "dark", width: 1400, height: 900 },
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height });
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
        `${scheme} at ${width} px`,
      ).toBeLessThanOrEqual(0);
      await page.screenshot({
        path: `test-results/screens/admin-${scheme}-${width}.png`,
        fullPage: true,
        animations: "disabled",
      });
      if ((scheme === "light") !== width > 320) continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`),
        `${scheme} at ${width} px`,
      ).toEqual([]);
    }
    // The content security policy blocks nothing on the page.
    expect(consoleErrors).toEqual([]);
  });
});
