import { expect, it } from "vitest";
import { StockHints } from "~/reservations/stock-hints";

const row = (inventory: number, active = true) => ({ name: "Mug", inventory, active });

it("returns the last figure read, which is 0 for an inactive row", () => {
  const hints = new StockHints();
  expect(hints.get("mug")).toBeNull();
  hints.record(
    ["mug", "hat"],
    new Map([
      ["mug", row(5)],
      ["hat", row(3, false)],
    ]),
  );
  expect([hints.get("mug"), hints.get("hat")]).toEqual([5, 0]);
  hints.record(["mug"], new Map([["mug", row(4)]]));
  expect(hints.get("mug")).toBe(4);
});

it("forgets a product whose row is gone, and keeps no made-up ids", () => {
  const hints = new StockHints();
  hints.record(["mug"], new Map([["mug", row(5)]]));
  hints.record(["mug", "made-up"], new Map());
  expect([hints.get("mug"), hints.get("made-up")]).toEqual([null, null]);
});

it("remembers at most ten thousand products", () => {
  const hints = new StockHints();
  const ids = Array.from({ length: 10_001 }, (_, nth) => `product-${nth}`);
  hints.record(ids, new Map(ids.map((id) => [id, row(1)])));
  expect([hints.get("product-0"), hints.get("product-1"), hints.get("product-10000")]).toEqual([null, 1, 1]);
});

it("runs the first attempt without a hint at once; others wait until it ends or fails, then run together", async () => {
  const hints = new StockHints();
  const began: string[] = [];
  let fail = (): void => undefined;
  const failing = new Promise<void>((_resolve, reject) => (fail = () => reject(new Error("the stock was not read"))));
  const attempt = (name: string, work: Promise<void> = Promise.resolve()) =>
    hints.afterFirst("mug", () => (began.push(name), work));
  const first = attempt("first", failing);
  const others = [attempt("second"), attempt("third")];
  await hints.afterFirst("hat", () => Promise.resolve(began.push("of another product")));
  expect(began).toEqual(["first", "of another product"]);
  fail();
  await expect(first).rejects.toThrow("not read");
  await Promise.all(others);
  expect(began.slice(2)).toEqual(["second", "third"]);
});

it("does not wait once a hint is known", async () => {
  const hints = new StockHints();
  const never = new Promise<void>(() => undefined);
  void hints.afterFirst("mug", () => never);
  hints.record(["mug"], new Map([["mug", row(5)]]));
  await expect(hints.afterFirst("mug", () => Promise.resolve("at once"))).resolves.toBe("at once");
});
