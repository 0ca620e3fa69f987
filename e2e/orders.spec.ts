import type { Page } from "@playwright/test";
import { expect, productId, test, type Shopper } from "./shop";

/** The order page says in words what became of the money. */
async function expectOrder(page: Page, title: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
}

/** Adds it, opens the payment page, and returns the id of the checkout. */
async function openPayment(buyer: Shopper, name: string): Promise<string> {
  await buyer.addToCart(name);
  await buyer.goToPayment();
  return /cs_\w+/.exec(buyer.page.url())?.[0] ?? "";
}

/** The stand-in for Stripe, told to behave. */
async function tellSandbox(buyer: Shopper, path: string, command: Record<string, unknown>): Promise<void> {
  const answer = await buyer.page.request.post(buyer.address(`/sandbox/_sandbox/${path}`), { data: command });
  expect(answer.ok(), await answer.text()).toBe(true);
}

test("a payment for what is gone is given back, and the page says so", async ({ shopper, setStock }) => {
  await setStock("Storm Lantern", 1);
  const buyer = await shopper();
  await openPayment(buyer, "Storm Lantern");
  await setStock("Storm Lantern", 0);
  await buyer.page.getByRole("button", { name: "Pay", exact: true }).click();
  await expectOrder(buyer.page, "Your money goes back to you");
  await expect(buyer.page.getByText("The whole amount was refunded")).toBeVisible();
  await expect(buyer.page.getByRole("row", { name: "Storm Lantern 1" })).toBeVisible();
  await expect(buyer.cartInHeader()).toHaveText("Cart 0 units");
});

test("a refund that is on its way, then fails, is told as that to the buyer and to the operator, who tries again", async ({
  shopper,
  setStock,
}) => {
  await setStock("Storm Lantern", 1);
  const buyer = await shopper();
  const { page } = buyer;
  const checkoutId = await openPayment(buyer, "Storm Lantern");
  await setStock("Storm Lantern", 0);
  // What becomes of refunds can be said when there is a payment, so its event must not come before.
  await tellSandbox(buyer, "webhooks", { action: "rule", type: "checkout.session.completed", times: 1, drop: true });
  await tellSandbox(buyer, `checkouts/${checkoutId}`, { action: "pay" });
  await tellSandbox(buyer, `checkouts/${checkoutId}/refunds`, { status: "pending" });
  await page.goto(buyer.address(`/orders/${checkoutId}`));
  await expectOrder(page, "Your refund is on its way");
  await expect(page.getByRole("row", { name: /^Refund on its way/ })).toBeVisible();

  // What a bank does, by the stand-in's own page.
  await page.goto(buyer.address(`/sandbox/pay/${checkoutId}`));
  await page.getByRole("button", { name: "It fails" }).click();
  await page.getByRole("button", { name: "Let further refunds succeed" }).click();
  await page.goto(buyer.address(`/orders/${checkoutId}`));
  await expectOrder(page, "Your refund didn't go through");
  await expect(page.getByRole("row", { name: /^Refund that didn't go through/ })).toBeVisible();

  const order = page
    .getByRole("region", { name: "Needs attention", exact: true })
    .getByRole("listitem", { name: `Order ${checkoutId.slice(-8).toUpperCase()}`, exact: true });
  await expect(async () => {
    await page.goto(buyer.address("/admin"));
    await expect(order.getByText("The refund failed.", { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await expect(order.getByText("didn't reach the buyer: the refund failed")).toBeVisible();
  await order.getByRole("button", { name: /^Try again/ }).click();
  await expect(page.getByRole("status").filter({ hasText: "it is refunded in full" })).toBeVisible();
  await page.goto(buyer.address(`/orders/${checkoutId}`));
  await expectOrder(page, "Your money goes back to you");
});

test("a refund by hand is told on the order page, a part of it with its amount, all of it as the headline", async ({
  shopper,
  setStock,
}) => {
  await setStock("Tide Mug", 9);
  const buyer = await shopper();
  const { page } = buyer;
  const checkoutId = await openPayment(buyer, "Tide Mug");
  await buyer.pay();
  await tellSandbox(buyer, `checkouts/${checkoutId}/refund`, { amount: 500 });
  await page.reload();
  await expectOrder(page, "Thank you, your order is paid");
  await expect(page.getByRole("row", { name: /^Refunded .*5\.00$/ })).toBeVisible();

  await page.goto(buyer.address(`/sandbox/pay/${checkoutId}`));
  await page.getByRole("button", { name: "Refund what is left" }).click();
  await page.goto(buyer.address(`/orders/${checkoutId}`));
  await expectOrder(page, "Your order was refunded");
});

test("a payment that arrives later is awaited, stays held, and then is an order", async ({ shopper, setStock }) => {
  await setStock("Cormorant Jug", 2);
  const buyer = await shopper();
  const checkoutId = await openPayment(buyer, "Cormorant Jug");
  await buyer.page.getByRole("button", { name: "Pay later" }).click();
  await expectOrder(buyer.page, "Your payment is on its way");
  const other = await shopper();
  await other.expectStock("Cormorant Jug", "Last one");
  await tellSandbox(buyer, `checkouts/${checkoutId}`, { action: "payment_arrives" });
  await buyer.page.getByRole("link", { name: "Reload" }).click();
  await expectOrder(buyer.page, "Thank you, your order is paid");
  await other.expectStock("Cormorant Jug", "Last one");
});

test("a payment that fails later charges nothing, frees the units, and does not claim that they are in the cart", async ({
  shopper,
  setStock,
}) => {
  await setStock("Dory Butter Dish", 2);
  const buyer = await shopper();
  const checkoutId = await openPayment(buyer, "Dory Butter Dish");
  await buyer.page.getByRole("button", { name: "Pay later" }).click();
  await expectOrder(buyer.page, "Your payment is on its way");
  await tellSandbox(buyer, `checkouts/${checkoutId}`, { action: "payment_fails" });
  await buyer.page.getByRole("link", { name: "Reload" }).click();
  await expectOrder(buyer.page, "You were not charged");
  await expect(buyer.page.getByText("What you chose is not held for you any more.")).toBeVisible();
  await expect(buyer.page.getByRole("main").getByRole("link", { name: "Go to the cart" })).toHaveCount(0);
  const other = await shopper();
  await other.expectStock("Dory Butter Dish", "2 left");
});

test("an order whose stock cannot be accounted for is looked at by a person, and nobody is asked to pay again", async ({
  shopper,
  setStock,
}) => {
  await setStock("Lighthouse Pepper Mill", 5);
  const buyer = await shopper();
  const checkoutId = await openPayment(buyer, "Lighthouse Pepper Mill");
  // The intent to take a unit is written, its answer is lost, and before anybody looks again another tool edits the row.
  await tellSandbox(buyer, "webhooks", { action: "rule", type: "checkout.session.completed", times: 1, drop: true });
  await tellSandbox(buyer, "faults", {
    method: "POST",
    path: "/v1/checkout/sessions/*",
    when: "after",
    disconnect: true,
  });
  await buyer.page.getByRole("button", { name: "Pay", exact: true }).click();
  await expectOrder(buyer.page, "Your order is being confirmed");
  const headers = {
    apikey: "sb_secret_sandbox",
    Authorization: "Bearer sb_secret_sandbox",
    "User-Agent": "no browser",
  };
  const row = buyer.address(`/sandbox/rest/v1/products?id=eq.${productId("Lighthouse Pepper Mill")}`);
  const edited = await buyer.page.request.patch(row, { headers, data: { inventory_count: 9 } });
  expect(edited.ok(), await edited.text()).toBe(true);
  await buyer.page.goto(buyer.address(`/orders/${checkoutId}`));
  await expectOrder(buyer.page, "We are checking your order by hand");
  await expect(buyer.page.getByText("please do not pay again")).toBeVisible();
  // That person says what happened: nothing was taken for it yet. Then the order is filled.
  const settled = await buyer.page.request.post(buyer.address("/api/settle-checkout"), {
    data: { checkout_id: checkoutId, product_id: productId("Lighthouse Pepper Mill"), verdict: "not_applied" },
  });
  expect(settled.ok(), await settled.text()).toBe(true);
  await buyer.page.reload();
  await expect(
    buyer.page.getByRole("heading", {
      level: 1,
      name: /^(Thank you, your order is paid|Your money goes back to you)$/,
    }),
  ).toBeVisible();
});

test("an order's time is in the visitor's zone, and labelled UTC where that is not known", async ({
  browser,
  baseURL,
  shopper,
  setStock,
  javaScriptEnabled,
}) => {
  await setStock("Tide Mug", 9);
  const buyer = await shopper();
  await openPayment(buyer, "Tide Mug");
  await buyer.pay();
  const time = buyer.page.getByRole("main").getByRole("time");
  const at = (await time.getAttribute("datetime")) ?? "";
  const abroad = await browser.newContext({
    timezoneId: "Asia/Kolkata",
    storageState: await buyer.page.context().storageState(),
  });
  const page = await abroad.newPage();
  await page.goto(`${baseURL ?? ""}${new URL(buyer.page.url()).pathname}`);
  // Half an hour off any whole zone.
  const there = new Date(Date.parse(at) + 5.5 * 3_600_000).toISOString().slice(11, 16);
  await expect(page.getByRole("main").getByRole("time")).toHaveText(
    new RegExp(javaScriptEnabled ? `\\d{4}, ${there}$` : `\\d{4}, ${at.slice(11, 16)} UTC$`),
  );
  await abroad.close();
});
