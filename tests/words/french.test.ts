import { beforeEach, describe, expect, it } from "vitest";
import { clockText } from "~/components/clock-text";
import { durationText } from "~/components/shop/duration-text";
import { failureText, shortageText } from "~/components/shop/failure-text";
import { lapsedText, stockText } from "~/components/shop/stock-text";
import { fr } from "~/words/fr";
import { t } from "~/words/words";
import { setSiteOf } from "./site";

const AT = Date.UTC(2026, 0, 1, 14, 32, 10);
const stock = { onHand: 12, available: 12, heldByYou: 0, nextReleaseAt: null };

beforeEach(() => setSiteOf({ SHOP_LOCALE: "fr-FR", SHOP_TIME_ZONE: "Europe/Paris" }));

describe("French texts about stock", () => {
  it.each([
    [stock, "12 en stock"],
    [{ ...stock, available: 3 }, "Plus que 3 disponibles"],
    [{ ...stock, onHand: 1, available: 1 }, "Dernier article en stock"],
    [
      { ...stock, available: 0, nextReleaseAt: AT },
      "Dans le panier d’autres clients · peut-être de retour à 15:32 UTC+1",
    ],
    [{ ...stock, onHand: 0, available: 0 }, "Épuisé"],
    [{ ...stock, onHand: 1, available: 1, heldByYou: 1 }, "C’est le dernier article"],
    [{ ...stock, onHand: 2, available: 2, heldByYou: 2 }, "Ce sont les 2 derniers articles"],
    [{ ...stock, available: 2, heldByYou: 1 }, "Encore 1 en stock"],
    [{ ...stock, available: 5, heldByYou: 2 }, "Encore 3 en stock"],
    [
      { ...stock, onHand: 0, available: 0, heldByYou: 2 },
      "Le stock a changé\u00A0: il n’en reste plus. Merci d’ajuster votre panier.",
    ],
    [
      { ...stock, onHand: 1, available: 1, heldByYou: 2 },
      "Le stock a changé\u00A0: il n’en reste que 1. Merci d’ajuster votre panier.",
    ],
  ])("%j reads %j", (facts, words) => {
    expect(stockText(facts, clockText)).toBe(words);
  });

  it("take a stock text in, and a time of a refusal", () => {
    expect(lapsedText({ ...stock, onHand: 0, available: 0 }, 1, clockText)).toBe("Réservation expirée · Épuisé");
    const line = { productId: "mug", name: "Mug", requested: 3, available: 2, nextReleaseAt: AT };
    expect(shortageText({ ...line, shortage: "held_by_others" }, clockText)).toBe(
      "2 disponibles au total pour le moment, votre panier compris. Peut-être davantage à 15:32 UTC+1.",
    );
  });
});

it.each([
  [0, "0 produit"],
  [1, "1 produit"],
  [2, "2 produits"],
  [1_000_000, "1\u202F000\u202F000 produits"],
])("0 and 1 are singular, and millions plural: %i", (total, words) => {
  expect(t("products.found", { total })).toBe(words);
});

it.each([
  [1, "dans 1\u00A0seconde."],
  [3, "dans 3\u00A0secondes."],
  [180, "dans 3\u00A0minutes."],
])("durations follow “dans”: %i s", (retryAfterSeconds, words) => {
  expect(failureText({ kind: "rate_limited", retryAfterSeconds })).toContain(words);
});

it("durations follow “pendant”", () => {
  expect(t("shop.promiseAll", { duration: durationText(120_000) })).toContain("pendant 2\u00A0minutes.");
});

it("French messages say vous, with French spaces, apostrophes and quotation marks", () => {
  for (const [key, message] of Object.entries(fr)) {
    expect(message, key).not.toMatch(/(?<!\p{L})(tu|te|toi|ton|ta|tes)(?!\p{L})/iu);
    expect(message, key).not.toMatch(/["'“”]|\s…/u);
    expect(message, key).not.toMatch(/[^\u202F][;!?]|[^\u00A0][:»%]|«[^\u00A0]/u);
  }
});
