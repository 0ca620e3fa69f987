import type uPlot from "uplot";
import { localClockText } from "~/components/clock-text";
import type { ChartFigures, ChartSeries } from "./chart-figures";

const HOUR_SECONDS = 3600;

/** uPlot options for the figures. Colours are read from the page's roles on every draw, so that they follow the colour scheme. */
export function chartOptions(
  plot: typeof uPlot,
  { series, unit }: ChartFigures,
  host: HTMLElement,
  height: number,
): uPlot.Options {
  const colour = (role: string) => () => getComputedStyle(host).getPropertyValue(`--${role}`).trim();
  const font = "12px system-ui, sans-serif";
  const bars = plot.paths.bars?.({ size: [0.9, 24], gap: 1 });
  const seriesOptions = (one: ChartSeries): uPlot.Series => ({
    label: one.label,
    stroke: colour(one.role),
    width: one.shape === "line" ? 2 : 0,
    // One or two points would not make a visible line.
    points: { show: (self) => self.data[0].length < 3, size: 5 },
    // A null value is a gap. Bars of several series overlap, later series in front.
    ...(one.shape === "bars" && bars !== undefined ? { paths: bars, fill: colour(one.role) } : {}),
    value: (_, value) => figureText(value, unit),
  });
  return {
    width: host.clientWidth,
    height,
    cursor: { sync: { key: "operator" }, drag: { x: false, y: false }, points: { size: 6 } },
    legend: { markers: { width: 0, fill: (_, index) => colour(series[index - 1]?.role ?? "accent")() } },
    scales: {
      x: { range: (_, __, last) => hourBefore(Number.isFinite(last) ? last : Date.now() / 1000) },
      y: { range: (_, __, most) => [0, unit === "percent" ? 100 : Math.max(4, Math.ceil((most ?? 0) * 1.1))] },
    },
    axes: [
      {
        stroke: colour("ink-soft"),
        font,
        size: 28,
        // Wide enough for "12:30 PM".
        space: 80,
        grid: { show: false },
        ticks: { stroke: colour("line"), size: 4 },
        values: (_, times) => times.map((time) => localClockText(time * 1000)),
      },
      {
        stroke: colour("ink-soft"),
        font,
        size: 44,
        grid: { stroke: colour("line"), width: 1 },
        ticks: { show: false },
        space: 36,
        incrs: [
          1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000,
        ],
        values: (_, marks) => marks.map((mark) => figureText(mark, unit)),
      },
    ],
    series: [
      { label: "Time", value: (_, time) => (time === null ? "–" : localClockText(time * 1000, "second")) },
      ...series.map(seriesOptions),
    ],
  };
}

function hourBefore(seconds: number): [number, number] {
  return [seconds - HOUR_SECONDS, seconds];
}

export function figureText(value: number | null | undefined, unit: ChartFigures["unit"]): string {
  if (value === null || value === undefined) return "–";
  return unit === "percent" ? `${Math.round(value)}%` : String(value);
}
