import { expect, test } from "./shop";

test("with one unit and two shoppers, one gets it and the other sees why not", async ({ shopper, setStock }) => {
  await setStock("Foghorn Teapot", 1);
  const first = await shopper();
  const second = await shopper();
  // A slightly outdated page still offers the unit that is now held.
  await second.page.route("**/api/availability**", (route) => route.abort());
  await second.openProduct("Foghorn Teapot");
  await expect(second.page.getByText("Last one")).toBeVisible();

  await first.addToCart("Foghorn Teapot");
  await second.page.getByRole("button", { name: "Add to cart: Foghorn Teapot" }).click();
  const refusal = second.page.getByRole("alert");
  await expect(refusal.getByText("Not everything could be held, so nothing was changed.")).toBeVisible();
  await expect(
    refusal.getByText(
      /You asked for 1, and none is left for you\. Others are not sold, only held in other carts\. The next may free up at \d\d:\d\d( UTC)?\./,
    ),
  ).toBeVisible();

  await second.openProduct("Foghorn Teapot");
  await expect(
    second.page.getByText(/All held in other carts: the next may free up at \d\d:\d\d( UTC)?/),
  ).toBeVisible();
  await expect(second.page.getByRole("button", { name: "Add to cart: Foghorn Teapot" })).toHaveCount(0);

  await first.openCart();
  await first.goToPayment();
  await first.pay();
  await second.expectStock("Foghorn Teapot", "Sold out");
});

test("a unit that one shopper removes is available to the other", async ({ shopper, setStock }) => {
  await setStock("Barnacle Bud Vase", 1);
  const first = await shopper();
  const second = await shopper();
  await first.addToCart("Barnacle Bud Vase");
  await second.expectStock("Barnacle Bud Vase", "All held in other carts");
  await first.page.getByRole("button", { name: "Remove Barnacle Bud Vase" }).click();
  await expect(first.page.getByText("Your cart is empty.")).toBeVisible();
  await second.addToCart("Barnacle Bud Vase");
});
