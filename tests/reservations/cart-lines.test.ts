import { describe, expect, it } from "vitest";
import { withSet } from "~/reservations/cart-lines";

describe("a cart", () => {
  it("takes changes: named quantities replace, 0 removes, new ones come last", () => {
    const lines = [
      { productId: "a", quantity: 1 },
      { productId: "b", quantity: 2 },
    ];
    const change = [
      { productId: "c", quantity: 3 },
      { productId: "a", quantity: 0 },
      { productId: "b", quantity: 5 },
    ];
    expect(withSet(lines, change)).toEqual([
      { productId: "b", quantity: 5 },
      { productId: "c", quantity: 3 },
    ]);
  });
});
