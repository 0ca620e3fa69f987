import { t } from "~/words/words";
import { expect, test } from "./shop";
import { cartText, CLOCK, price, textLike } from "./texts";

test("totals follow changed quantities and removed lines", async ({ shopper, setStock }) => {
  await setStock("Harbour Bowl", 6);
  await setStock("Driftwood Board", 6);
  const buyer = await shopper();
  await buyer.addToCart("Harbour Bowl", 1);
  await buyer.addToCart("Driftwood Board", 1);
  const total = buyer.page.getByRole("region", { name: t("cart.total") });
  await expect(total.getByText(price(116))).toBeVisible();

  await buyer.setQuantity("Harbour Bowl", 3);
  await expect(total.getByText(price(244))).toBeVisible();
  await expect(buyer.cartInHeader()).toHaveText(cartText(4));

  await buyer.page.getByRole("button", { name: t("cart.removeLabel", { name: "Driftwood Board" }) }).click();
  await expect(buyer.line("Driftwood Board")).toHaveCount(0);
  await expect(total.getByText(price(192))).toBeVisible();

  await buyer.page.getByRole("button", { name: t("cart.clear") }).click();
  await expect(buyer.page.getByText(t("cart.empty"))).toBeVisible();
  await buyer.expectStock("Harbour Bowl", t("stock.left", { available: 6 }));
});

test("emptying the cart can be undone; what is gone meanwhile is named, and the rest comes back", async ({
  shopper,
  setStock,
}) => {
  await setStock("Harbour Bowl", 6);
  await setStock("Foghorn Teapot", 1);
  const buyer = await shopper();
  await buyer.addToCart("Harbour Bowl", 2);
  await buyer.addToCart("Foghorn Teapot", 1);
  const empty = buyer.page.getByRole("button", { name: t("cart.clear") });
  const undo = buyer.page.getByRole("button", { name: t("cart.undo"), exact: false });
  await empty.click();
  await expect(buyer.page.getByText(t("cart.removedAll", { count: 3 }))).toBeVisible();
  await undo.click();
  await expect(buyer.quantityField("Harbour Bowl")).toHaveValue("2");
  await expect(buyer.quantityField("Foghorn Teapot")).toHaveValue("1");

  await empty.click();
  const other = await shopper();
  await other.addOnProductPage("Foghorn Teapot");
  await undo.click();
  const alert = buyer.page.getByRole("alert");
  await expect(alert.getByRole("listitem")).toContainText("Foghorn Teapot");
  await expect(buyer.page.getByText(t("cart.empty"))).toBeVisible();
  await undo.click();
  await expect(buyer.quantityField("Harbour Bowl")).toHaveValue("2");
  await expect(buyer.line("Foghorn Teapot")).toHaveCount(0);
});

test("a refused quantity is explained next to its line, which stays unchanged", async ({ shopper, setStock }) => {
  await setStock("Kelp Tea Towel", 3);
  const buyer = await shopper();
  await buyer.addToCart("Kelp Tea Towel", 2);
  await buyer.setQuantity("Kelp Tea Towel", 5);
  const line = buyer.line("Kelp Tea Towel");
  await expect(line.getByText(t("failure.onlyAvailable", { available: 3 }))).toBeVisible();
  await expect(buyer.page.getByRole("alert")).toHaveCount(1);
  await expect(buyer.quantityField("Kelp Tea Towel")).toHaveValue("2");

  const other = await shopper();
  await setStock("Kelp Tea Towel", 4);
  await other.addToCart("Kelp Tea Towel", 2);
  await buyer.openCart();
  await buyer.setQuantity("Kelp Tea Towel", 3);
  await expect(line.getByText(textLike("failure.onlyAvailableYet", { available: 2, time: CLOCK }))).toBeVisible();
});

test("a hold can be extended", async ({ shopper, setStock }) => {
  await setStock("Pebble Salt Cellar", 5);
  const buyer = await shopper();
  await buyer.addToCart("Pebble Salt Cellar");
  const deadline = buyer.page.getByRole("time");
  const before = (await deadline.getAttribute("datetime")) ?? "";
  await buyer.page.getByRole("button", { name: t("hold.extend") }).click();
  await expect.poll(async () => (await deadline.getAttribute("datetime")) ?? "").not.toBe(before);
  expect(Date.parse((await deadline.getAttribute("datetime")) ?? "")).toBeGreaterThan(Date.parse(before));
});
