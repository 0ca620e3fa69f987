import { expect, test } from "./shop";

test("totals follow changed quantities and removed lines", async ({ shopper, setStock }) => {
  await setStock("Harbour Bowl", 6);
  await setStock("Driftwood Board", 6);
  const buyer = await shopper();
  await buyer.addToCart("Harbour Bowl", 1);
  await buyer.addToCart("Driftwood Board", 1);
  const total = buyer.page.getByRole("region", { name: "Total" });
  await expect(total.getByText("US$116.00")).toBeVisible();

  await buyer.setQuantity("Harbour Bowl", 3);
  await expect(total.getByText("US$244.00")).toBeVisible();
  await expect(buyer.cartInHeader()).toHaveText("Cart 4 units");

  await buyer.page.getByRole("button", { name: "Remove Driftwood Board" }).click();
  await expect(buyer.line("Driftwood Board")).toHaveCount(0);
  await expect(total.getByText("US$192.00")).toBeVisible();

  await buyer.page.getByRole("button", { name: "Clear the cart" }).click();
  await expect(buyer.page.getByText("Your cart is empty.")).toBeVisible();
  await buyer.expectStock("Harbour Bowl", "6 left");
});

test("a refused quantity is explained next to its line, which stays unchanged", async ({ shopper, setStock }) => {
  await setStock("Kelp Tea Towel", 3);
  const buyer = await shopper();
  await buyer.addToCart("Kelp Tea Towel", 2);
  await buyer.setQuantity("Kelp Tea Towel", 5);
  const line = buyer.line("Kelp Tea Towel");
  await expect(line.getByText("You asked for 5, and only 3 are left for you. There are no more.")).toBeVisible();
  await expect(line.getByText("You are holding 2, and 1 more is left")).toBeVisible();

  const other = await shopper();
  await setStock("Kelp Tea Towel", 4);
  await other.addToCart("Kelp Tea Towel", 2);
  await buyer.openCart();
  await buyer.setQuantity("Kelp Tea Towel", 3);
  await expect(
    line.getByText(/You asked for 3, and only 2 are left for you\. Others are not sold, only held in other carts\./),
  ).toBeVisible();
});

test("a hold can be extended", async ({ shopper, setStock }) => {
  await setStock("Pebble Salt Cellar", 5);
  const buyer = await shopper();
  await buyer.addToCart("Pebble Salt Cellar");
  const deadline = buyer.page.getByRole("time");
  const before = (await deadline.getAttribute("datetime")) ?? "";
  await buyer.page.getByRole("button", { name: "Hold for longer" }).click();
  await expect.poll(async () => (await deadline.getAttribute("datetime")) ?? "").not.toBe(before);
  expect(Date.parse((await deadline.getAttribute("datetime")) ?? "")).toBeGreaterThan(Date.parse(before));
});
