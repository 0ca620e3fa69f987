import { t } from "~/words/words";
import { expect, test } from "./shop";

test("an expired hold frees its unit for others", async ({ shopper, setStock }) => {
  await setStock("Cormorant Jug", 1);
  const first = await shopper({ shortHolds: true });
  const second = await shopper({ shortHolds: true });
  await first.addToCart("Cormorant Jug");
  await second.expectStock("Cormorant Jug", t("stock.lastOne"));
  await second.addToCart("Cormorant Jug");

  await first.openCart();
  await expect(first.line("Cormorant Jug").getByText(/Hold ended/)).toBeVisible();
  await expect(first.heldUntil()).toHaveCount(0);
});

test("lapsed lines stay in the cart and can be held again with one button", async ({ shopper, setStock }) => {
  await setStock("Dory Butter Dish", 4);
  await setStock("Skerry Plate", 9);
  const buyer = await shopper({ shortHolds: true });
  await buyer.addToCart("Dory Butter Dish", 2);
  await buyer.addToCart("Skerry Plate", 1);
  await expect(async () => {
    await buyer.openCart();
    await expect(buyer.page.getByText(t("stock.lapsed"))).toHaveCount(2, {
      timeout: 500,
    });
  }).toPass();

  await expect(buyer.page.getByRole("button", { name: t("cart.pay"), exact: true })).toHaveCount(0);
  await buyer.page.getByRole("button", { name: t("hold.again") }).click();
  await expect(buyer.heldUntil()).toBeVisible();
  await expect(buyer.page.getByText(t("stock.lapsed"))).toHaveCount(0);
  await expect(buyer.page.getByRole("button", { name: t("cart.pay"), exact: true })).toBeVisible();
});

test("lapsed lines without enough stock say so, and none is held again", async ({ shopper, setStock }) => {
  await setStock("Dory Butter Dish", 2);
  const slow = await shopper({ shortHolds: true });
  const quick = await shopper({ shortHolds: true });
  await slow.addToCart("Dory Butter Dish", 2);
  await quick.expectStock("Dory Butter Dish", t("stock.few", { available: 2 }));
  await slow.openCart();
  await expect(slow.line("Dory Butter Dish").getByText(t("stock.lapsed"))).toBeVisible();

  await setStock("Dory Butter Dish", 1);
  await slow.page.getByRole("button", { name: t("hold.again") }).click();
  await expect(slow.line("Dory Butter Dish").getByRole("alert")).toHaveText(
    t("failure.onlyAvailable", { available: 1 }),
  );
  await expect(slow.heldUntil()).toHaveCount(0);
});
