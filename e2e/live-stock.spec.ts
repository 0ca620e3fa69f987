import { t } from "~/words/words";
import { expect, test } from "./shop";
import { CLOCK, textLike } from "./texts";

// Without JavaScript each page load has the current numbers, which the other specs cover.
test.describe("with two browsers at once", { tag: "@with-javascript" }, () => {
  test("a product page follows the holds, releases and purchases of another shopper, and the merchant's edits", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Tide Mug", 2);
    const watcher = await shopper();
    const other = await shopper();
    await watcher.openProduct("Tide Mug");
    await expect(watcher.purchase().getByText(t("stock.few", { available: 2 }))).toBeVisible();

    await other.addToCart("Tide Mug");
    await expect(watcher.purchase().getByText(t("stock.few", { available: 1 }))).toBeVisible();
    await other.setQuantity("Tide Mug", 2);
    await expect(watcher.purchase().getByText(textLike("stock.inOtherCartsUntil", { time: CLOCK }))).toBeVisible();
    await expect(watcher.page.getByRole("button", { name: t("product.addLabel", { name: "Tide Mug" }) })).toHaveCount(
      0,
    );

    await other.setQuantity("Tide Mug", 1);
    await expect(watcher.page.getByRole("button", { name: t("product.addLabel", { name: "Tide Mug" }) })).toBeVisible();
    await setStock("Tide Mug", 8);
    await expect(watcher.purchase().getByText(t("stock.left", { available: 7 }))).toBeVisible();

    await other.goToPayment();
    await other.pay();
    await setStock("Tide Mug", 0);
    await expect(watcher.purchase().getByText(t("stock.soldOut"))).toBeVisible();
  });

  test("the list and the cart follow as well", async ({ shopper, setStock }) => {
    await setStock("Harbour Bowl", 5);
    const watcher = await shopper();
    const other = await shopper();
    await other.addToCart("Harbour Bowl", 1);
    await watcher.page.goto(watcher.address("/"));
    const card = watcher.page.getByRole("article", { name: "Harbour Bowl" });
    await expect(card.getByText(t("stock.left", { available: 4 }))).toBeVisible();
    await other.setQuantity("Harbour Bowl", 4);
    await expect(card.getByText(t("stock.few", { available: 1 }))).toBeVisible();

    await watcher.addToCart("Harbour Bowl");
    const more = watcher.page.getByRole("button", { name: t("quantity.more", { name: "Harbour Bowl" }) });
    await expect(more).toHaveAttribute("aria-disabled", "true");
    await other.setQuantity("Harbour Bowl", 1);
    await expect(more).not.toHaveAttribute("aria-disabled");
  });

  test("an expired hold shows on the other shopper's page without any action", async ({ shopper, setStock }) => {
    await setStock("Cormorant Jug", 1);
    const first = await shopper({ shortHolds: true });
    const second = await shopper({ shortHolds: true });
    await second.openProduct("Cormorant Jug");
    await first.addToCart("Cormorant Jug");
    await expect(second.purchase().getByText(textLike("stock.inOtherCartsUntil", { time: CLOCK }))).toBeVisible();
    await expect(second.purchase().getByText(t("stock.lastOne"))).toBeVisible();
  });

  test("the page polls if streams are blocked", async ({ shopper, setStock }) => {
    await setStock("Skerry Plate", 6);
    const watcher = await shopper();
    await watcher.page.route("**/api/availability/stream**", (route) =>
      route.fulfill({ status: 403, body: "blocked" }),
    );
    await watcher.openProduct("Skerry Plate");
    await expect(watcher.purchase().getByText(t("stock.left", { available: 6 }))).toBeVisible();
    await setStock("Skerry Plate", 3);
    await expect(watcher.purchase().getByText(t("stock.few", { available: 3 }))).toBeVisible();
  });

  test("a change in another tab updates the open cart", async ({ shopper, setStock }) => {
    await setStock("Driftwood Board", 6);
    const buyer = await shopper();
    await buyer.addToCart("Driftwood Board", 1);
    const tab = await buyer.page.context().newPage();
    await tab.goto(buyer.address("/cart"));
    await buyer.setQuantity("Driftwood Board", 3);
    await expect(tab.getByRole("listitem", { name: "Driftwood Board" }).getByLabel(t("product.quantity"))).toHaveValue(
      "3",
    );
  });
});
