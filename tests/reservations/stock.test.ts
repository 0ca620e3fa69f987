import { describe, expect, it } from "vitest";
import { shortageOf } from "~/reservations/stock";

describe("a shortage", () => {
  it.each([
    ["fits", { quantity: 2, onHand: 2, available: 2 }, null, 0],
    ["is nothing where nothing is asked for", { quantity: 0, onHand: 0, available: 0 }, null, 0],
    ["is sold out where nobody holds any", { quantity: 5, onHand: 2, available: 2 }, "sold_out", 0],
    ["is sold out where there is none", { quantity: 1, onHand: 0, available: 0 }, "sold_out", 0],
    [
      "is held by others where they hold some, and only theirs are missed",
      { quantity: 5, onHand: 2, available: 1 },
      "held_by_others",
      1,
    ],
    ["is held by others, all that is asked for", { quantity: 2, onHand: 9, available: 0 }, "held_by_others", 2],
  ] as const)("%s", (_what, line, shortage, missed) => {
    expect(shortageOf(line)).toEqual({ shortage, missed });
  });
});
