import { t } from "~/words/words";
import { expect, test } from "./shop";
import { cartText, CLOCK, textLike } from "./texts";

test("cancelling on the payment page leaves the cart held, to pay or to change", async ({ shopper, setStock }) => {
  await setStock("Oarsman's Spoon", 3);
  const buyer = await shopper();
  await buyer.addToCart("Oarsman's Spoon", 2);
  await buyer.goToPayment();
  await buyer.page.getByRole("link", { name: t("sandboxPayment.cancel") }).click();
  await expect(buyer.page.getByText(textLike("hold.payment", { time: CLOCK }))).toBeVisible();
  const other = await shopper();
  await other.expectStock("Oarsman's Spoon", t("stock.few", { available: 1 }));

  await buyer.page.getByRole("button", { name: t("cart.resumePayment") }).click();
  await expect(buyer.page.getByRole("button", { name: t("sandboxPayment.decline") })).toBeVisible();
  const paymentUrl = buyer.page.url();
  await buyer.page.getByRole("link", { name: t("sandboxPayment.cancel") }).click();
  await buyer.page.getByRole("button", { name: t("hold.cancelPayment") }).click();
  await expect(buyer.heldUntil()).toBeVisible();
  await expect(buyer.quantityField("Oarsman's Spoon")).toHaveValue("2");
  await buyer.setQuantity("Oarsman's Spoon", 1);
  await expect(buyer.cartInHeader()).toHaveText(cartText(1));
  await other.expectStock("Oarsman's Spoon", t("stock.few", { available: 2 }));

  await buyer.page.goto(paymentUrl);
  await expect(buyer.page.getByText(t("sandboxPayment.expiredHeading"))).toBeVisible();
});

test("a declined card charges nothing, and a second try pays", async ({ shopper, setStock }) => {
  await setStock("Mooring Trivet", 4);
  const buyer = await shopper();
  await buyer.addToCart("Mooring Trivet");
  await buyer.goToPayment();
  await buyer.page.getByRole("button", { name: t("sandboxPayment.decline") }).click();
  await expect(buyer.page.getByRole("alert")).toContainText(t("sandboxPayment.declined"));
  const other = await shopper();
  await other.expectStock("Mooring Trivet", t("stock.few", { available: 3 }));

  await buyer.pay();
  await other.expectStock("Mooring Trivet", t("stock.few", { available: 3 }));
});

test("an unpaid order says that nothing was charged, and the cart is kept", async ({ shopper, setStock, baseURL }) => {
  await setStock("Lighthouse Pepper Mill", 4);
  const buyer = await shopper();
  await buyer.addToCart("Lighthouse Pepper Mill");
  await buyer.goToPayment();
  const checkoutId = /cs_\w+/.exec(buyer.page.url())?.[0] ?? "";
  const orderUrl = `${baseURL ?? ""}/orders/${checkoutId}`;
  await buyer.page.goto(orderUrl);
  await expect(buyer.page.getByRole("heading", { name: t("order.open.title") })).toBeVisible();

  await buyer.openCart();
  await buyer.setQuantity("Lighthouse Pepper Mill", 2);
  await expect(buyer.heldUntil()).toBeVisible();
  await buyer.page.goto(orderUrl);
  await expect(buyer.page.getByRole("heading", { name: t("order.not_charged.title") })).toBeVisible();
  await buyer.page.getByRole("link", { name: t("nav.viewCart") }).click();
  await expect(buyer.line("Lighthouse Pepper Mill").getByLabel(t("product.quantity"))).toHaveValue("2");
});

test("a cart whose stock the merchant removed cannot be paid", async ({ shopper, setStock }) => {
  await setStock("Storm Lantern", 2);
  const buyer = await shopper();
  await buyer.addToCart("Storm Lantern");
  await setStock("Storm Lantern", 0);
  await buyer.page.getByRole("button", { name: t("cart.pay"), exact: true }).click();
  await expect(buyer.line("Storm Lantern").getByText(t("stock.soldOut"))).toBeVisible();
});
