import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { currencyDigits, parsePrice } from "~/catalog/price";

const amountOf = (text: string, currency = "usd") => parsePrice(text, "major", currency)?.amount ?? null;

describe("a price that is written as text", () => {
  it.each([
    ["$12.50", 1250],
    ["$ 12.50", 1250],
    ["US$12.50", 1250],
    ["12.50 USD", 1250],
    ["usd 12.50", 1250],
    ["$12.50 USD", 1250],
    ["$12", 1200],
    ["$0.99", 99],
    ["$0.00", 0],
    ["$0.999", 100],
    ["$1299.995", 130_000],
    ["1,299.00", 129_900],
    ["$1,299.00", 129_900],
    ["$1,299,000", 129_900_000],
    ["1,299,000.5", 129_900_050],
    ["12,50", 1250],
    ["12,5", 1250],
    ["1299,00", 129_900],
    ["1.299,00", 129_900],
    ["1 299,00", 129_900],
    ["1\u202f299,00\u00a0$US", 129_900],
    ["1'299.00", 129_900],
    ["1’299", 129_900],
    ["$12,34,567.50", 123_456_750],
  ])("%s is %s cents", (text, amount) => {
    expect(amountOf(text)).toBe(amount);
  });

  it.each(
    [
      "1,299",
      "$1,299",
      "$1.299",
      "12,345",
      "Contact for Price",
      "10-20",
      "$10 - $20",
      "10–20",
      "from $10",
      "$12.50 / month",
      "2 for $5",
      "-$12.50",
      "$-12.50",
      "($12.50)",
      "€12.50",
      "12.50 EUR",
      "CA$12.50",
      "€$12.50",
      "$12.50 EUR",
      "1.299.00",
      "1,2,3",
      "1,299.00.00",
      "12 50",
      "12.50,",
      "0,123,456",
      "12.⁹⁹",
      "12⁹⁹",
      "½",
      "12%",
      "$",
      "$1e3",
      "$.50",
      "",
    ].filter((text) => text !== "1,29"),
  )("%j is no price in dollars", (text) => {
    expect(amountOf(text)).toBeNull();
  });

  it("counts a sign only for its currency", () => {
    expect(amountOf("€ 12,50", "eur")).toBe(1250);
    expect(amountOf("12,50 EUR", "eur")).toBe(1250);
    expect(amountOf("$12.50", "cad")).toBe(1250);
    expect(amountOf("US$12.50", "cad")).toBeNull();
    expect(amountOf("£12.50", "eur")).toBeNull();
    expect(amountOf("129,00 kr.", "dkk")).toBe(12_900);
    expect(amountOf("129 Kč", "czk")).toBe(12_900);
  });

  it("reads thousands where the currency has no fractions, and nothing where it has three digits of them", () => {
    expect(amountOf("¥1,299", "jpy")).toBe(1299);
    expect(amountOf("1,299", "jpy")).toBe(1299);
    expect(amountOf("￥1,299", "jpy")).toBe(1299);
    expect(amountOf("1.299 kr.", "isk")).toBe(129_900);
    expect(amountOf("1.234", "jpy")).toBe(1);
    expect(amountOf("1.234", "kwd")).toBe(1230);
    expect(amountOf("KWD 1.234", "kwd")).toBeNull();
    expect(amountOf("KWD 0.750", "kwd")).toBe(750);
    expect(amountOf("KWD 1,234.750", "kwd")).toBe(1_234_750);
  });

  it("is no price in minor units, where only a plain number counts", () => {
    for (const text of ["$1250", "1,250", "12,50", "1,299.00", "1 250", "1250 USD"])
      expect(parsePrice(text, "minor", "usd"), text).toBeNull();
    expect(parsePrice("1250", "minor", "usd")?.amount).toBe(1250);
  });
});

describe("whatever Intl writes for an amount", () => {
  const LOCALES =
    "en en-CA en-IN en-ZA de de-AT de-CH fr fr-CA fr-CH es es-MX pt pt-PT pt-CV ja zh ko sv nb da pl cs hu tr ru uk he hi th id vi it nl nl-BE ar fa bn my et lv bg sl".split(
      " ",
    );
  const CURRENCIES = "usd eur gbp jpy cad aud chf sek dkk pln huf isk inr brl kwd tnd clp krw idr vnd aoa cve".split(
    " ",
  );
  const styles = fc.record({
    locale: fc.constantFrom(...LOCALES),
    currency: fc.constantFrom(...CURRENCIES),
    currencyDisplay: fc.constantFrom("symbol" as const, "narrowSymbol" as const, "code" as const, "name" as const),
    useGrouping: fc.boolean(),
    trailingZeroDisplay: fc.constantFrom("auto" as const, "stripIfInteger" as const),
    amount: fc.oneof(fc.nat(5_000), fc.nat(10_000_000), fc.nat(100_000_000_000)),
  });

  type Outcome = "the amount" | "no price" | "another amount";

  /** How often each outcome occurs when `parse` reads what Intl writes, up to the first other amount. */
  function outcomesOf(parse: typeof parsePrice) {
    const seen: Record<Outcome, number> = { "the amount": 0, "no price": 0, "another amount": 0 };
    const property = fc.property(styles, ({ locale, currency, amount: steps, ...style }) => {
      const digits = currencyDigits(currency);
      // Only amounts that Stripe can charge, so that none is rounded.
      const amount = steps * (currency === "isk" ? 100 : digits === 3 ? 10 : 1);
      const format: Intl.NumberFormatOptions = { style: "currency", currency, minimumFractionDigits: digits };
      const text = new Intl.NumberFormat(locale, { ...format, maximumFractionDigits: digits, ...style }).format(
        amount / 10 ** digits,
      );
      const read = parse(text, "major", currency);
      const outcome: Outcome = read === null ? "no price" : read.amount === amount ? "the amount" : "another amount";
      seen[outcome] += 1;
      expect(outcome, `${locale} writes ${text}`).not.toBe("another amount");
    });
    return { seen, result: fc.check(property, { numRuns: 5_000 }) };
  }

  it("is read as the same amount or as no price", () => {
    const { seen, result } = outcomesOf(parsePrice);
    expect(result.failed, fc.defaultReportMessage(result)).toBe(false);
    // Otherwise a parser that reads nothing would pass.
    expect(seen["the amount"]).toBeGreaterThan(seen["no price"]);
  });

  it("is read as another amount by a parser that takes every comma for thousands (negative control)", () => {
    const naive: typeof parsePrice = (value, unit, currency) =>
      parsePrice(String(value).replace(/[^\d.]/g, ""), unit, currency);
    expect(outcomesOf(naive).seen["another amount"]).toBeGreaterThan(0);
  });

  it("is read as the amount in the formats that shops use most", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          ["en-US", "usd"],
          ["en-GB", "gbp"],
          ["de-DE", "eur"],
          ["fr-FR", "eur"],
          ["de-CH", "chf"],
          ["sv-SE", "sek"],
          ["pt-BR", "brl"],
          ["en-IN", "inr"],
          ["ja-JP", "jpy"],
        ),
        fc.nat(1_000_000_000),
        ([locale = "", currency = ""], amount) => {
          const text = new Intl.NumberFormat(locale, { style: "currency", currency }).format(
            amount / 10 ** currencyDigits(currency),
          );
          expect(amountOf(text, currency), text).toBe(amount);
        },
      ),
    );
  });
});
