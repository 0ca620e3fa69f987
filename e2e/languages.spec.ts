import type { Page } from "@playwright/test";
import { de } from "~/words/de";
import { en } from "~/words/en";
import { fr } from "~/words/fr";
import { t } from "~/words/words";
import { startStore, type StoreProcess } from "../tests/api/store-process";
import { freePorts } from "../tests/programs";
import { expectAccessible } from "./accessible";
import { expect, test } from "./shop";
import { messagesIn, textsOf } from "./spoken";
import { CLOCK, textLike } from "./texts";

/** Short enough to watch a hold expire. */
const HOLD_SECONDS = 15;

const [enPort, dePort, frPort] = await freePorts(3);
const SHOPS = [
  { locale: "en-GB", language: en, port: enPort },
  { locale: "de-AT", language: de, port: dePort },
  { locale: "fr", language: fr, port: frPort },
];

test("the search for English finds messages with any values, and nothing in German (negative control)", () => {
  const text = "Held for you until 14:32:10 UTC\nRemoved 3 × Becher.\nIn den Warenkorb: Becher\n12 products";
  expect(messagesIn(text, en, de)).toEqual(["products.found", "cart.removed", "cart.removedSeveral", "hold.until"]);
  expect(messagesIn("Für dich reserviert bis 14:32:10\n12 Produkte", en, de)).toEqual([]);
});

for (const { locale, language, port } of SHOPS) {
  test.describe(`a shop in ${locale}`, () => {
    let store: StoreProcess;
    test.beforeAll(async () => {
      test.setTimeout(180_000);
      store = await startStore({ SHOP_LOCALE: locale, RESERVATION_TTL_SECONDS: String(HOLD_SECONDS) }, { port });
    });
    test.afterAll(() => store.stop());
    const url = `http://127.0.0.1:${port}`;
    test.use({ shopLocale: locale, stores: [[1, 2].map(() => ({ url, shortHoldsUrl: url })), { scope: "test" }] });
    test.describe.configure({ timeout: 180_000 });

    /** Expects the page in this language only, accessible, and without overflow. */
    async function expectWell(page: Page, name: string, hasScripts: boolean): Promise<void> {
      await expect(page.locator("html")).toHaveAttribute("lang", locale);
      await expect(page.locator("html")).toHaveAttribute("dir", "ltr");
      expect(messagesIn(await textsOf(page), en, language), `English on ${name}`).toEqual([]);
      if (hasScripts) await expectAccessible(page, `${locale}-${name}`);
    }

    test("speaks its language from the list to the order, accessibly and at any width", async ({
      shopper,
      setStock,
      javaScriptEnabled,
    }) => {
      await setStock("Tide Mug", 8);
      const buyer = await shopper();
      const { page } = buyer;
      await page.goto(buyer.address("/"));
      await expectWell(page, "list", javaScriptEnabled);
      await page.goto(buyer.address("/no/such/page"));
      await expect(page.getByRole("heading", { level: 1, name: t("error.notFound.title") })).toBeVisible();
      await expectWell(page, "not-found", javaScriptEnabled);
      await buyer.openProduct("Tide Mug");
      await expect(buyer.purchase().getByText(t("stock.left", { available: 8 }))).toBeVisible();
      await expectWell(page, "product", javaScriptEnabled);
      await buyer.addToCart("Tide Mug", 2);
      await expectWell(page, "cart-held", javaScriptEnabled);

      const again = page.getByRole("button", { name: t("hold.again") });
      await expect(async () => {
        if (!javaScriptEnabled) await page.reload();
        await expect(again).toBeVisible({ timeout: 1_000 });
      }).toPass({ timeout: 30_000 });
      await expect(page.getByText(t("hold.lapsedAll"))).toBeVisible();
      await expectWell(page, "cart-lapsed", javaScriptEnabled);
      await again.click();
      await expect(buyer.heldUntil()).toBeVisible();

      await buyer.goToPayment();
      expect(messagesIn(await textsOf(page), en, language), "English on the payment page").toEqual([]);
      await buyer.pay();
      await expect(page.getByText(t("order.paid.text"))).toBeVisible();
      await expectWell(page, "order", javaScriptEnabled);
    });

    test("says that another shopper was faster", async ({ shopper, setStock }) => {
      await setStock("Foghorn Teapot", 1);
      const first = await shopper();
      const second = await shopper();
      // A slightly outdated page still offers the unit that is now held.
      await second.page.route("**/api/availability**", (route) => route.abort());
      await second.openProduct("Foghorn Teapot");
      await first.addToCart("Foghorn Teapot");
      await second.page.getByRole("button", { name: t("product.addLabel", { name: "Foghorn Teapot" }) }).click();
      const refusal = second.page.getByRole("alert");
      await expect(refusal.getByText(t("failure.refused"))).toBeVisible();
      await expect(refusal.getByText(textLike("failure.heldByOthersUntil", { time: CLOCK }))).toBeVisible();
      expect(messagesIn(await textsOf(second.page), en, language)).toEqual([]);
      await second.openProduct("Foghorn Teapot");
      await expect(second.purchase().getByText(textLike("stock.inOtherCartsUntil", { time: CLOCK }))).toBeVisible();
    });
  });
}
