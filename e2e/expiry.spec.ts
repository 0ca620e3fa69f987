import { expect, test } from "./shop";

test("an expired hold frees its unit for others", async ({ shopper, setStock }) => {
  await setStock("Cormorant Jug", 1);
  const first = await shopper({ shortHolds: true });
  const second = await shopper({ shortHolds: true });
  await first.addToCart("Cormorant Jug");
  await second.expectStock("Cormorant Jug", "Last one");
  await second.addToCart("Cormorant Jug");

  await first.openCart();
  await expect(first.line("Cormorant Jug").getByText(/Hold expired/)).toBeVisible();
  await expect(first.page.getByText("Held for you until")).toHaveCount(0);
});

test("lapsed lines stay in the cart and can be held again with one button", async ({ shopper, setStock }) => {
  await setStock("Dory Butter Dish", 4);
  await setStock("Skerry Plate", 9);
  const buyer = await shopper({ shortHolds: true });
  await buyer.addToCart("Dory Butter Dish", 2);
  await buyer.addToCart("Skerry Plate", 1);
  await expect(async () => {
    await buyer.openCart();
    await expect(buyer.page.getByText("Hold expired · still available")).toHaveCount(2, {
      timeout: 500,
    });
  }).toPass();

  await buyer.page.getByRole("button", { name: "Hold everything again" }).click();
  await expect(buyer.page.getByText("Held for you until")).toBeVisible();
  await expect(buyer.line("Dory Butter Dish").getByText("You are holding 2, and 2 more are left")).toBeVisible();
  await expect(buyer.line("Skerry Plate").getByText("You are holding 1, and 8 more are left")).toBeVisible();
});

test("lapsed lines without enough stock say so, and none is held again", async ({ shopper, setStock }) => {
  await setStock("Dory Butter Dish", 2);
  const slow = await shopper({ shortHolds: true });
  const quick = await shopper({ shortHolds: true });
  await slow.addToCart("Dory Butter Dish", 2);
  await quick.expectStock("Dory Butter Dish", "2 left");
  await slow.openCart();
  await expect(slow.line("Dory Butter Dish").getByText("Hold expired · still available")).toBeVisible();

  await setStock("Dory Butter Dish", 1);
  await slow.page.getByRole("button", { name: "Hold everything again" }).click();
  await expect(
    slow.line("Dory Butter Dish").getByText("You asked for 2, and only 1 is left for you. There are no more."),
  ).toBeVisible();
  await expect(slow.page.getByText("Held for you until")).toHaveCount(0);
});
