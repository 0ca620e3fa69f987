import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { currencyDigits, parsePrice } from "~/catalog/price";

const cents = (value: unknown): number | null => parsePrice(value, "major", "usd")?.amount ?? null;

describe("parsePrice", () => {
  it.each([null, undefined, "", " ", "free", "12,50", "$12", "-1", -0.01, Number.NaN, Number.POSITIVE_INFINITY, {}, [], true, "0x10", "1e400", "9".repeat(20)])(
    "has no price for %s",
    (value) => {
      expect(cents(value)).toBeNull();
    },
  );

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
    [0.004, 0],
    [0.005, 1],
    [1e-7, 0],
    ["1e3", 100_000],
    [1.5e21, null],
    ["00012.5", 1250],
    ["12.", 1200],
    ["90071992547409.91", 9007199254740991],
    ["90071992547409.92", null],
  ])("reads %s dollars as %s cents", (value, amount) => {
    expect(cents(value)).toBe(amount);
  });

  it("knows currencies without a minor unit, with three digits, and those that Stripe counts otherwise than Intl", () => {
    expect(parsePrice("1250", "major", "jpy")).toEqual({ amount: 1250, currency: "jpy" });
    expect(parsePrice("12.345", "major", "kwd")).toEqual({ amount: 12_345, currency: "kwd" });
    expect(["usd", "jpy", "kwd", "isk", "ugx", "mga", "clp", "huf", "idr"].map(currencyDigits)).toEqual([2, 0, 3, 2, 2, 0, 0, 2, 2]);
  });

  it("takes minor units as they are", () => {
    expect(parsePrice(1250, "minor", "usd")?.amount).toBe(1250);
    expect(parsePrice("1250.00", "minor", "kwd")?.amount).toBe(1250);
  });

  it("is exact for every amount of cents, as text and as a number", () => {
    fc.assert(
      fc.property(fc.nat(10_000_000_00), (amount) => {
        expect(cents((amount / 100).toFixed(2))).toBe(amount);
        expect(cents(amount / 100)).toBe(amount);
      }),
    );
  });

  it("would not be with binary fractions", () => {
    expect(Math.floor(19.99 * 100)).toBe(1998);
    expect(Math.round(1.005 * 100)).toBe(100);
  });
});
