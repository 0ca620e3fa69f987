import { t } from "~/words/words";
import { expect, test } from "./shop";
import { cartText } from "./texts";

test("a purchase is held, paid, shown as an order and deducted from stock", async ({ shopper, setStock }) => {
  await setStock("Tide Mug", 8);
  const buyer = await shopper();
  await buyer.browseTo("Tide Mug");
  await expect(buyer.purchase().getByText(t("stock.left", { available: 8 }))).toBeVisible();
  await buyer.addToCart("Tide Mug");
  await expect(buyer.quantityField("Tide Mug")).toHaveValue("1");

  await buyer.goToPayment();
  await buyer.pay();
  await expect(buyer.page.getByRole("row", { name: "Tide Mug 1" })).toBeVisible();
  await expect(buyer.cartInHeader()).toHaveText(cartText(0));

  const next = await shopper();
  await next.expectStock("Tide Mug", t("stock.left", { available: 7 }));
});

test("after payment the cart is empty, and only the buyer can see the order again", async ({ shopper, setStock }) => {
  await setStock("Limpet Espresso Cup", 5);
  const buyer = await shopper();
  await buyer.addToCart("Limpet Espresso Cup", 2);
  await buyer.goToPayment();
  await buyer.pay();
  const orderUrl = buyer.page.url();

  await buyer.openCart();
  await expect(buyer.page.getByText(t("cart.empty"))).toBeVisible();
  await buyer.addToCart("Limpet Espresso Cup", 1);
  await buyer.page.goto(orderUrl);
  await expect(buyer.page.getByRole("heading", { name: t("order.paid.title") })).toBeVisible();
  await expect(buyer.cartInHeader()).toHaveText(cartText(1));

  const stranger = await shopper();
  const response = await stranger.page.goto(orderUrl);
  expect(response?.status()).toBe(404);
  await expect(stranger.page.getByText("Limpet")).toHaveCount(0);
});

test("search finds products by name, and links back when it finds none", async ({ shopper }) => {
  const visitor = await shopper();
  await visitor.openCart();
  await visitor.page.getByRole("searchbox", { name: t("nav.searchFor") }).fill("gannet");
  await visitor.page.getByRole("button", { name: t("nav.search") }).click();
  await expect(visitor.page.getByText(t("products.foundFor", { total: 1, search: "gannet" }))).toBeVisible();
  await expect(visitor.page.getByRole("article")).toHaveCount(1);

  await visitor.page.getByRole("searchbox", { name: t("nav.searchFor") }).fill("submarine");
  await visitor.page.getByRole("button", { name: t("nav.search") }).click();
  await expect(visitor.page.getByText(t("products.noneFound", { search: "submarine" }))).toBeVisible();
  await visitor.page
    .getByRole("main")
    .getByRole("link", { name: t("nav.allProducts") })
    .first()
    .click();
  await expect(visitor.page.getByRole("article")).toHaveCount(16);
});

test("a missing page says so and links back", async ({ shopper, baseURL }) => {
  const visitor = await shopper();
  const response = await visitor.page.goto(`${baseURL ?? ""}/no/such/page`);
  expect(response?.status()).toBe(404);
  await expect(visitor.page.getByRole("heading", { name: t("error.notFound.title") })).toBeVisible();
  await expect(visitor.page.getByText(t("shop.sandboxBanner"))).toBeVisible();
  await visitor.page.getByRole("link", { name: t("nav.allProducts") }).click();
  await expect(visitor.page.getByRole("article").first()).toBeVisible();
});
