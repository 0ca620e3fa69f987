import { useEffect, useRef } from "react";
import type uPlot from "uplot";
import { chartOptions } from "./chart-options";

/** One line or row of bars over time. */
export interface ChartSeries {
  readonly label: string;
  /** Which colour role it is drawn in. */
  readonly role: "accent" | "good" | "warn" | "bad";
  readonly shape: "line" | "bars";
  /** One for each of the times; null: nothing to tell of that step. */
  readonly values: readonly (number | null)[];
}

export interface ChartFigures {
  /** Epoch seconds, ascending. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly unit: "count" | "percent";
}

/**
 * The figures drawn by uPlot, which only browsers load, and only here. Everything it says stands beside it as text
 * (`Chart`), so that readers of screens and pages without JavaScript miss nothing.
 */
export function TimeChart({ figures }: { figures: ChartFigures }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(figures);
  latest.current = figures;

  useEffect(() => {
    const host = place.current;
    if (host === null) return;
    const gone = new AbortController();
    const resize = new ResizeObserver(() => chart.current?.setSize({ width: host.clientWidth, height: CHART_HEIGHT }));
    void import("uplot").then(({ default: Plot }) => {
      if (gone.signal.aborted) return;
      const draw = () => {
        chart.current?.destroy();
        chart.current = new Plot(
          chartOptions(Plot, latest.current, host, CHART_HEIGHT),
          chartData(latest.current),
          host,
        );
      };
      draw();
      resize.observe(host);
      // Drawn anew, because the legend keeps the colours that it was made with.
      window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw, { signal: gone.signal });
    });
    return () => {
      gone.abort();
      resize.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);

  useEffect(() => chart.current?.setData(chartData(figures)), [figures]);

  return <div className="chart-canvas" ref={place} aria-hidden="true" />;
}

/** Without the legend below it; the room for both is kept free in `operator.css`. */
const CHART_HEIGHT = 150;

function chartData({ times, series }: ChartFigures): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])];
}
