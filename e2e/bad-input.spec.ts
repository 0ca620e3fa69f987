import { t } from "~/words/words";
import { expect, test, type Shopper } from "./shop";

async function postToCart(shopper: Shopper, form: Record<string, string>, headers: Record<string, string> = {}) {
  return shopper.page.request.post(shopper.address("/cart"), { form, headers });
}

async function expectUnchangedCart(shopper: Shopper): Promise<void> {
  await shopper.openCart();
  await expect(shopper.line("Gannet Egg Cup").getByLabel(t("product.quantity"))).toHaveValue("2");
  await expect(shopper.heldUntil()).toBeVisible();
}

test("an invalid quantity changes nothing and is explained", async ({ shopper, setStock }) => {
  await setStock("Gannet Egg Cup", 5);
  const buyer = await shopper();
  await buyer.addToCart("Gannet Egg Cup", 2);
  const product_id = await buyer.page.locator('input[name="product_id"]').first().inputValue();
  for (const [quantity, status] of [
    ["-1", 400],
    ["1.5", 400],
    ["2abc", 400],
    ["NaN", 400],
    ["1e9", 400],
    ["100000000", 422],
  ] as const) {
    const response = await postToCart(buyer, { intent: "set", product_id, quantity });
    expect(response.status(), quantity).toBe(status);
    expect(await response.text()).toContain("Gannet Egg Cup");
  }
  await expectUnchangedCart(buyer);
});

test("a form from another site changes nothing and is refused with an explanation", async ({ shopper, setStock }) => {
  await setStock("Gannet Egg Cup", 5);
  const buyer = await shopper();
  await buyer.addToCart("Gannet Egg Cup", 2);
  for (const [name, value] of [
    ["Origin", "https://evil.example"],
    ["Origin", "null"],
    ["Origin", "no address"],
    ["Sec-Fetch-Site", "cross-site"],
  ] as const) {
    const response = await postToCart(buyer, { intent: "clear" }, { [name]: value });
    expect(response.status(), `${name}: ${value}`).toBe(403);
    expect(await response.text()).toContain(t("error.crossOrigin.text"));
  }
  await expectUnchangedCart(buyer);
});

test("a body that is too large or of another type is refused with an explanation", async ({ shopper }) => {
  const visitor = await shopper();
  const large = await postToCart(visitor, { intent: "clear", padding: "x".repeat(20_000) });
  expect(large.status()).toBe(413);
  const other = await visitor.page.request.post(visitor.address("/cart"), { data: { intent: "clear" } });
  expect(other.status()).toBe(415);
  expect(await other.text()).toContain(t("error.refused.text"));
});

test("a cart cookie with an invalid signature is replaced by a new cart", async ({ shopper, setStock }) => {
  await setStock("Gannet Egg Cup", 5);
  const buyer = await shopper();
  await buyer.addToCart("Gannet Egg Cup", 2);
  const undo = await buyer.forgeCookie();
  await buyer.openCart();
  await expect(buyer.page.getByText(t("cart.empty"))).toBeVisible();
  await buyer.expectStock("Gannet Egg Cup", t("stock.few", { available: 3 }));
  await undo();
});
