import { describe, expect, it } from "vitest";
import { shortageOf } from "~/reservations/stock";

describe("a shortage", () => {
  it.each([
    ["fits", { quantity: 2, onHand: 2, available: 2 }, null, 0],
    ["is null for quantity 0", { quantity: 0, onHand: 0, available: 0 }, null, 0],
    ["is sold_out if nobody holds any", { quantity: 5, onHand: 2, available: 2 }, "sold_out", 0],
    ["is sold_out if there is no stock", { quantity: 1, onHand: 0, available: 0 }, "sold_out", 0],
    [
      "is held_by_others if they hold some, and only theirs count as missed",
      { quantity: 5, onHand: 2, available: 1 },
      "held_by_others",
      1,
    ],
    ["is held_by_others for the whole quantity", { quantity: 2, onHand: 9, available: 0 }, "held_by_others", 2],
  ] as const)("%s", (_what, line, shortage, missed) => {
    expect(shortageOf(line)).toEqual({ shortage, missed });
  });
});
