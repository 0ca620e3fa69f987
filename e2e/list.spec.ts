import { t } from "~/words/words";
import { expect, test, type Shopper } from "./shop";
import { textLike } from "./texts";

test("a search keeps its words, and its results can be sorted", async ({ shopper, setStock, javaScriptEnabled }) => {
  // Without stock it would come last in any order.
  await setStock("Storm Lantern", 3);
  const { page, address } = await opened(shopper);
  await page.goto(address("/"));
  const field = page.getByRole("searchbox", { name: t("nav.searchFor") });
  await field.fill("er");
  await field.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(t("products.searchTitle", { search: "er" }));
  await expect(field).toHaveValue("er");

  const order = page.getByLabel(t("products.sortBy"));
  await order.focus();
  await order.selectOption("-price");
  const apply = page.getByRole("button", { name: t("products.sortApply"), exact: true });
  if (javaScriptEnabled) await expect(apply).toBeHidden();
  else await apply.click();
  await expect(page).toHaveURL(/\?q=er&sort=-price$/);
  await expect(order).toHaveValue("-price");
  // Choosing alone does not take the focus away.
  if (javaScriptEnabled) await expect(order).toBeFocused();
  await expect(field).toHaveValue("er");
  // The address changes before the list has arrived.
  await page.waitForLoadState();
  const prices = (await page.locator(".cards .price").allTextContents()).map((text) =>
    Number(text.replace(/[^\d.]/g, "")),
  );
  expect(prices.length).toBeGreaterThan(2);
  expect(prices).toEqual([...prices].sort((one, other) => other - one));

  await page.getByRole("link", { name: t("nav.allProducts") }).click();
  await expect(field).toHaveValue("");
});

test("products without stock come last", async ({ shopper, setStock }) => {
  await setStock("Barnacle Bud Vase", 0);
  const { page, address } = await opened(shopper);
  await page.goto(address("/"));
  const cards = page.locator(".cards").getByRole("article");
  const isSoldOut = await cards.evaluateAll(
    (all, text) => all.map((card) => card.textContent?.includes(text) === true),
    t("stock.soldOut"),
  );
  const first = isSoldOut.indexOf(true);
  expect(first).toBeGreaterThan(0);
  expect(isSoldOut.slice(first)).not.toContain(false);
  await setStock("Barnacle Bud Vase", 5);
});

test("a page that does not exist is a 404 with a way back", async ({ shopper }) => {
  const { page, address } = await opened(shopper);
  const response = await page.goto(address("/?page=99"));
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1, name: t("products.noSuchPage") })).toBeVisible();
  await page
    .getByRole("main")
    .getByRole("link", { name: t("nav.allProducts") })
    .click();
  await expect(page.locator(".cards").getByRole("article").first()).toBeVisible();
});

test("a product page ends with more products, which can be added there", async ({ shopper, setStock }) => {
  const visitor = await shopper();
  const { page } = visitor;
  await setStock("Tide Mug", 8);
  await visitor.openProduct("Tide Mug");
  const more = page.getByRole("region", { name: t("product.more") });
  await expect(more.getByRole("article")).toHaveCount(4);
  await expect(more.getByRole("article", { name: "Tide Mug" })).toHaveCount(0);
  await more
    .getByRole("button", { name: textLike("product.addLabel", { name: /.+/ }) })
    .first()
    .click();
  await expect(
    page
      .getByText(textLike("product.added", { name: /.+/ }))
      .or(visitor.heldUntil())
      .first(),
  ).toBeAttached();
});

async function opened(shopper: () => Promise<Shopper>) {
  const visitor = await shopper();
  return { page: visitor.page, address: (path: string) => visitor.address(path) };
}
