import { describe, expect, it } from "vitest";
import { readIntent } from "~/cart/cart-intent.server";
import { addressAfter, readRemovedLines } from "~/cart/removed-lines.server";
import { createWorld } from "./cart-world";

const LINES = [
  { productId: "mug", quantity: 2 },
  { productId: "jug & lid", quantity: 1 },
];

async function removedBy(form: Record<string, string>, lines = LINES) {
  const read = readIntent(form);
  if (read.outcome === "invalid") throw new Error("the form was not understood");
  const address = addressAfter(read, { ...(await createWorld()).carts.create(), lines });
  return readRemovedLines(new URL(address, "http://shop.test").searchParams);
}

describe("the address after a change", () => {
  it.each<[string, Record<string, string>, typeof LINES]>([
    ["the removed line", { intent: "remove", product_id: "jug & lid" }, LINES.slice(1)],
    ["a line whose quantity became 0", { intent: "set", product_id: "mug", quantity: "0" }, LINES.slice(0, 1)],
    ["all lines of an emptied cart", { intent: "clear" }, LINES],
    ["no line whose quantity changed", { intent: "set", product_id: "mug", quantity: "1" }, []],
    ["no line that was not in the cart", { intent: "remove", product_id: "pot" }, []],
  ])("names %s", async (_, form, lines) => {
    expect(await removedBy(form)).toEqual(lines);
  });

  it("names no lines rather than some, if they do not fit in a URL", async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ productId: `${n}-${"ü".repeat(20)}`, quantity: 1 }));
    expect(await removedBy({ intent: "clear" }, many(10))).toHaveLength(10);
    expect(await removedBy({ intent: "clear" }, many(30))).toEqual([]);
  });

  it("may be mangled", () => {
    for (const removed of ["", "mug", "[]", '[["mug",0]]', "{"])
      expect(readRemovedLines(new URLSearchParams({ removed }))).toEqual([]);
  });
});
