import { useClockText } from "~/components/visitor-clock";
import type { ChartFigures } from "./chart-figures";
import { figureText } from "./chart-options";
import { TimeChart } from "./time-chart";

interface ChartProps {
  readonly title: string;
  /** The current figure, or the hour's, as text. */
  readonly summary: string;
  readonly figures: ChartFigures;
  /** How to read it. */
  readonly hint?: string;
  readonly tone?: "bad";
}

/** A chart with the same figures as text and as a table by minute. */
export function Chart({ title, summary, figures, hint, tone }: ChartProps) {
  return (
    <figure className="chart" data-tone={tone}>
      <figcaption>
        <h3>{title}</h3>
        <p className="chart-summary">{summary}</p>
        {hint !== undefined && <p className="hint">{hint}</p>}
      </figcaption>
      <TimeChart figures={figures} />
      <details className="chart-numbers">
        <summary>
          Numbers<span className="visually-hidden"> for {title}</span>
        </summary>
        <FigureTable title={title} figures={figures} />
      </details>
    </figure>
  );
}

/** Newest minute first. Minutes without activity are left out. */
function FigureTable({ title, figures: { times, series, unit } }: { title: string; figures: ChartFigures }) {
  const clock = useClockText();
  const rows = times.map((time, step) => ({ time, values: series.map(({ values }) => values[step] ?? null) }));
  const shown = rows.filter(({ values }) => values.some((value) => value !== null && value !== 0)).reverse();
  if (shown.length === 0) return <p className="hint">No activity in the last hour.</p>;
  return (
    <div className="scrolls" role="region" aria-label={`Numbers for ${title}`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ label }) => (
              <th key={label} scope="col" className="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ time, values }) => (
            <tr key={time}>
              <th scope="row">{clock(time * 1000)}</th>
              {values.map((value, index) => (
                <td key={series[index]?.label} className="number">
                  {figureText(value, unit)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
