import { beforeEach, describe, expect, it } from "vitest";
import { clockText } from "~/components/clock-text";
import { durationText } from "~/components/shop/duration-text";
import { failureText, shortageText } from "~/components/shop/failure-text";
import { lapsedText, stockText } from "~/components/shop/stock-text";
import { de } from "~/words/de";
import { t } from "~/words/words";
import { setSiteOf } from "./site";

const AT = Date.UTC(2026, 0, 1, 14, 32, 10);
const stock = { onHand: 12, available: 12, heldByYou: 0, nextReleaseAt: null };

beforeEach(() => setSiteOf({ SHOP_LOCALE: "de-DE", SHOP_TIME_ZONE: "Europe/Berlin" }));

describe("German texts about stock", () => {
  it.each([
    [stock, "12 auf Lager"],
    [{ ...stock, available: 3 }, "Nur noch 3 verfügbar"],
    [{ ...stock, onHand: 1, available: 1 }, "Letztes Stück"],
    [{ ...stock, available: 0, nextReleaseAt: AT }, "In anderen Waren\u00ADkörben · vielleicht um 15:32 MEZ wieder da"],
    [{ ...stock, onHand: 1, available: 1, heldByYou: 1 }, "Du hast das letzte Stück"],
    [{ ...stock, onHand: 2, available: 2, heldByYou: 2 }, "Du hast die letzten 2 Stück"],
    [{ ...stock, available: 3, heldByYou: 2 }, "Noch 1 verfügbar"],
    [
      { ...stock, onHand: 0, available: 0, heldByYou: 2 },
      "Der Bestand hat sich geändert: nicht mehr verfügbar. Bitte passe deinen Warenkorb an.",
    ],
    [
      { ...stock, onHand: 1, available: 1, heldByYou: 2 },
      "Der Bestand hat sich geändert: nur noch 1 verfügbar. Bitte passe deinen Warenkorb an.",
    ],
  ])("%j reads %j", (facts, words) => {
    expect(stockText(facts, clockText)).toBe(words);
  });

  it("take a stock text in, and a time of a refusal", () => {
    expect(lapsedText({ ...stock, onHand: 0, available: 0 }, 1, clockText)).toBe(
      "Nicht mehr reserviert · Aus\u00ADverkauft",
    );
    const line = { productId: "mug", name: "Mug", requested: 3, available: 1, nextReleaseAt: AT };
    expect(shortageText({ ...line, shortage: "held_by_others" }, clockText)).toBe(
      "Gerade nur 1 verfügbar, deinen Warenkorb mitgerechnet. Vielleicht sind es um 15:32 MEZ wieder mehr.",
    );
  });
});

describe("German durations", () => {
  it.each([
    [60_000, "Artikel in deinem Warenkorb reservieren wir 1 Minute lang für dich. Niemand sonst kann sie kaufen."],
    [120_000, "Artikel in deinem Warenkorb reservieren wir 2 Minuten lang für dich. Niemand sonst kann sie kaufen."],
  ])("fit the promise: %i ms", (milliseconds, words) => {
    expect(t("shop.promiseAll", { duration: durationText(milliseconds) })).toBe(words);
  });

  it.each([
    [1, "in 1 Sekunde "],
    [3, "in 3 Sekunden "],
    [180, "in 3 Minuten "],
  ])("follow “in”: %i s", (retryAfterSeconds, words) => {
    expect(failureText({ kind: "rate_limited", retryAfterSeconds })).toContain(words);
  });
});

it.each([
  ["units_per_client", 1, "die Grenze von 1 reserviertem Artikel erreicht"],
  ["units_per_client", 50, "die Grenze von 50 reservierten Artikeln erreicht"],
  ["lines_per_cart", 1, "passt höchstens 1 Produkt."],
  ["lines_per_cart", 30, "passen höchstens 30 verschiedene Produkte."],
] as const)("a limit %s of %i is in the right number and case", (limit, max, words) => {
  expect(failureText({ kind: "limit_exceeded", limit, max, productId: null })).toContain(words);
});

it("German messages address the shopper as du, with German quotation marks and a space before an ellipsis", () => {
  for (const [key, message] of Object.entries(de)) {
    expect(message, key).not.toMatch(/\b(Ihr|Ihre|Ihren|Ihrem|Ihrer|Ihnen)\b/u);
    expect(message, key).not.toMatch(/["'”]|[^\u00A0]…|\d%/u);
    expect([...message.matchAll(/„/gu)].length, key).toBe([...message.matchAll(/“/gu)].length);
  }
});
