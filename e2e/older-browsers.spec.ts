import { pageTitle } from "~/components/page-title";
import { t } from "~/words/words";
import { expect, test } from "./shop";

test("@with-javascript a browser without URL.canParse shows a product page", async ({ shopper, setStock }) => {
  await setStock("Tide Mug", 8);
  const visitor = await shopper();
  await visitor.page.addInitScript(() => void Reflect.deleteProperty(URL, "canParse"));
  await visitor.browseTo("Tide Mug");
  await expect(visitor.page.getByRole("button", { name: t("product.addLabel", { name: "Tide Mug" }) })).toBeVisible();
});

test("@with-javascript an error in a page's meta leaves the rest of the shop working", async ({ shopper }) => {
  const visitor = await shopper();
  await visitor.page.goto(visitor.address("/"));
  // Only the meta of a product page builds the URL of the JPEG next to an SVG.
  await visitor.page.evaluate(() => {
    const endsWith = (text: string, ending: string) => text.slice(-ending.length) === ending;
    String.prototype.endsWith = function (this: string, ending: string) {
      if (ending === ".svg") throw new Error("broken meta");
      return endsWith(this, ending);
    };
  });
  await visitor.page.getByRole("link", { name: "Tide Mug", exact: true }).click();
  await expect(visitor.page).toHaveTitle(pageTitle(t("error.internal.title")));
  await expect(visitor.page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(visitor.page.getByRole("navigation", { name: t("nav.cart") })).toBeVisible();
});
