import { describe, expect, it } from "vitest";
import { clockText, countdownText } from "~/components/clock-text";
import { cartTexts, holdAgainText, holdStageText, payHint } from "~/components/texts";

describe("texts about the time left", () => {
  it.each([
    [120_000, "2:00"],
    [119_999, "2:00"],
    [60_001, "1:01"],
    [59_000, "0:59"],
    [1, "0:01"],
    [0, "0:00"],
    [-5_000, "0:00"],
  ])("%i ms read %j", (left, text) => {
    expect(countdownText(left)).toBe(text);
  });

  it("state the time there is to pay", () => {
    expect(payHint(900_000)).toContain("15 minutes to pay");
    expect(payHint(60_000)).toContain("one minute to pay");
    expect(payHint(45_000)).toContain("45 seconds to pay");
  });

  it("name what cannot be held again", () => {
    expect(holdAgainText([])).toBe("There is enough of everything to hold it again.");
    expect(holdAgainText(["Mug", cartTexts.gone])).toContain(`Mug, ${cartTexts.gone}`);
  });

  it("announce the start of a hold with its end", () => {
    expect(holdStageText("started", Date.UTC(2026, 0, 1, 14, 32, 10), clockText)).toBe(
      "Your hold lasts until 14:32:10 UTC.",
    );
  });
});
