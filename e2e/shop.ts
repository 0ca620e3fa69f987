import { test as base, expect, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import { t } from "~/words/words";
import type { ShopOptions } from "../playwright.config";
import { setSiteOf } from "../tests/words/site";
import { CLOCK, textLike } from "./texts";

export { expect };

/** A person with their own browser. */
export class Shopper {
  readonly page: Page;
  private readonly context: BrowserContext;
  private readonly baseUrl: string;

  constructor(context: BrowserContext, page: Page, baseUrl: string) {
    this.context = context;
    this.page = page;
    this.baseUrl = baseUrl;
  }

  address(path: string): string {
    return `${this.baseUrl}${path}`;
  }

  async browseTo(name: string): Promise<void> {
    await this.page.goto(this.baseUrl);
    await this.page.getByRole("link", { name, exact: true }).click();
    await expect(this.page.getByRole("heading", { level: 1, name })).toBeVisible();
  }

  async openProduct(name: string): Promise<void> {
    await this.page.goto(this.address(`/products/${productId(name)}`));
  }

  async openCart(): Promise<void> {
    await this.page.goto(this.address("/cart"));
  }

  /** Adds from the product page and stays on it. Without JavaScript the form opens the cart. */
  async addOnProductPage(name: string, quantity = 1): Promise<void> {
    await this.openProduct(name);
    await this.purchase().getByLabel(t("product.quantity"), { exact: true }).fill(String(quantity));
    await this.page.getByRole("button", { name: t("product.addLabel", { name }) }).click();
    await expect(this.page.getByText(t("product.added", { name })).or(this.heldUntil())).toBeAttached();
  }

  /** Adds from the product page, opens the cart and waits until the items are held. */
  async addToCart(name: string, quantity = 1): Promise<void> {
    await this.addOnProductPage(name, quantity);
    if (new URL(this.page.url()).pathname !== "/cart") await this.openCart();
    await expect(this.heldUntil()).toBeVisible();
  }

  /** Until when the cart is held, on the cart page or in the panel. */
  heldUntil(): Locator {
    return this.page.getByText(textLike("hold.until", { time: CLOCK }));
  }

  /** The cart link in the header; with JavaScript it opens the panel. */
  cartInHeader(): Locator {
    return this.page
      .getByRole("navigation", { name: t("nav.cart"), exact: true })
      .locator("a")
      .first();
  }

  /** What screen readers hear without the focus moving. */
  announced(): Locator {
    return this.page.locator("[aria-live='polite']").last();
  }

  line(name: string): Locator {
    return this.page.getByRole("listitem", { name, exact: true });
  }

  /** The number between − and + of a product's stepper. */
  quantityField(name: string): Locator {
    return this.page.getByRole("spinbutton", { name: t("quantity.label", { name }) });
  }

  /** Types a quantity into a line of the cart. With JavaScript the page stays, and shows the result when it arrives. */
  async setQuantity(name: string, quantity: number): Promise<void> {
    const field = this.quantityField(name);
    await field.fill(String(quantity));
    await field.press("Enter");
  }

  /** Opens the payment page. */
  async goToPayment(): Promise<void> {
    await this.page.getByRole("button", { name: t("cart.pay"), exact: true }).click();
    await expect(this.page.getByRole("button", { name: t("sandboxPayment.decline") })).toBeVisible();
  }

  async pay(): Promise<void> {
    await this.page.getByRole("button", { name: t("sandboxPayment.pay"), exact: true }).click();
    await expect(this.page.getByRole("heading", { name: t("order.paid.title") })).toBeVisible();
  }

  /** The product page's own stock and form, without those of the products below it. */
  purchase(): Locator {
    return this.page.getByRole("region", { name: t("product.purchase") });
  }

  /** Reloads the product page until it shows this text. */
  async expectStock(name: string, text: string | RegExp): Promise<void> {
    await expect(async () => {
      await this.openProduct(name);
      await expect(this.purchase().getByText(text)).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
  }

  /** Changes a letter of the cart cookie, which invalidates its signature. Returns a function that restores it. */
  async forgeCookie(): Promise<() => Promise<void>> {
    const cookies = await this.context.cookies();
    await this.context.addCookies(
      cookies.map((cookie) => ({
        ...cookie,
        value: cookie.value.replace(/^./, (first) => (first === "x" ? "y" : "x")),
      })),
    );
    return () => this.context.addCookies(cookies);
  }

  /** Empties the cart, so that the next test starts with the same stock. */
  async leave(): Promise<void> {
    await this.context.request.post(this.address("/cart"), { form: { intent: "clear" } });
    await this.context.close();
  }
}

interface Fixtures {
  /** The locale of the store under test. */
  shopLocale: string;
  /** Sets the language of `t` to the store's. */
  words: void;
  /** Opens a browser for a new shopper, whose cart is emptied after the test. */
  shopper: (options?: { shortHolds?: boolean }) => Promise<Shopper>;
  /** Sets the stock of a product, in the store with short holds too. */
  setStock: (name: string, inventory: number) => Promise<void>;
}

export const test = base.extend<Fixtures & ShopOptions>({
  stores: [[], { option: true }],
  shopLocale: ["en", { option: true }],
  words: [
    async ({ shopLocale }, use) => {
      setSiteOf({ SHOP_LOCALE: shopLocale });
      await use();
    },
    { auto: true },
  ],
  context: async ({ context, javaScriptEnabled }, use) => {
    if (javaScriptEnabled) awaitHydration(context);
    await use(context);
  },
  baseURL: async ({ stores }, use, { parallelIndex }) => use(storesOf(stores, parallelIndex).url),
  shopper: async ({ browser, stores, javaScriptEnabled }, use, { parallelIndex }) => {
    const ofWorker = storesOf(stores, parallelIndex);
    const shoppers: Shopper[] = [];
    await use(async ({ shortHolds = false } = {}) => {
      const baseUrl = urlOf(ofWorker, shortHolds);
      const context = await browser.newContext();
      if (javaScriptEnabled) awaitHydration(context);
      const shopper = new Shopper(context, await context.newPage(), baseUrl);
      shoppers.push(shopper);
      return shopper;
    });
    for (const shopper of shoppers) await shopper.leave();
  },
  setStock: async ({ request, stores }, use, { parallelIndex }) => {
    const { url: own, shortHoldsUrl } = storesOf(stores, parallelIndex);
    await use(async (name, inventory) => {
      for (const url of new Set([own, shortHoldsUrl ?? own])) {
        const response = await request.post(`${url}/api/test-inventory-update`, {
          data: { product_id: productId(name), inventory },
        });
        expect(response.ok(), await response.text()).toBe(true);
      }
    });
  },
});

/**
 * Makes `goto` and `reload` of all pages wait until React has taken the page over, which happens some time after `load`. What is clicked
 * before is an ordinary link or form: it works, but as without JavaScript.
 */
function awaitHydration(context: BrowserContext): void {
  context.on("page", (page) => {
    const goto = page.goto.bind(page);
    const reload = page.reload.bind(page);
    page.goto = async (...options) => {
      const response = await goto(...options);
      await page.waitForFunction(isHydrated);
      return response;
    };
    page.reload = async (...options) => {
      const response = await reload(...options);
      await page.waitForFunction(isHydrated);
      return response;
    };
  });
}

/** Runs in the page. True for pages without React, too, such as the stand-in's payment page. */
export function isHydrated(): boolean {
  if (document.getElementById("site") === null) return true;
  const key = Object.keys(document).find((name) => name.startsWith("__reactContainer$"));
  // The root fiber, whose state says whether the server's markup is still as it came.
  const root = key === undefined ? undefined : (document as unknown as Record<string, ReactRoot>)[key];
  return root !== undefined && !root.stateNode.current.memoizedState.isDehydrated;
}

interface ReactRoot {
  readonly stateNode: { readonly current: { readonly memoizedState: { readonly isDehydrated: boolean } } };
}

export function storesOf(stores: ShopOptions["stores"], worker: number): ShopOptions["stores"][number] {
  const found = stores[worker];
  if (found === undefined) throw new Error(`no store for worker ${worker}`);
  return found;
}

/** The store to visit. Skips the test if it needs one with short holds and none is deployed. */
export function urlOf({ url, shortHoldsUrl }: ShopOptions["stores"][number], shortHolds: boolean): string {
  if (!shortHolds) return url;
  base.skip(shortHoldsUrl === null, "needs E2E_SHORT_HOLDS_URL: a store started with RESERVATION_TTL_SECONDS=4");
  return shortHoldsUrl ?? url;
}

export function productId(name: string): string {
  const product = DEMO_PRODUCTS.find((candidate) => candidate.name === name);
  if (product === undefined) throw new Error(`no demo product named ${name}`);
  return product.id;
}
