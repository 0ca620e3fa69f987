import { durationText } from "~/components/shop/duration-text";
import { t } from "~/words/words";
import { expect, test } from "./shop";
import { textLike } from "./texts";

test(
  "without JavaScript the cart shows the deadline as a clock time and can be extended",
  { tag: "@without-javascript" },
  async ({ shopper, setStock }) => {
    await setStock("Pebble Salt Cellar", 5);
    const buyer = await shopper();
    await buyer.addToCart("Pebble Salt Cellar");
    await expect(buyer.page.getByText(textLike("hold.until", { time: /\d{1,2}:\d\d:\d\d [AP]M UTC/ }))).toBeVisible();
    await expect(
      buyer.page.getByText(textLike("hold.left", { duration: /(?:1[12]\d seconds|2 minutes)/ })),
    ).toBeVisible();
    await expect(buyer.page.getByRole("button", { name: t("hold.extend") })).toBeVisible();
    await expect(buyer.page.getByText(t("cart.payHint", { duration: durationText(15 * 60_000) }))).toBeVisible();
    await expect(buyer.page.locator("meta[http-equiv]")).toHaveCount(0);
  },
);

test.describe("the countdown", { tag: "@with-javascript" }, () => {
  test("is correct with a wrong system clock, survives a reload, warns at 30 s and can be extended", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Pebble Salt Cellar", 5);
    const buyer = await shopper();
    await buyer.addToCart("Pebble Salt Cellar");
    // After a jump of the clock, as after sleep, the page would ask the server; this makes it count by itself.
    await buyer.page.route("**/api/availability**", (route) => route.abort());
    // Three hours behind: a countdown based on the system date would be off by as much.
    await buyer.page.clock.install({ time: Date.now() - 3 * 3_600_000 });
    await buyer.openCart();
    const timer = buyer.page.getByRole("timer");
    await expect(timer).toHaveText(/^(2:00|1:5\d)$/);
    await buyer.page.clock.fastForward(65_000);
    await expect(buyer.announced()).toHaveText(t("hold.announceMinute"));
    await buyer.page.clock.fastForward(27_000);
    await expect(timer).toHaveText(/^0:2\d$/);
    await expect(buyer.announced()).toHaveText(t("hold.announceSecondsExtend"));
    await expect(buyer.page.getByText(t("hold.endsSoon"))).toBeVisible();
    expect(await buyer.page.evaluate(() => document.activeElement === document.body)).toBe(true);

    // On the server only seconds have passed, and the page follows the server.
    await buyer.openCart();
    await expect(timer).toHaveText(/^1:[345]\d$/);
    const before = await timer.textContent();
    await buyer.page.getByRole("button", { name: t("hold.extend") }).click();
    await expect(timer).toHaveText(/^(2:00|1:5\d)$/);
    expect(before).not.toBe("2:00");
  });

  test("ends with the lines in place, their current stock, and one button to hold them again", async ({
    shopper,
    setStock,
  }) => {
    await setStock("Dory Butter Dish", 4);
    const buyer = await shopper({ shortHolds: true });
    await buyer.addToCart("Dory Butter Dish", 2);
    await expect(buyer.page.getByText(t("hold.lapsedAll"))).toBeVisible();
    await expect(buyer.announced()).toHaveText(t("hold.announceEnded"));
    await setStock("Dory Butter Dish", 1);
    await expect(buyer.page.getByText(t("hold.lapsedShort", { names: "Dory Butter Dish" }))).toBeVisible();
    await setStock("Dory Butter Dish", 2);
    await expect(buyer.page.getByText(t("hold.lapsedAll"))).toBeVisible();
    await buyer.page.getByRole("button", { name: t("hold.again") }).click();
    await expect(buyer.heldUntil()).toBeVisible();
  });
});
