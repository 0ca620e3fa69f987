import { useClockText } from "~/components/visitor-clock";
import { figureText } from "./chart-options";
import { TimeChart, type ChartFigures } from "./time-chart";

interface ChartProps {
  readonly title: string;
  /** What it shows right now or over the hour, in words. */
  readonly summary: string;
  readonly figures: ChartFigures;
  /** A word about how to read it. */
  readonly hint?: string;
  readonly tone?: "bad";
}

/** A chart with everything it says as words and as a table of minutes. */
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
          Numbers<span className="visually-hidden"> of {title}</span>
        </summary>
        <FigureTable title={title} figures={figures} />
      </details>
    </figure>
  );
}

/** The newest first: what one looks for is what just happened. Minutes in which nothing happened are left out. */
function FigureTable({ title, figures: { times, series, unit } }: { title: string; figures: ChartFigures }) {
  const clock = useClockText();
  const rows = times.map((time, step) => ({ time, values: series.map(({ values }) => values[step] ?? null) }));
  const told = rows.filter(({ values }) => values.some((value) => value !== null && value !== 0)).reverse();
  if (told.length === 0) return <p className="hint">Nothing but zeros in the last hour.</p>;
  return (
    <div className="scrolls" role="region" aria-label={`Numbers of ${title}`} tabIndex={0}>
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
          {told.map(({ time, values }) => (
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
