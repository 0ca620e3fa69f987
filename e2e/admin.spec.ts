import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test, type Shopper } from "./shop";

// What the page tells of orders and of short products is some seconds old, and several tests wait for it.
test.describe.configure({ timeout: 120_000 });

/** The sandbox has no ADMIN_TOKEN, so the page is open there; signing in is tested over HTTP (`tests/http/admin.test.ts`). */
class Desk {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`/admin${query}`);
    await expect(this.page.getByRole("heading", { level: 1, name: /operator/ })).toBeVisible();
  }

  panel(name: string): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  /** The one that holds this product. */
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

  async expectOutcome(words: string | RegExp): Promise<void> {
    await expect(this.page.getByRole("status").filter({ hasText: words })).toBeVisible();
  }

  /** Opens the page again until it shows what it knows by now. */
  async waitFor(what: () => Locator): Promise<void> {
    await expect(async () => {
      await this.open();
      await expect(what()).toBeVisible({ timeout: 1_000 });
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

test("a shopping hold is released: its units are free, and the row is gone", async ({ page, shopper, setStock }) => {
  await setStock("Gannet Egg Cup", 2);
  const holder = await shopper();
  await holder.addToCart("Gannet Egg Cup", 2);
  const desk = new Desk(page);
  await desk.waitFor(() => desk.cart("Gannet Egg Cup"));
  await expect(desk.cart("Gannet Egg Cup")).toContainText("2 × Gannet Egg Cup");
  await expect(desk.cart("Gannet Egg Cup")).toContainText(/\d:\d\d left/);
  await desk.cart("Gannet Egg Cup").getByText("Release…").click();
  await desk.cart("Gannet Egg Cup").getByRole("button", { name: "Release all of it" }).click();
  await desk.expectOutcome("Released: 2 units are free again.");
  const other = await shopper();
  await other.expectStock("Gannet Egg Cup", "2 left");
  await desk.open();
  await expect(desk.cart("Gannet Egg Cup")).toHaveCount(0);
});

test("a payment page is closed with proof, and cannot be paid any more", async ({ page, shopper, setStock }) => {
  await setStock("Limpet Espresso Cup", 1);
  const buyer = await shopper();
  await buyer.addToCart("Limpet Espresso Cup");
  await buyer.openCart();
  await buyer.goToPayment();
  const desk = new Desk(page);
  await desk.waitFor(() => desk.cart("Limpet Espresso Cup").filter({ hasText: "At the payment page" }));
  await desk.cart("Limpet Espresso Cup").getByText("Close the payment page…").click();
  await desk.cart("Limpet Espresso Cup").getByRole("button", { name: "Close it now" }).click();
  await desk.expectOutcome("The payment page is closed, and Stripe proved it.");
  await buyer.page.reload();
  await expect(buyer.page.getByText("This payment page has expired; you were not charged.")).toBeVisible();
});

test("selling is paused and resumed: nobody gets more meanwhile", async ({ page, shopper, setStock }) => {
  await setStock("Kelp Tea Towel", 5);
  const desk = new Desk(page);
  await desk.open();
  await desk.panel("State").getByText("Pause selling…").click();
  await desk.panel("State").getByRole("button", { name: "Pause selling now" }).click();
  await desk.expectOutcome("Selling is paused.");
  try {
    const visitor = await shopper();
    await visitor.openProduct("Kelp Tea Towel");
    await visitor.page.getByRole("button", { name: "Add to cart: Kelp Tea Towel" }).click();
    await expect(visitor.page.getByText(/New orders are paused/).first()).toBeVisible();
  } finally {
    await desk.open();
    await desk.panel("State").getByRole("button", { name: "Sell again" }).click();
    await desk.expectOutcome("The shop sells again.");
  }
  const buyer = await shopper();
  await buyer.addToCart("Kelp Tea Towel");
});

test("units are added to a product that is short, and the page warns of absolute edits", async ({ page, setStock }) => {
  await setStock("Dory Butter Dish", 1);
  const desk = new Desk(page);
  await desk.waitFor(() => desk.product("Dory Butter Dish"));
  const row = desk.product("Dory Butter Dish");
  await row.getByText("Change the stock").click();
  await expect(row.getByText(/an absolute edit writes over every unit that was sold/)).toBeVisible();
  await row.getByLabel("Units to add").fill("2");
  await row.getByRole("button", { name: "Restock" }).click();
  await desk.expectOutcome(/went from 1 to 3\./);
  // A second click would add as many again.
  await expect(row.getByLabel("Units to add")).toHaveValue("");
});

test("the stock is set only by who confirms that nothing was sold meanwhile", async ({ page, setStock }) => {
  await setStock("Dory Butter Dish", 1);
  const desk = new Desk(page);
  await desk.waitFor(() => desk.product("Dory Butter Dish"));
  const row = desk.product("Dory Butter Dish");
  await row.getByText("Change the stock").click();
  await row.getByText("Set the stock to a number…").click();
  await row.getByLabel("Units on hand").fill("6");
  await row.getByRole("button", { name: "Set the stock" }).click();
  await expect(page.getByRole("status").filter({ hasText: "went from" })).toHaveCount(0);
  await row.getByLabel("Nothing was sold since I counted").check();
  await row.getByRole("button", { name: "Set the stock" }).click();
  await desk.expectOutcome(/went from 1 to 6\./);
});

test("an order shows what to pack, leads to its log lines, and can be inspected and fulfilled again", async ({
  page,
  shopper,
  setStock,
}) => {
  await setStock("Skerry Plate", 9);
  const checkoutId = await buy(await shopper(), "Skerry Plate", 3);
  const desk = new Desk(page);
  await desk.waitFor(() => desk.order(checkoutId).getByText("Paid: pack it"));
  const order = desk.order(checkoutId);
  await expect(order).toContainText("3 × Skerry Plate");

  await order.getByRole("button", { name: "Inspect" }).click();
  await desk.expectOutcome("was looked at; nothing was changed");
  await expect(page.getByRole("status")).toContainText(checkoutId);

  await order.getByRole("link", { name: "Log" }).click();
  await expect(page).toHaveURL(new RegExp(`[?]q=${checkoutId}`));
  await expect(desk.panel("Event log").getByLabel("Text or id")).toHaveValue(checkoutId);
  await expect(desk.panel("Event log").getByRole("listitem").filter({ hasText: checkoutId }).first()).toBeVisible();

  const fulfil = desk
    .panel("Tools")
    .locator("form")
    .filter({ has: page.getByRole("button", { name: "Run fulfil" }) });
  await fulfil.getByLabel("Checkout id").fill(checkoutId);
  await fulfil.getByRole("button", { name: "Run fulfil" }).click();
  await desk.expectOutcome("is done: paid, and taken from the stock once");
});

test("the log is filtered by words that can be linked, and shown whole again", async ({ page, setStock }) => {
  await setStock("Harbour Bowl", 8);
  await setStock("Tide Mug", 8);
  const desk = new Desk(page);
  await desk.open();
  const log = desk.panel("Event log");
  const lines = log.getByRole("list", { name: "Lines of the log" }).getByRole("listitem");
  await log.getByLabel("Text or id").fill("no line says this");
  await log.getByRole("button", { name: "Filter" }).click();
  await expect(log.getByText("No line fits.")).toBeVisible();
  await expect(page).toHaveURL(/[?&]q=no/);
  await log.getByRole("link", { name: "Show all" }).click();
  await expect(lines.first()).toBeVisible();
  await desk.open("?level=warn#log");
  await expect(log.getByLabel("Level")).toHaveValue("warn");
  await expect(lines.first()).toBeVisible();
  await expect(lines.getByText("info", { exact: true })).toHaveCount(0);
});

test("an audit finds no drift after ordinary sales", async ({ shopper, setStock }) => {
  await setStock("Kelp Tea Towel", 5);
  // No other test refunds an order in this store, which would be a drift.
  const buyer = await shopper({ shortHolds: true });
  await buyer.addToCart("Kelp Tea Towel");
  await buyer.goToPayment();
  await buyer.pay();
  const desk = new Desk(buyer.page);
  await buyer.page.goto(buyer.address("/admin"));
  await desk.panel("Drift audit").getByRole("button", { name: "Audit now" }).click();
  await desk.expectOutcome("No drift");
  await expect(desk.panel("Drift audit").getByText(/No drift, \d+ checkouts? since/)).toBeVisible();
});

test.describe("with scripts", { tag: "@with-javascript" }, () => {
  test("the page follows what happens, and leaves alone what is being typed", async ({ page, shopper, setStock }) => {
    await setStock("Foghorn Teapot", 6);
    const desk = new Desk(page);
    await desk.open();
    const field = desk.panel("Event log").getByLabel("Text or id");
    await expect(page.getByRole("button", { name: "Pause updates" })).toBeVisible();
    await field.fill("half a wo");
    const holder = await shopper();
    await holder.addToCart("Foghorn Teapot");
    await expect(desk.cart("Foghorn Teapot")).toBeVisible();
    await expect(field).toHaveValue("half a wo");
    await expect(field).toBeFocused();
  });

  test("the keyboard finds its way: the log has the focus once it is filtered, nothing that has the focus is covered, Escape closes the outcome", async ({
    page,
    shopper,
    setStock,
  }) => {
    await setStock("Skerry Plate", 9);
    const checkoutId = await buy(await shopper(), "Skerry Plate", 1);
    await page.setViewportSize({ width: 390, height: 844 });
    const desk = new Desk(page);
    await desk.waitFor(() => desk.order(checkoutId));
    await desk.order(checkoutId).getByRole("link", { name: "Log" }).press("Enter");
    const log = desk.panel("Event log");
    await expect(log.getByRole("heading", { name: "Event log" })).toBeFocused();
    await log.getByLabel("Text or id").fill("no line says this");
    await log.getByLabel("Text or id").press("Enter");
    await expect(log.getByText("No line fits.")).toBeVisible();
    await expect(log.getByRole("heading", { name: "Event log" })).toBeFocused();

    // New rows move what lies below them.
    await page.getByRole("button", { name: "Pause updates" }).click();
    const inspect = desk.order(checkoutId).getByRole("button", { name: "Inspect" });
    await inspect.press("Enter");
    const outcome = page.getByRole("status").filter({ hasText: "was looked at" });
    await expect(outcome).toBeVisible();
    const covered = () =>
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
      expect(await covered(), key).toBeUndefined();
    }
    await inspect.focus();
    await outcome.getByRole("link", { name: "Close" }).press("Enter");
    await expect(outcome).toHaveCount(0);
    await expect(inspect).toBeFocused();
    await inspect.press("Enter");
    await expect(outcome).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(outcome).toHaveCount(0);
    await expect(inspect).toBeFocused();
  });

  test("updates can be paused", async ({ page }) => {
    const desk = new Desk(page);
    await desk.open();
    const reads: string[] = [];
    page.on("request", (request) => reads.push(request.url()));
    const isRead = () => reads.some((url) => url.includes("/admin.data"));
    await expect.poll(isRead).toBe(true);
    await page.getByRole("button", { name: "Pause updates" }).click();
    await expect(page.getByRole("button", { name: "Pause updates" })).toHaveAttribute("aria-pressed", "true");
    await expect(page.getByText(/^As of/)).toBeVisible();
    await page.getByRole("button", { name: "Pause updates" }).click();
    reads.length = 0;
    await expect.poll(isRead).toBe(true);
  });

  test("a server that does not answer is told of, the page stays, and goes on by itself", async ({ page }) => {
    const desk = new Desk(page);
    await desk.open();
    await page.route("**/healthz", (route) => route.abort());
    await expect(page.getByText("The server does not answer.")).toBeVisible();
    await expect(desk.panel("State")).toBeVisible();
    await page.unroute("**/healthz");
    await expect(page.getByText(/^Live, as of/)).toBeVisible();
  });

  test("charts are drawn, say the same in numbers, and are sent to nobody else", async ({ page, shopper }) => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const shopperPages = await shopper();
    shopperPages.page.on("request", (request) => asked.push(request.url()));
    for (const path of ["/", "/cart"]) await shopperPages.page.goto(shopperPages.address(path), { waitUntil: "load" });
    expect(asked.filter((url) => /uplot|\/admin|operator/i.test(url))).toEqual([]);
    expect(asked.length).toBeGreaterThan(5);
    const desk = new Desk(page);
    await desk.open();
    await expect(page.locator(".chart-canvas canvas")).toHaveCount(4);
    expect(asked.some((url) => /uplot/i.test(url))).toBe(true);
    await desk.panel("The last hour").getByText("Numbers of Active holds").click();
    await expect(
      desk
        .panel("The last hour")
        .getByRole("figure")
        .first()
        .getByText(/Active holds|Nothing but zeros/)
        .last(),
    ).toBeVisible();
  });

  test("axe finds nothing in light and dark, wide and narrow, and nothing sticks out", async ({
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
    const desk = new Desk(page);
    const faults: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await desk.waitFor(() => desk.cart("Harbour Bowl"));
    await desk.waitFor(() => desk.order(checkoutId));
    await desk.cart("Harbour Bowl").getByText("Release…").click();
    await desk.product("Storm Lantern").getByText("Change the stock").click();
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
    // Nothing of it is refused by the page's own policy.
    expect(faults).toEqual([]);
  });
});
