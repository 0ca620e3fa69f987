import { expect, it } from "vitest";
import { LastFigures } from "~/reservations/last-figures";

const row = (inventory: number, active = true) => ({ name: "Mug", inventory, active });

it("tells what was read last, and what an inactive row sells: nothing", () => {
  const figures = new LastFigures();
  expect(figures.of("mug")).toBeNull();
  figures.note(["mug", "hat"], new Map([["mug", row(5)], ["hat", row(3, false)]]));
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
