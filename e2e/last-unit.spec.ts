import { t } from "~/words/words";
import { expect, test } from "./shop";
import { CLOCK, textLike } from "./texts";

test("with one unit and two shoppers, one gets it and the other sees why not", async ({ shopper, setStock }) => {
  await setStock("Foghorn Teapot", 1);
  const first = await shopper();
  const second = await shopper();
  // A slightly outdated page still offers the unit that is now held.
  await second.page.route("**/api/availability**", (route) => route.abort());
  await second.openProduct("Foghorn Teapot");
  await expect(second.purchase().getByText(t("stock.lastOne"))).toBeVisible();

  await first.addToCart("Foghorn Teapot");
  await second.page.getByRole("button", { name: t("product.addLabel", { name: "Foghorn Teapot" }) }).click();
  const refusal = second.page.getByRole("alert");
  await expect(refusal.getByText(t("failure.refused"))).toBeVisible();
  await expect(refusal.getByText(textLike("failure.heldByOthersUntil", { time: CLOCK }))).toBeVisible();

  await second.openProduct("Foghorn Teapot");
  await expect(second.purchase().getByText(textLike("stock.inOtherCartsUntil", { time: CLOCK }))).toBeVisible();
  await expect(
    second.page.getByRole("button", { name: t("product.addLabel", { name: "Foghorn Teapot" }) }),
  ).toHaveCount(0);

  await first.openCart();
  await first.goToPayment();
  await first.pay();
  await second.expectStock("Foghorn Teapot", t("stock.soldOut"));
});

test("a unit that one shopper removes is available to the other", async ({ shopper, setStock }) => {
  await setStock("Barnacle Bud Vase", 1);
  const first = await shopper();
  const second = await shopper();
  await first.addToCart("Barnacle Bud Vase");
  await second.expectStock("Barnacle Bud Vase", textLike("stock.inOtherCartsUntil", { time: CLOCK }));
  await first.page.getByRole("button", { name: t("cart.removeLabel", { name: "Barnacle Bud Vase" }) }).click();
  await expect(first.page.getByText(t("cart.empty"))).toBeVisible();
  await second.addToCart("Barnacle Bud Vase");
});
