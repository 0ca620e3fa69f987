import { expect, test, type Shopper } from "./shop";

async function postToCart(shopper: Shopper, form: Record<string, string>, headers: Record<string, string> = {}) {
  return shopper.page.request.post(shopper.address("/cart"), { form, headers });
}

async function expectCartAsItWas(shopper: Shopper): Promise<void> {
  await shopper.openCart();
  await expect(shopper.line("Gannet Egg Cup").getByLabel("Quantity")).toHaveValue("2");
  await expect(shopper.page.getByText("Held for you until")).toBeVisible();
}

test("a quantity that is none changes nothing and is answered in words", async ({ shopper, setStock }) => {
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
    const answer = await postToCart(buyer, { intent: "set", product_id, quantity });
    expect(answer.status(), quantity).toBe(status);
    expect(await answer.text()).toContain("Gannet Egg Cup");
  }
  await expectCartAsItWas(buyer);
});

test("a form from another site is refused in words and changes nothing", async ({ shopper, setStock }) => {
  await setStock("Gannet Egg Cup", 5);
  const buyer = await shopper();
  await buyer.addToCart("Gannet Egg Cup", 2);
  for (const [name, value] of [
    ["Origin", "https://evil.example"],
    ["Origin", "null"],
    ["Origin", "no address"],
    ["Sec-Fetch-Site", "cross-site"],
  ] as const) {
    const answer = await postToCart(buyer, { intent: "clear" }, { [name]: value });
    expect(answer.status(), `${name}: ${value}`).toBe(403);
    expect(await answer.text()).toContain("This request came from another site and was refused.");
  }
  await expectCartAsItWas(buyer);
});

test("a body that is too large or of another kind is refused in words", async ({ shopper }) => {
  const visitor = await shopper();
  const large = await postToCart(visitor, { intent: "clear", padding: "x".repeat(20_000) });
  expect(large.status()).toBe(413);
  const other = await visitor.page.request.post(visitor.address("/cart"), { data: { intent: "clear" } });
  expect(other.status()).toBe(415);
  expect(await other.text()).toContain("This request was refused");
});

test("a cart cookie that this shop did not sign is replaced by a new cart", async ({ shopper, setStock }) => {
  await setStock("Gannet Egg Cup", 5);
  const buyer = await shopper();
  await buyer.addToCart("Gannet Egg Cup", 2);
  const undo = await buyer.forgeCookie();
  await buyer.openCart();
  await expect(buyer.page.getByText("Your cart is empty.")).toBeVisible();
  await buyer.expectStock("Gannet Egg Cup", "3 left");
  await undo();
});
