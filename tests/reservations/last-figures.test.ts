import { expect, it } from "vitest";
import { LastFigures } from "~/reservations/last-figures";

const row = (inventory: number, active = true) => ({ name: "Mug", inventory, active });

it("tells what was read last, and what an inactive row sells: nothing", () => {
  const figures = new LastFigures();
  expect(figures.of("mug")).toBeNull();
  figures.note(
    ["mug", "hat"],
    new Map([
      ["mug", row(5)],
      ["hat", row(3, false)],
    ]),
  );
  expect([figures.of("mug"), figures.of("hat")]).toEqual([5, 0]);
  figures.note(["mug"], new Map([["mug", row(4)]]));
  expect(figures.of("mug")).toBe(4);
});

it("forgets a product whose row is gone, and keeps none for made-up ids", () => {
  const figures = new LastFigures();
  figures.note(["mug"], new Map([["mug", row(5)]]));
  figures.note(["mug", "made-up"], new Map());
  expect([figures.of("mug"), figures.of("made-up")]).toEqual([null, null]);
});

it("remembers ten thousand products at most", () => {
  const figures = new LastFigures();
  const ids = Array.from({ length: 10_001 }, (_, nth) => `product-${nth}`);
  figures.note(ids, new Map(ids.map((id) => [id, row(1)])));
  expect([figures.of("product-0"), figures.of("product-1"), figures.of("product-10000")]).toEqual([null, 1, 1]);
});

it("lets the first attempt go ahead that knows no figure; the others wait for its end, whatever it is, and go together", async () => {
  const figures = new LastFigures();
  const began: string[] = [];
  let fail = (): void => undefined;
  const failing = new Promise<void>((_resolve, reject) => (fail = () => reject(new Error("the stock was not read"))));
  const attempt = (name: string, work: Promise<void> = Promise.resolve()) =>
    figures.afterFirst("mug", () => (began.push(name), work));
  const first = attempt("first", failing);
  const others = [attempt("second"), attempt("third")];
  await figures.afterFirst("hat", () => Promise.resolve(began.push("of another product")));
  expect(began).toEqual(["first", "of another product"]);
  fail();
  await expect(first).rejects.toThrow("not read");
  await Promise.all(others);
  expect(began.slice(2)).toEqual(["second", "third"]);
});

it("lets nobody wait once a figure is known", async () => {
  const figures = new LastFigures();
  const never = new Promise<void>(() => undefined);
  void figures.afterFirst("mug", () => never);
  figures.note(["mug"], new Map([["mug", row(5)]]));
  await expect(figures.afterFirst("mug", () => Promise.resolve("at once"))).resolves.toBe("at once");
});
