import { beforeEach, describe, expect, it } from "vitest";
import { moneyText } from "~/catalog/money-text.server";
import { clockText, countdownText, dateText, localClockText } from "~/components/clock-text";
import { atCheckoutTexts } from "~/components/shop/amount-text";
import { durationText, waitText } from "~/components/shop/duration-text";
import { errorText, pageProblem } from "~/components/shop/error-text";
import { shortageText } from "~/components/shop/failure-text";
import { stockText } from "~/components/shop/stock-text";
import { readSite, site } from "~/words/site";
import { t } from "~/words/words";
import { setSiteOf } from "./site";

const AT = Date.UTC(2026, 0, 1, 14, 32, 10);
const stock = { onHand: 12, available: 12, heldByYou: 0, nextReleaseAt: null };

beforeEach(() => setSiteOf({ SHOP_LOCALE: "en-GB" }));

describe("texts about stock", () => {
  it.each([
    [stock, "12 in stock"],
    [{ ...stock, available: 3 }, "Only 3 left"],
    [{ ...stock, onHand: 1, available: 1 }, "Last one left"],
    [{ ...stock, available: 1 }, "Only 1 left"],
    [{ ...stock, available: 0, nextReleaseAt: AT }, "In other shoppers’ carts · may be back at 14:32 UTC"],
    [{ ...stock, available: 0 }, "In other shoppers’ carts"],
    [{ ...stock, onHand: 0, available: 0 }, "Sold out"],
    [{ ...stock, onHand: 1, available: 1, heldByYou: 1 }, "You have the last one"],
    [{ ...stock, available: 1, heldByYou: 1 }, "No more available right now"],
    [{ ...stock, onHand: 2, available: 2, heldByYou: 2 }, "You have the last 2"],
    [{ ...stock, available: 3, heldByYou: 2 }, "1 more available"],
    [
      { ...stock, onHand: 1, available: 1, heldByYou: 2 },
      "Stock has changed: only 1 still available. Please update your cart.",
    ],
    [
      { ...stock, onHand: 0, available: 0, heldByYou: 2 },
      "Stock has changed: it’s no longer available. Please update your cart.",
    ],
  ])("%j reads %j", (facts, words) => {
    expect(stockText(facts, clockText)).toBe(words);
  });

  it("distinguish sold items from held ones", () => {
    const line = { productId: "mug", name: "Mug", requested: 3, available: 1, nextReleaseAt: AT };
    expect(shortageText({ ...line, shortage: "sold_out" }, clockText)).toBe(
      "Only 1 available, including any in your cart.",
    );
    expect(shortageText({ ...line, available: 0, shortage: "sold_out" }, clockText)).toBe("Sold out");
    expect(shortageText({ ...line, shortage: "held_by_others" }, clockText)).toBe(
      "Only 1 available right now, including any in your cart. More may be back at 14:32 UTC.",
    );
    expect(shortageText({ ...line, available: 0, shortage: "held_by_others" }, clockText)).toBe(
      "Someone got there first. It’s in their cart and may be back at 14:32 UTC.",
    );
  });
});

it.each([
  [false, false, false, []],
  [true, false, false, ["Shipping calculated at checkout."]],
  [false, true, false, ["Taxes calculated at checkout."]],
  [true, true, true, ["Shipping and taxes calculated at checkout.", "You can enter a discount code at checkout."]],
  [false, false, true, ["You can enter a discount code at checkout."]],
])("costs added at checkout (shipping %s, tax %s, codes %s) read %j", (shipping, tax, discountCodes, texts) => {
  expect(atCheckoutTexts({ shipping, tax, discountCodes })).toEqual(texts);
});

describe("texts of errors", () => {
  it("follow the status, unless a code says more", () => {
    expect(errorText(404, null).title).toBe("Page not found");
    expect(errorText(404, { code: "unknown_product", retryAfterSeconds: null }).title).toBe("Product not found");
    expect(errorText(429, { code: "rate_limited", retryAfterSeconds: 3 }).text).toContain("Try again in 3 seconds.");
  });

  it("do not trust the data of a stranger's response", () => {
    for (const data of [null, "text", {}, { code: "no_such_code", retryAfterSeconds: null }, { code: "not_found" }])
      expect(pageProblem(data)).toBeNull();
    expect(pageProblem({ code: "not_found", retryAfterSeconds: null })).not.toBeNull();
  });
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

  it.each([
    [{ SHOP_LOCALE: "en" }, "2:32:10 PM UTC", "January 1, 2026, 2:32 PM UTC"],
    [{ SHOP_LOCALE: "en-GB", SHOP_TIME_ZONE: "Europe/London" }, "14:32:10 GMT", "1 January 2026, 14:32 GMT"],
    [{ SHOP_LOCALE: "de-AT", SHOP_TIME_ZONE: "Europe/Vienna" }, "15:32:10 MEZ", "1. Jänner 2026, 15:32 MEZ"],
    [{ SHOP_LOCALE: "fr", SHOP_TIME_ZONE: "Pacific/Auckland" }, "03:32:10 UTC+13", "2 janvier 2026, 03:32 UTC+13"],
  ])("follow the shop's locale and zone: %j", (variables, time, date) => {
    setSiteOf(variables);
    expect(clockText(AT, "second")).toBe(time);
    expect(dateText(AT)).toBe(date);
    expect(localClockText(AT)).toMatch(/^\d{1,2}:\d{2}( [AP]M)?$/);
  });

  it.each([
    [120_000, "2:00"],
    [119_999, "2:00"],
    [60_001, "1:01"],
    [59_000, "0:59"],
    [1, "0:01"],
    [0, "0:00"],
    [-5_000, "0:00"],
  ])("count %i ms down as %j", (left, text) => {
    expect(countdownText(left)).toBe(text);
  });

  it.each([
    [900_000, "15 minutes"],
    [179_000, "2 minutes"],
    [90_000, "90 seconds"],
    [60_000, "1 minute"],
    [1_000, "1 second"],
  ])("promise %i ms as %j, never more", (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });

  it.each([
    [359, "6 minutes"],
    [60, "1 minute"],
    [1, "1 second"],
  ])("ask to wait %i s as %j, never less", (seconds, text) => {
    expect(waitText(seconds)).toBe(text);
  });
});

it("values are never read as escapes", () => {
  const name = String.raw`C:\x86 \u0041`;
  expect(t("cart.removed", { name })).toBe(`Removed ${name}.`);
});

it("a browser without the shop's zone shows times in UTC instead of failing", () => {
  setSiteOf({ SHOP_TIME_ZONE: "Europe/Berlin" });
  const page = (timeZone: string) => {
    const textContent = JSON.stringify({ ...site(), timeZone });
    return { getElementById: () => ({ textContent }) } as unknown as Document;
  };
  expect(readSite(page("Europe/Berlin")).timeZone).toBe("Europe/Berlin");
  expect(readSite(page("Europe/Not_Yet_Known")).timeZone).toBe("UTC");
});
