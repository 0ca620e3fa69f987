import { t } from "~/words/words";
import { expect, test } from "./shop";
import { cartText } from "./texts";

test("a form submitted twice, concurrently or later, adds once", async ({ shopper, setStock }) => {
  await setStock("Barnacle Bud Vase", 9);
  const buyer = await shopper();
  await buyer.openProduct("Barnacle Bud Vase");
  const form = buyer.purchase().locator("form.add-form");
  const fields = { intent: "add", quantity: "2" };
  const [product_id, operation] = await Promise.all(
    ["product_id", "operation"].map((name) => form.locator(`input[name="${name}"]`).inputValue()),
  );
  const send = (operationOfForm = operation ?? "") =>
    buyer.page.request.post(buyer.address("/cart"), {
      form: { ...fields, product_id: product_id ?? "", operation: operationOfForm },
    });
  await Promise.all([send(), send(), send()]);
  await send();
  await buyer.openCart();
  await expect(buyer.line("Barnacle Bud Vase").getByLabel(t("product.quantity"))).toHaveValue("2");

  // A new form adds again.
  await send("oAnotherForm");
  await buyer.openCart();
  await expect(buyer.line("Barnacle Bud Vase").getByLabel(t("product.quantity"))).toHaveValue("4");
});

test("a double click adds once, and going back changes nothing", async ({ shopper, setStock }) => {
  await setStock("Kelp Tea Towel", 9);
  const buyer = await shopper();
  await buyer.openProduct("Kelp Tea Towel");
  await buyer.page.getByRole("button", { name: t("product.addLabel", { name: "Kelp Tea Towel" }) }).dblclick();
  await expect(
    buyer.page.getByText(t("product.added", { name: "Kelp Tea Towel" })).or(buyer.heldUntil()),
  ).toBeAttached();
  await buyer.openCart();
  await expect(buyer.line("Kelp Tea Towel").getByLabel(t("product.quantity"))).toHaveValue("1");
  await buyer.openProduct("Kelp Tea Towel");
  await expect(buyer.purchase().getByText(t("stock.heldMore", { more: 8 }))).toBeVisible();
  await buyer.page.goBack();
  await buyer.page.goForward();
  await expect(buyer.purchase().getByText(t("stock.heldMore", { more: 8 }))).toBeVisible();
  await buyer.page.goBack();
  await buyer.page.reload();
  await expect(buyer.line("Kelp Tea Towel").getByLabel(t("product.quantity"))).toHaveValue("1");
});

test("a removal can be undone", async ({ shopper, setStock, javaScriptEnabled }) => {
  await setStock("Gannet Egg Cup", 9);
  const buyer = await shopper();
  await buyer.addToCart("Gannet Egg Cup", 3);
  await buyer.page.getByRole("button", { name: t("cart.removeLabel", { name: "Gannet Egg Cup" }) }).click();
  const removed = t("cart.removedSeveral", { quantity: 3, name: "Gannet Egg Cup" });
  await expect(buyer.page.getByText(removed)).toBeVisible();
  if (javaScriptEnabled) await expect(buyer.page.getByRole("status").filter({ hasText: removed })).toBeFocused();
  await buyer.page.getByRole("button", { name: t("cart.undoLabel", { name: "Gannet Egg Cup" }) }).click();
  await expect(buyer.line("Gannet Egg Cup").getByLabel(t("product.quantity"))).toHaveValue("3");
  await expect(buyer.page.getByText(removed)).toHaveCount(0);
  if (javaScriptEnabled)
    await expect(buyer.line("Gannet Egg Cup").getByRole("link", { name: "Gannet Egg Cup" })).toBeFocused();
});

test(
  "with JavaScript nothing reloads, and a pending form says so",
  { tag: "@with-javascript" },
  async ({ shopper, setStock }) => {
    await setStock("Limpet Espresso Cup", 9);
    const buyer = await shopper();
    await buyer.openProduct("Limpet Espresso Cup");
    await buyer.page.evaluate(() => document.body.setAttribute("data-same-document", ""));
    let proceed = () => {};
    const waiting = new Promise<void>((resolve) => (proceed = resolve));
    await buyer.page.route("**/cart/panel.data**", async (route) => {
      if (route.request().method() === "POST") expect(route.request().postData()).toMatch(/clicked_at=\d{13}/);
      await waiting;
      await route.continue();
    });
    const name = "Limpet Espresso Cup";
    await buyer.page.getByRole("button", { name: t("product.addLabel", { name }) }).click();
    await expect(buyer.page.getByRole("button", { name: t("hold.reserving") })).toBeFocused();
    await expect(buyer.cartInHeader()).toHaveText(cartText(0));
    proceed();
    await expect(buyer.page.getByText(t("product.added", { name }))).toBeAttached();
    await expect(buyer.cartInHeader()).toHaveText(cartText(1));
    await expect(buyer.page.getByRole("button", { name: t("quantity.more", { name }) })).toBeFocused();
    await expect(buyer.page.locator("body[data-same-document]")).toHaveCount(1);
  },
);

test("Pay charges for the cart as shown, or returns to it with the changes", async ({
  shopper,
  setStock,
  javaScriptEnabled,
}) => {
  await setStock("Mooring Trivet", 9);
  const buyer = await shopper();
  await buyer.addToCart("Mooring Trivet", 1);
  const field = buyer.page.locator('input[name="shown"]');
  const shown = await field.inputValue();
  // The same browser changes the cart on another page.
  const product_id = await buyer.line("Mooring Trivet").locator('input[name="product_id"]').first().inputValue();
  await buyer.page.request.post(buyer.address("/cart"), { form: { intent: "set", product_id, quantity: "2" } });
  if (javaScriptEnabled) {
    // With scripts the page updates itself; restore the form as it was before the update.
    await expect(buyer.line("Mooring Trivet").getByLabel(t("product.quantity"))).toHaveValue("2");
    await field.evaluate((input: HTMLInputElement, value) => void (input.value = value), shown);
  }
  const pay = buyer.page.getByRole("button", { name: t("cart.pay"), exact: true });
  await pay.click();
  await expect(buyer.page.getByRole("alert").filter({ hasText: t("cart.changed") })).toContainText(
    t("cart.changedQuantity", { quantity: 2, name: "Mooring Trivet" }),
  );
  expect(new URL(buyer.page.url()).pathname).toBe("/cart");
  // The cart as shown now can be paid.
  await pay.click();
  await expect(buyer.page.getByRole("button", { name: t("sandboxPayment.decline") })).toBeVisible();
});
