import { describe, expect, it } from "vitest";
import { endFigures, grantFigures, holdFigures, minutesOf } from "~/components/operator/chart-figures";
import type { History, HistoryStep } from "~/operator/operator-desk";

const MINUTE = Date.UTC(2026, 0, 1, 12, 0);
const NO_ACTIVITY = {
  granted: 0,
  refused: 0,
  expired: 0,
  completed: 0,
  released: 0,
  latePayments: 0,
  oversoldUnits: 0,
};
const step = (seconds: number, activity: Partial<HistoryStep> = {}): HistoryStep => ({
  at: MINUTE + seconds * 1000,
  activeHolds: 0,
  heldUnits: 0,
  ...NO_ACTIVITY,
  ...activity,
});
const history = (...steps: HistoryStep[]): History => ({
  stepMs: 15_000,
  steps,
  totals: NO_ACTIVITY,
  expiryRate: null,
  purchaseRate: null,
  missedSales: [],
});

describe("figures of the last hour", () => {
  it("are empty right after a start", () => {
    expect(minutesOf(history())).toEqual([]);
    expect(holdFigures([]).times).toEqual([]);
  });

  it("sum the activity of a minute, and take holds from its end", () => {
    const minutes = minutesOf(
      history(
        step(15, { granted: 2, activeHolds: 1 }),
        step(60, { granted: 3, refused: 1, activeHolds: 4, heldUnits: 9 }),
        step(75, { granted: 5, activeHolds: null }),
      ),
    );
    expect(grantFigures(minutes).series.map(({ values }) => values)).toEqual([
      [5, 5],
      [1, 0],
    ]);
    expect(holdFigures(minutes).series.map(({ values }) => values)).toEqual([
      [9, 0],
      [4, null],
    ]);
    expect(holdFigures(minutes).times).toEqual([MINUTE / 1000 + 60, MINUTE / 1000 + 120]);
  });

  it("average rates over ten minutes, with none where no hold ended", () => {
    const quiet = Array.from({ length: 12 }, (_, minute) => step(60 * (minute + 2)));
    const { series } = endFigures(minutesOf(history(step(60, { completed: 1, expired: 2, released: 1 }), ...quiet)));
    expect(series[0]?.values.slice(0, 11)).toEqual([...Array<number>(10).fill(25), null]);
    expect(series[1]?.values[0]).toBe(50);
    expect(endFigures(minutesOf(history(step(60)))).series[0]?.values).toEqual([null]);
  });
});
