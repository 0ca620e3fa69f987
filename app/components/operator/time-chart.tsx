import { useEffect, useRef } from "react";
import type uPlot from "uplot";
import type { ChartFigures } from "./chart-figures";
import { chartOptions } from "./chart-options";

/**
 * Draws the figures with uPlot, loaded on demand in the browser. Hidden from assistive technology: `Chart` shows the same figures as
 * text, with or without JavaScript.
 */
export function TimeChart({ figures }: { figures: ChartFigures }) {
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(figures);
  latest.current = figures;

  useEffect(() => {
    const host = container.current;
    if (host === null) return;
    const unmounted = new AbortController();
    const resize = new ResizeObserver(() => chart.current?.setSize({ width: host.clientWidth, height: CHART_HEIGHT }));
    void import("uplot").then(({ default: Plot }) => {
      if (unmounted.signal.aborted) return;
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
      // Redraw: the legend keeps the colours it was created with.
      window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw, { signal: unmounted.signal });
    });
    return () => {
      unmounted.abort();
      resize.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);

  useEffect(() => chart.current?.setData(chartData(figures)), [figures]);

  return <div className="chart-canvas" ref={container} aria-hidden="true" />;
}

/** In px, without the legend. `operator-figures.css` reserves the height of both. */
const CHART_HEIGHT = 150;

function chartData({ times, series }: ChartFigures): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])];
}
