import { pageTitle } from "~/components/page-title";
import { t } from "~/words/words";
import { makeOlder } from "./engines/older-browser";
import { expect, test } from "./shop";

// The project "older-browsers" runs the main journeys in such a browser.
test("@with-javascript an older browser lacks what is new, and has all else", async ({ context, page, baseURL }) => {
  await makeOlder(context);
  await page.goto(baseURL ?? "");
  const has = await page.evaluate(() => ({
    canParse: "canParse" in URL,
    toSorted: "toSorted" in Array.prototype,
    withResolvers: "withResolvers" in Promise,
    viewTransitions: "startViewTransition" in document,
    navigation: "navigation" in window,
    at: "at" in Array.prototype,
    randomUUID: "randomUUID" in crypto,
    channels: "BroadcastChannel" in window,
  }));
  expect(has).toEqual({
    canParse: false,
    toSorted: false,
    withResolvers: false,
    viewTransitions: false,
    navigation: false,
    at: true,
    randomUUID: true,
    channels: true,
  });
});

test("@with-javascript a browser that is too old shows pages as without JavaScript", async ({
  browser,
  baseURL,
  setStock,
}) => {
  await setStock("Tide Mug", 8);
  const context = await browser.newContext();
  await context.addInitScript(() => void Reflect.deleteProperty(window, "TextEncoderStream"));
  const page = await context.newPage();
  const loaded = page.waitForRequest(/entry\.client/);
  await page.goto(baseURL ?? "");
  await (await loaded).response();
  await page.getByRole("button", { name: t("product.addLabel", { name: "Tide Mug" }) }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await page.getByRole("button", { name: t("cart.removeLabel", { name: "Tide Mug" }) }).click();
  await expect(page.getByText(t("cart.empty"))).toBeVisible();
  await context.close();
});

test("@with-javascript an error in a page's meta leaves the rest of the shop working", async ({ shopper }) => {
  const visitor = await shopper();
  await visitor.page.goto(visitor.address("/"));
  // Only the meta of a product page builds the URL of the JPEG next to an SVG.
  await visitor.page.evaluate(() => {
    const endsWith = (text: string, ending: string) => text.slice(-ending.length) === ending;
    String.prototype.endsWith = function (this: string, ending: string) {
      if (ending === ".svg") throw new Error("broken meta");
      return endsWith(this, ending);
    };
  });
  await visitor.page.getByRole("link", { name: "Tide Mug", exact: true }).click();
  await expect(visitor.page).toHaveTitle(pageTitle(t("error.internal.title")));
  await expect(visitor.page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(visitor.page.getByRole("navigation", { name: t("nav.cart") })).toBeVisible();
});
