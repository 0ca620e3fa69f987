import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareLines, wasCompared } from "~/checkout/fulfil/compare-lines";
import type { MarkedLine } from "~/checkout/fulfil/line-marks";
import type { ChargedLine } from "~/checkout/stripe/gateway";

const ours = (productId: string, quantity: number, unitAmount = 1250): MarkedLine => ({
  productId,
  name: productId,
  quantity,
  unitAmount,
  state: { mark: "claimed" },
});
const charged = (
  productId: string | null,
  quantity: number,
  amount: number | null = 1250,
  currency = "usd",
): ChargedLine => ({
  productId,
  name: "",
  quantity,
  unitPrice: amount === null ? null : { amount, currency },
});
const compare = (lines: readonly MarkedLine[], sold: readonly ChargedLine[]) =>
  compareLines({ lines, currency: "usd" }, sold);
const CART = [ours("mug", 2), ours("pot", 1, 900)];

describe("charged lines with product ids", () => {
  const mug = charged("mug", 2);
  const pot = charged("pot", 1, 900);

  it.each<[string, readonly ChargedLine[], string]>([
    ["the same, in another order", [pot, mug], "same"],
    ["one of them in two lines", [charged("mug", 1), pot, charged("mug", 1)], "same"],
    ["an extra line with quantity 0", [mug, pot, charged(null, 0, 300)], "same"],
    ["a cross-sell", [mug, pot, charged(null, 1, 300)], "extra"],
    ["a cross-sell without a fixed price", [mug, pot, charged(null, 1, null)], "extra"],
    ["more of one of them", [charged("mug", 3), pot], "extra"],
    ["a product that was not in the cart", [mug, pot, charged("cup", 1)], "extra"],
    ["fewer of one of them", [charged("mug", 1), pot], "missing"],
    ["one of them missing", [mug], "missing"],
    ["all of them missing", [], "missing"],
    ["one replaced by another line of the same price", [mug, charged(null, 1, 900)], "missing"],
    ["one missing and more of the other", [charged("mug", 5)], "missing"],
    ["another price", [charged("mug", 2, 1), pot], "missing"],
    ["another currency", [charged("mug", 2, 1250, "eur"), pot], "missing"],
    ["no price", [charged("mug", 2, null), pot], "missing"],
  ])("%s: %s", (_what, sold, comparison) => {
    expect(compare(CART, sold)).toBe(comparison);
  });
});

describe("charged lines without product ids, of a page opened by the previous release", () => {
  it.each<[string, readonly ChargedLine[], string]>([
    ["the same prices and quantities", [charged(null, 1, 900), charged(null, 2)], "same"],
    ["two products of one price", [charged(null, 1, 900), charged(null, 1), charged(null, 1)], "same"],
    ["a cross-sell", [charged(null, 1, 900), charged(null, 2), charged(null, 1, 300)], "extra"],
    ["fewer", [charged(null, 1, 900), charged(null, 1)], "missing"],
  ])("%s: %s", (_what, sold, comparison) => {
    expect(compare(CART, sold)).toBe(comparison);
  });
});

it.each([
  ["lines_differ", true],
  ["row_refused", true],
  ["refund_failed", false],
] as const)("an order in review as %s has been compared: %s", (reason, compared) => {
  expect(wasCompared({ review: { reason, since: 1 }, accepted: [], extraLines: false })).toBe(compared);
});

it("any cart equals itself, and differs after one unit is added or removed", () => {
  const line = fc.record({
    productId: fc.string({ minLength: 1 }),
    quantity: fc.integer({ min: 1, max: 99 }),
    unitAmount: fc.integer({ min: 0, max: 99_999 }),
  });
  const carts = fc.uniqueArray(line, { minLength: 1, maxLength: 30, selector: ({ productId }) => productId });
  fc.assert(
    fc.property(carts, fc.boolean(), fc.nat(), (cart, isNamed, which) => {
      const lines = cart.map(({ productId, quantity, unitAmount }) => ours(productId, quantity, unitAmount));
      const sold = cart.map(({ productId, quantity, unitAmount }) =>
        charged(isNamed ? productId : null, quantity, unitAmount),
      );
      const changed = (units: number) =>
        sold.map((one, index) => (index === which % sold.length ? { ...one, quantity: one.quantity + units } : one));
      expect([compare(lines, sold.toReversed()), compare(lines, changed(1)), compare(lines, changed(-1))]).toEqual([
        "same",
        "extra",
        "missing",
      ]);
    }),
  );
});
