import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { currencyDigits, isChargeable, parsePrice } from "~/catalog/price";
import { chargeStep, SUPPORTED_CURRENCIES } from "~/sandbox/stripe/currency.server";

const cents = (value: unknown): number | null => parsePrice(value, "major", "usd")?.amount ?? null;

describe("parsePrice", () => {
  it.each([
    null,
    undefined,
    "",
    " ",
    "free",
    "-1",
    -0.01,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    {},
    [],
    true,
    "0x10",
    0.004,
    1e-7,
    "0.0049999",
    "1e400",
    "9".repeat(20),
  ])("has no price for %s", (value) => {
    expect(cents(value)).toBeNull();
  });

  it.each([
    [12.5, 1250],
    ["12.50", 1250],
    ["12.5000", 1250],
    [19.99, 1999],
    [0.1 + 0.2, 30],
    [1.005, 101],
    [8.165, 817],
    [4.35, 435],
    ["0", 0],
    [0, 0],
    ["0.000", 0],
    ["0e-5", 0],
    [0.005, 1],
    ["1e3", 100_000],
    [1.5e21, null],
    ["00012.5", 1250],
    ["12.", 1200],
    ["90071992547409.91", 9007199254740991],
    ["90071992547409.92", null],
  ])("reads %s dollars as %s cents", (value, amount) => {
    expect(cents(value)).toBe(amount);
  });

  it("knows currencies without a minor unit, with three digits, and those that Stripe counts differently from Intl", () => {
    expect(parsePrice("1250", "major", "jpy")).toEqual({ amount: 1250, currency: "jpy" });
    expect(parsePrice("12.345", "major", "kwd")).toEqual({ amount: 12_350, currency: "kwd" });
    expect(["usd", "jpy", "kwd", "isk", "ugx", "mga", "clp", "huf", "idr"].map(currencyDigits)).toEqual([
      2, 0, 3, 2, 2, 0, 0, 2, 2,
    ]);
  });

  it("reads minor units unchanged", () => {
    expect(parsePrice(1250, "minor", "usd")?.amount).toBe(1250);
    expect(parsePrice("1250.00", "minor", "kwd")?.amount).toBe(1250);
  });

  /** From Stripe's "Supported currencies": digits of the minor unit, and how many trailing ones must be 0. */
  const CLASSES: Record<string, { digits: number; zeros: number }> = {
    ...Object.fromEntries(
      "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
        .split(" ")
        .map((currency) => [currency, { digits: 0, zeros: 0 }]),
    ),
    ...Object.fromEntries("bhd jod kwd omr tnd".split(" ").map((currency) => [currency, { digits: 3, zeros: 1 }])),
    isk: { digits: 2, zeros: 2 },
    ugx: { digits: 2, zeros: 2 },
    // Whole only in payouts.
    huf: { digits: 2, zeros: 0 },
    twd: { digits: 2, zeros: 0 },
  };
  const VALUES = [
    "1234",
    "1234.5",
    "1234.56",
    "1234.005",
    "1234.994",
    "1234.995",
    "0.5",
    "0.49",
    "0.005",
    "0.0049",
    "0.0005",
    "0.00049",
    "1e3",
    "12.345e1",
  ];

  it.each([...SUPPORTED_CURRENCIES])("returns amounts that Stripe can charge in %s, from both units", (currency) => {
    const { digits, zeros } = CLASSES[currency] ?? { digits: 2, zeros: 0 };
    expect([currencyDigits(currency), chargeStep(currency)]).toEqual([digits, 10 ** zeros]);
    for (const value of VALUES) {
      for (const unit of ["major", "minor"] as const) {
        // Millionths are exact, so that the expectation needs no decimal strings.
        const millionths = Math.round(Number(value) * 1e6) * (unit === "major" ? 10 ** digits : 1);
        const step = 10 ** zeros * 1e6;
        const amount = (Math.floor((millionths + step / 2) / step) * step) / 1e6;
        const price = parsePrice(value, unit, currency);
        expect(price, `${value} ${unit}`).toEqual(amount === 0 ? null : { amount, currency });
        if (price !== null) expect(isChargeable(price)).toBe(true);
      }
    }
    expect(parsePrice("0", "major", currency)).toEqual({ amount: 0, currency });
  });

  it("recognizes amounts that Stripe cannot charge", () => {
    expect(
      [
        ["kwd", 1234],
        ["kwd", 1230],
        ["isk", 1050],
        ["isk", 1100],
        ["ugx", 50],
        ["huf", 1050],
        ["usd", 1234],
        ["usd", -1],
        ["usd", 1.5],
      ].map(([currency, amount]) => isChargeable({ currency: String(currency), amount: Number(amount) })),
    ).toEqual([false, true, false, true, false, true, true, false, false]);
  });

  it("is exact for every amount of cents, as text and as a number", () => {
    fc.assert(
      fc.property(fc.nat(10_000_000_00), (amount) => {
        expect(cents((amount / 100).toFixed(2))).toBe(amount);
        expect(cents(amount / 100)).toBe(amount);
      }),
    );
  });

  it("would not be exact with binary fractions", () => {
    expect(Math.floor(19.99 * 100)).toBe(1998);
    expect(Math.round(1.005 * 100)).toBe(100);
  });
});
