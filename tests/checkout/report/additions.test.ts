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

describe("additions between an order's lines and its total", () => {
  it.each([
    ["nothing", 3000, {}, []],
    [
      "discount, shipping and tax",
      3355,
      { discount: 750, shipping: 500, tax: 605 },
      [
        ["discount", -750],
        ["shipping", 500],
        ["tax", 605],
      ],
    ],
    ["tax included in prices", 3000, { tax: 273 }, [["included_tax", 273]]],
    [
      "included tax, plus tax on shipping",
      3550,
      { shipping: 500, tax: 323 },
      [
        ["shipping", 500],
        ["tax", 50],
        ["included_tax", 273],
      ],
    ],
    ["a cross-sell", 3300, { subtotal: 3300 }, [["changed_lines", 300]]],
    ["a removed line", 2000, { subtotal: 2000 }, [["changed_lines", -1000]]],
  ])("%s", (_what, total, parts, expected) => {
    expect(additions(total, parts)).toEqual(expected);
  });

  it("add up to the total, without included tax", () => {
    const found = additions(3550, { subtotal: 3300, discount: 300, shipping: 500, tax: 323 });
    expect(
      3000 + found.filter(([kind]) => kind !== "included_tax").reduce((sum, [, amount]) => sum + Number(amount), 0),
    ).toBe(3550);
  });

  it("are empty if Stripe gives no parts", () => {
    expect(additionsOf({ total: usd(3355), parts: null }, 3000)).toEqual([]);
  });
});
