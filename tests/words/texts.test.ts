import { describe, expect, it } from "vitest";
import { moneyText } from "~/catalog/money-text.server";
import { clockText } from "~/components/clock-text";
import { atCheckoutText } from "~/components/shop/amount-words";
import { shortageText } from "~/components/shop/failure-words";
import { stockText } from "~/components/texts";

const AT = Date.UTC(2026, 0, 1, 14, 32, 10);
const stock = { onHand: 12, available: 12, heldByYou: 0, nextReleaseAt: null };

describe("texts about stock", () => {
  it.each([
    [stock, "12 left"],
    [{ ...stock, available: 1 }, "Last one"],
    [{ ...stock, available: 0, nextReleaseAt: AT }, "All held in other carts: the next may free up at 14:32 UTC"],
    [{ ...stock, available: 0 }, "All held in other carts"],
    [{ ...stock, onHand: 0, available: 0 }, "Sold out"],
    [{ ...stock, available: 2, heldByYou: 2 }, "You are holding 2, and there are no more"],
    [{ ...stock, available: 3, heldByYou: 2 }, "You are holding 2, and 1 more is left"],
    [
      { ...stock, onHand: 1, available: 1, heldByYou: 2 },
      "You are holding 2, but the stock has changed and only 1 can be sold to you",
    ],
  ])("%j reads %j", (facts, words) => {
    expect(stockText(facts, clockText)).toBe(words);
  });

  it("distinguish sold units from held ones", () => {
    const line = { productId: "mug", name: "Mug", requested: 3, available: 1, nextReleaseAt: AT };
    expect(shortageText({ ...line, shortage: "sold_out" }, clockText)).toBe(
      "You asked for 3, and only 1 is left for you. There are no more.",
    );
    expect(shortageText({ ...line, shortage: "held_by_others" }, clockText)).toBe(
      "You asked for 3, and only 1 is left for you. Others are not sold, only held in other carts. The next may free up at 14:32 UTC.",
    );
  });
});

it.each([
  [false, false, false, null],
  [true, false, false, "Shipping is calculated at checkout."],
  [false, true, false, "Tax is calculated at checkout."],
  [true, true, true, "Shipping and tax are calculated at checkout. You can enter a discount code there."],
  [false, false, true, "You can enter a discount code at checkout."],
])("costs added at checkout (shipping %s, tax %s, codes %s) read %s", (shipping, tax, discountCodes, words) => {
  expect(atCheckoutText({ shipping, tax, discountCodes })).toBe(words);
});

describe("texts of money and times", () => {
  it.each([
    [1250, "usd", "en-US", "$12.50"],
    [1250, "jpy", "en-US", "¥1,250"],
    [1250, "kwd", "en-US", "KWD 1.250"],
    [1250, "isk", "en-US", "ISK 12.50"],
    [1250, "eur", "de-DE", "12,50 €"],
  ])("%i %s in %s reads %s", (amount, currency, locale, text) => {
    expect(moneyText({ amount, currency }, locale).replace(/\s/g, " ")).toBe(text);
  });

  it("name the zone of a time", () => {
    expect(clockText(AT)).toBe("14:32 UTC");
    expect(clockText(AT, "second")).toBe("14:32:10 UTC");
  });
});
