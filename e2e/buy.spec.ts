import { expect, test } from "./shop";

test("a purchase is held, paid, shown as an order and deducted from stock", async ({ shopper, setStock }) => {
  await setStock("Tide Mug", 8);
  const buyer = await shopper();
  await buyer.browseTo("Tide Mug");
  await expect(buyer.page.getByText("8 left")).toBeVisible();
  await buyer.addToCart("Tide Mug");
  await expect(buyer.line("Tide Mug").getByText("You are holding 1, and 7 more are left")).toBeVisible();

  await buyer.goToPayment();
  await buyer.pay();
  await expect(buyer.page.getByRole("row", { name: "Tide Mug 1" })).toBeVisible();
  await expect(buyer.cartInHeader()).toHaveText("Cart 0 units");

  const next = await shopper();
  await next.expectStock("Tide Mug", "7 left");
});

test("after payment the cart is empty, and only the buyer can see the order again", async ({ shopper, setStock }) => {
  await setStock("Limpet Espresso Cup", 5);
  const buyer = await shopper();
  await buyer.addToCart("Limpet Espresso Cup", 2);
  await buyer.goToPayment();
  await buyer.pay();
  const orderUrl = buyer.page.url();

  await buyer.openCart();
  await expect(buyer.page.getByText("Your cart is empty.")).toBeVisible();
  await buyer.addToCart("Limpet Espresso Cup", 1);
  await buyer.page.goto(orderUrl);
  await expect(buyer.page.getByRole("heading", { name: "Thank you, your order is paid" })).toBeVisible();
  await expect(buyer.cartInHeader()).toHaveText("Cart 1 unit");

  const stranger = await shopper();
  const response = await stranger.page.goto(orderUrl);
  expect(response?.status()).toBe(404);
  await expect(stranger.page.getByText("Limpet")).toHaveCount(0);
});

test("search finds products by name, and links back when it finds none", async ({ shopper }) => {
  const visitor = await shopper();
  await visitor.openCart();
  await visitor.page.getByRole("searchbox", { name: "Search products" }).fill("gannet");
  await visitor.page.getByRole("button", { name: "Search" }).click();
  await expect(visitor.page.getByText("1 product for “gannet”")).toBeVisible();
  await expect(visitor.page.getByRole("article")).toHaveCount(1);

  await visitor.page.getByRole("searchbox", { name: "Search products" }).fill("submarine");
  await visitor.page.getByRole("button", { name: "Search" }).click();
  await expect(visitor.page.getByText("Nothing is called “submarine”.")).toBeVisible();
  await visitor.page.getByRole("main").getByRole("link", { name: "Show all products" }).first().click();
  await expect(visitor.page.getByRole("article")).toHaveCount(16);
});

test("a missing page says so and links back", async ({ shopper, baseURL }) => {
  const visitor = await shopper();
  const response = await visitor.page.goto(`${baseURL ?? ""}/no/such/page`);
  expect(response?.status()).toBe(404);
  await expect(visitor.page.getByRole("heading", { name: "This page does not exist" })).toBeVisible();
  await expect(visitor.page.getByText("Sandbox: nothing is charged and nothing is shipped")).toBeVisible();
  await visitor.page.getByRole("link", { name: "See all products" }).click();
  await expect(visitor.page.getByRole("article").first()).toBeVisible();
});
