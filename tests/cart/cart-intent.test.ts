import { describe, expect, it } from "vitest";
import { readIntent } from "~/cart/cart-intent.server";

describe("reading a form", () => {
  it.each(["-1", "1.5", "1e9", "2abc", "NaN", "Infinity", "", "0x2", "+2", "１", "9999999999"])(
    "takes %j for no quantity and says so",
    (quantity) => {
      const form = { intent: "set", product_id: "mug", quantity };
      expect(readIntent(form)).toEqual({ outcome: "bad_quantity", productId: "mug" });
    },
  );

  it("treats a missing quantity as invalid", () => {
    expect(readIntent({ intent: "add", product_id: "mug" })).toEqual({
      outcome: "bad_quantity",
      productId: "mug",
    });
  });

  it("rejects adding zero units, but accepts setting a line to zero", () => {
    expect(readIntent({ intent: "add", product_id: "mug", quantity: "0" }).outcome).toBe("bad_quantity");
    expect(readIntent({ intent: "set", product_id: "mug", quantity: "0" })).toMatchObject({
      outcome: "read",
      intent: { intent: "set", lines: [{ productId: "mug", quantity: 0 }] },
    });
  });

  it.each<Record<string, string>>([
    {},
    { intent: "steal" },
    { intent: "add", quantity: "1" },
    { intent: "set", lines: '[["mug",0]]' },
    { intent: "set", lines: '[["mug"]]' },
    { intent: "set", lines: "[]" },
    { intent: "set", lines: "mug" },
    { intent: "remove", product_id: "" },
    { intent: "remove", product_id: "x".repeat(1001) },
  ])("rejects %j", (form) => {
    expect(readIntent(form)).toEqual({ outcome: "invalid" });
  });

  it("reads every form of the shop", () => {
    expect(readIntent({ intent: "add", product_id: "mug", quantity: " 2 " })).toMatchObject({
      outcome: "read",
      intent: { intent: "add", productId: "mug", quantity: 2, operation: null },
    });
    expect(readIntent({ intent: "add", product_id: "mug", quantity: "2", operation: "oAbc_-123-1" })).toMatchObject({
      intent: { operation: "oAbc_-123-1" },
    });
    expect(readIntent({ intent: "remove", product_id: "mug" })).toMatchObject({
      outcome: "read",
      intent: { intent: "remove", productId: "mug" },
    });
    expect(readIntent({ intent: "set", lines: '[["mug",2],["jug",1]]' })).toMatchObject({
      outcome: "read",
      intent: {
        intent: "set",
        lines: [
          { productId: "mug", quantity: 2 },
          { productId: "jug", quantity: 1 },
        ],
      },
    });
    for (const intent of ["clear", "extend", "hold"])
      expect(readIntent({ intent })).toMatchObject({ outcome: "read", intent: { intent } });
  });

  it("sums lines of one product, as the store does, so that the cookie has the same number", () => {
    expect(readIntent({ intent: "set", lines: '[["mug",2],["jug",1],["mug",3]]' })).toMatchObject({
      intent: {
        lines: [
          { productId: "mug", quantity: 5 },
          { productId: "jug", quantity: 1 },
        ],
      },
    });
  });
});
