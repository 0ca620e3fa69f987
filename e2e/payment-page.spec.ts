import { expect, test } from "./shop";

test("cancelling on the payment page leaves the cart held, to pay or to change", async ({ shopper, setStock }) => {
  await setStock("Oarsman's Spoon", 3);
  const buyer = await shopper();
  await buyer.addToCart("Oarsman's Spoon", 2);
  await buyer.goToPayment();
  await buyer.page.getByRole("link", { name: "Cancel" }).click();
  await expect(
    buyer.page.getByText(/You opened a payment page at \d\d:\d\d( UTC)?\. These units stay held for you/),
  ).toBeVisible();
  const other = await shopper();
  await other.expectStock("Oarsman's Spoon", "Last one");

  await buyer.page.getByRole("button", { name: "Continue to payment" }).click();
  await expect(buyer.page.getByRole("button", { name: "Decline" })).toBeVisible();
  const paymentUrl = buyer.page.url();
  await buyer.page.getByRole("link", { name: "Cancel" }).click();
  await buyer.setQuantity("Oarsman's Spoon", 1);
  await expect(buyer.page.getByText("Held for you until")).toBeVisible();
  await other.expectStock("Oarsman's Spoon", "2 left");

  await buyer.page.goto(paymentUrl);
  await expect(buyer.page.getByText("This payment page has expired; you were not charged.")).toBeVisible();
});

test("a declined card charges nothing, and a second try pays", async ({ shopper, setStock }) => {
  await setStock("Mooring Trivet", 4);
  const buyer = await shopper();
  await buyer.addToCart("Mooring Trivet");
  await buyer.goToPayment();
  await buyer.page.getByRole("button", { name: "Decline" }).click();
  await expect(buyer.page.getByRole("alert")).toContainText("You were not charged.");
  const other = await shopper();
  await other.expectStock("Mooring Trivet", "3 left");

  await buyer.pay();
  await other.expectStock("Mooring Trivet", "3 left");
});

test("an unpaid order says that nothing was charged, and the cart is kept", async ({ shopper, setStock, baseURL }) => {
  await setStock("Lighthouse Pepper Mill", 4);
  const buyer = await shopper();
  await buyer.addToCart("Lighthouse Pepper Mill");
  await buyer.goToPayment();
  const checkoutId = /cs_\w+/.exec(buyer.page.url())?.[0] ?? "";
  const orderUrl = `${baseURL ?? ""}/orders/${checkoutId}`;
  await buyer.page.goto(orderUrl);
  await expect(buyer.page.getByRole("heading", { name: "This order is not paid yet" })).toBeVisible();

  await buyer.openCart();
  await buyer.setQuantity("Lighthouse Pepper Mill", 2);
  await expect(buyer.page.getByText("Held for you until")).toBeVisible();
  await buyer.page.goto(orderUrl);
  await expect(buyer.page.getByRole("heading", { name: "You were not charged" })).toBeVisible();
  await buyer.page.getByRole("link", { name: "Go to the cart" }).click();
  await expect(buyer.line("Lighthouse Pepper Mill").getByLabel("Quantity")).toHaveValue("2");
});

test("a cart whose stock the merchant removed cannot be paid", async ({ shopper, setStock }) => {
  await setStock("Storm Lantern", 2);
  const buyer = await shopper();
  await buyer.addToCart("Storm Lantern");
  await setStock("Storm Lantern", 0);
  await buyer.page.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(
    buyer.line("Storm Lantern").getByText("You asked for 1, and none is left for you. There are no more."),
  ).toBeVisible();
});
