import { describe, expect, it } from "vitest";
import { additionsOf } from "~/checkout/report/additions";

const usd = (amount: number) => ({ amount, currency: "usd" });
const additions = (
  total: number,
  parts: Partial<Record<"subtotal" | "discount" | "shipping" | "tax", number>>,
  lines = 3000,
) =>
  additionsOf({ total: usd(total), parts: { subtotal: lines, discount: 0, shipping: 0, tax: 0, ...parts } }, lines).map(
    ({ kind, amount }) => [kind, amount.amount],
  );

describe("what stands between an order's lines and its total", () => {
  it.each([
    ["nothing", 3000, {}, []],
    [
      "all of it",
      3355,
      { discount: 750, shipping: 500, tax: 605 },
      [
        ["discount", -750],
        ["shipping", 500],
        ["tax", 605],
      ],
    ],
    ["tax that prices contain", 3000, { tax: 273 }, [["included_tax", 273]]],
    [
      "tax that only shipping adds",
      3550,
      { shipping: 500, tax: 323 },
      [
        ["shipping", 500],
        ["tax", 50],
        ["included_tax", 273],
      ],
    ],
    ["a cross-sell", 3300, { subtotal: 3300 }, [["changed_lines", 300]]],
    ["a line taken off", 2000, { subtotal: 2000 }, [["changed_lines", -1000]]],
  ])("%s", (_what, total, parts, expected) => {
    expect(additions(total, parts)).toEqual(expected);
  });

  it("adds up to the total, tax that prices contain aside", () => {
    const found = additions(3550, { subtotal: 3300, discount: 300, shipping: 500, tax: 323 });
    expect(
      3000 + found.filter(([kind]) => kind !== "included_tax").reduce((sum, [, amount]) => sum + Number(amount), 0),
    ).toBe(3550);
  });

  it("is not known where Stripe does not say", () => {
    expect(additionsOf({ total: usd(3355), parts: null }, 3000)).toEqual([]);
  });
});
