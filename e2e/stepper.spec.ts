import type { Page, Request } from "@playwright/test";
import { t } from "~/words/words";
import { expect, test, type Shopper } from "./shop";
import { cartText, price } from "./texts";

/** Holds back all changes of the cart until they are let through, one by one, and records them. */
async function delayChanges(page: Page) {
  const requests: Request[] = [];
  const gates: (() => void)[] = [];
  await page.route("**/cart/panel.data**", async (route, request) => {
    if (request.method() !== "POST") return route.continue();
    requests.push(request);
    await new Promise<void>((resolve) => gates.push(resolve));
    await route.continue();
  });
  return {
    sent: () => requests.map((request) => new URLSearchParams(request.postData() ?? "").get("quantity")),
    /** Waits for the request with this index and lets it through. */
    async letThrough(index: number) {
      await expect.poll(() => gates.length).toBeGreaterThan(index);
      gates[index]?.();
    },
  };
}

/** Lets the next change of the cart fail as if its payment page could not be closed; returns a function that sends the response. */
async function refuseNextChange(page: Page): Promise<() => void> {
  let send = (): void => undefined;
  const isSent = new Promise<void>((resolve) => (send = resolve));
  await page.route(/\/cart(\/panel)?\.data/, async (route, request) => {
    if (request.method() !== "POST") return route.continue();
    await isSent;
    const failure = '"kind","checkout_open"';
    await route.fulfill({
      status: 409,
      headers: { "Content-Type": "text/x-script", "X-Remix-Response": "yes" },
      body: request.url().includes("panel")
        ? `[{"_1":2},"data",{"_3":4,"_5":6},"outcome","failed","failure",{"_7":8},${failure}]`
        : `[{"_1":2},"data",{"_3":4},${failure}]`,
    });
  });
  return send;
}

function more(buyer: Shopper, name: string) {
  return buyer.page.getByRole("button", { name: t("quantity.more", { name }) });
}

function less(buyer: Shopper, name: string) {
  return buyer.page.getByRole("button", { name: t("quantity.less", { name }) });
}

test("steps one at a time, and removes the last one with an undo", async ({ shopper, setStock }) => {
  await setStock("Harbour Bowl", 6);
  const buyer = await shopper();
  await buyer.addToCart("Harbour Bowl", 1);
  await more(buyer, "Harbour Bowl").click();
  const total = buyer.page.getByRole("region", { name: t("cart.total") });
  await expect(total.getByText(price(128))).toBeVisible();
  await expect(buyer.quantityField("Harbour Bowl")).toHaveValue("2");
  await less(buyer, "Harbour Bowl").click();
  await expect(total.getByText(price(64))).toBeVisible();
  await less(buyer, "Harbour Bowl").click();
  await expect(buyer.page.getByText(t("cart.empty"))).toBeVisible();
  await buyer.page.getByRole("button", { name: t("cart.undoLabel", { name: "Harbour Bowl" }) }).click();
  await expect(buyer.quantityField("Harbour Bowl")).toHaveValue("1");
});

test(
  "without JavaScript it has a button for a typed quantity",
  { tag: "@without-javascript" },
  async ({ shopper, setStock }) => {
    await setStock("Harbour Bowl", 6);
    const buyer = await shopper();
    await buyer.addToCart("Harbour Bowl", 1);
    await buyer.quantityField("Harbour Bowl").fill("4");
    await buyer.page.getByRole("button", { name: t("cart.updateLabel", { name: "Harbour Bowl" }) }).click();
    await expect(buyer.cartInHeader()).toHaveText(cartText(4));
    await buyer.setQuantity("Harbour Bowl", 7);
    await expect(buyer.line("Harbour Bowl").getByText(t("failure.onlyAvailable", { available: 6 }))).toHaveCount(1);
    await expect(buyer.quantityField("Harbour Bowl")).toHaveValue("4");
  },
);

test.describe("with JavaScript", { tag: "@with-javascript" }, () => {
  test("quick clicks are one request, and nothing counts as reserved before the server granted it", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Tide Mug", 9);
    const buyer = await shopper();
    await buyer.addToCart("Tide Mug", 1);
    const changes = await delayChanges(buyer.page);
    const line = buyer.line("Tide Mug");
    await more(buyer, "Tide Mug").click();
    await more(buyer, "Tide Mug").click();
    await expect(buyer.quantityField("Tide Mug")).toHaveValue("3");
    await expect(line.getByText(t("hold.reserving"))).toBeVisible();
    await expect(buyer.page.getByRole("region", { name: t("cart.total") })).toContainText(price(28));
    await expect(buyer.cartInHeader()).toHaveText(cartText(1));
    await changes.letThrough(0);
    await expect(buyer.page.getByRole("region", { name: t("cart.total") })).toContainText(price(84));
    await expect(line.getByText(t("hold.reserving"))).toHaveCount(0);
    await expect(buyer.page.getByText(t("cart.updated", { name: "Tide Mug", quantity: 3 }))).toBeAttached();
    await expect(more(buyer, "Tide Mug")).toBeFocused();
    expect(changes.sent()).toEqual(["3"]);
  });

  test("a delayed response does not overwrite a later choice, which is sent after it", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Tide Mug", 9);
    const buyer = await shopper();
    await buyer.addToCart("Tide Mug", 1);
    const changes = await delayChanges(buyer.page);
    const field = buyer.quantityField("Tide Mug");
    await buyer.setQuantity("Tide Mug", 2);
    await expect.poll(changes.sent).toEqual(["2"]);
    await buyer.setQuantity("Tide Mug", 5);
    await changes.letThrough(0);
    await expect(buyer.cartInHeader()).toHaveText(cartText(2));
    await expect(field).toHaveValue("5");
    await changes.letThrough(1);
    await expect(buyer.cartInHeader()).toHaveText(cartText(5));
    await expect(field).toHaveValue("5");
    expect(changes.sent()).toEqual(["2", "5"]);
  });

  test("a refused choice returns to what is granted, with one message", async ({ shopper, setStock }) => {
    await setStock("Kelp Tea Towel", 3);
    const buyer = await shopper();
    await buyer.addToCart("Kelp Tea Towel", 2);
    await buyer.setQuantity("Kelp Tea Towel", 5);
    await expect(buyer.page.getByRole("alert")).toHaveText(t("failure.onlyAvailable", { available: 3 }));
    await expect(buyer.quantityField("Kelp Tea Towel")).toHaveValue("2");
    await expect(buyer.page.getByText(t("failure.onlyAvailable", { available: 3 }))).toHaveCount(1);
    await more(buyer, "Kelp Tea Towel").click();
    await expect(buyer.page.getByRole("alert")).toHaveCount(0);
    await expect(buyer.cartInHeader()).toHaveText(cartText(3));
  });

  test("at the maximum, + keeps the focus and says why", async ({ shopper, setStock }) => {
    await setStock("Kelp Tea Towel", 3);
    const buyer = await shopper();
    await buyer.addToCart("Kelp Tea Towel", 3);
    const button = more(buyer, "Kelp Tea Towel");
    const reason = t("failure.onlyAvailable", { available: 3 });
    await expect(button).toHaveAttribute("aria-disabled", "true");
    await expect(button).toHaveAccessibleDescription(reason);
    await button.click({ force: true });
    await expect(buyer.line("Kelp Tea Towel").getByText(reason)).toBeVisible();
    await expect(button).toBeFocused();
    await expect(buyer.quantityField("Kelp Tea Towel")).toHaveValue("3");
  });

  test("Pay sends a pending choice first, and stays if it is refused", async ({ shopper, setStock }) => {
    await setStock("Gannet Egg Cup", 3);
    const buyer = await shopper();
    await buyer.addToCart("Gannet Egg Cup", 1);
    const pay = buyer.page.getByRole("button", { name: t("cart.pay"), exact: true });
    await buyer.quantityField("Gannet Egg Cup").fill("9");
    await pay.click();
    await expect(buyer.page.getByRole("alert")).toHaveText(t("failure.onlyAvailable", { available: 3 }));
    await expect(pay).toBeFocused();
    expect(new URL(buyer.page.url()).pathname).toBe("/cart");

    const changes = await delayChanges(buyer.page);
    await more(buyer, "Gannet Egg Cup").click();
    await pay.click();
    await expect(buyer.page.getByRole("button", { name: t("cart.updating") })).toHaveAttribute("aria-busy", "true");
    await changes.letThrough(0);
    // Not back to the cart with "Your cart has changed": the form had the new total.
    await expect(
      buyer.page.getByRole("heading", { name: t("sandboxPayment.heading", { amount: price(28) }) }),
    ).toBeVisible();
    expect(changes.sent()).toEqual(["2"]);
  });

  test("Pay stays if a removal that was under way is refused", async ({ shopper, setStock }) => {
    await setStock("Gannet Egg Cup", 3);
    const buyer = await shopper();
    const { page } = buyer;
    await buyer.addToCart("Gannet Egg Cup", 2);
    const pay = page.getByRole("button", { name: t("cart.pay"), exact: true });
    for (const path of ["/cart", "/"]) {
      await page.goto(buyer.address(path));
      if (path === "/") await buyer.cartInHeader().click();
      const answer = await refuseNextChange(page);
      await page.getByRole("button", { name: t("cart.removeLabel", { name: "Gannet Egg Cup" }) }).click();
      await pay.last().click();
      await expect(page.getByRole("button", { name: t("cart.updating") })).toBeVisible();
      answer();
      await expect(page.getByRole("alert")).toContainText(t("failure.checkoutOpen"));
      await expect(page.getByRole("button", { name: t("cart.updating") })).toHaveCount(0);
      expect(new URL(page.url()).pathname).toBe(path);
    }
  });
});
