import { useMemo } from "react";
import type { History, Overview } from "~/operator/operator-desk";
import { Chart } from "./chart";
import { endFigures, grantFigures, holdFigures, minutesOf, troubleFigures } from "./chart-figures";
import { MissedSalesTable } from "./missed-sales-table";
import { Panel } from "./panel";
import { scopeLabels } from "./scope-labels";

/** The last hour of this server. */
export function ChartsPanel({ history, overview }: { history: History; overview: Overview }) {
  const figures = useFigures(history);
  const { totals, expiryRate, purchaseRate, steps } = history;
  const scope = scopeLabels(overview);
  const now = overview.holds?.totals ?? null;
  return (
    <Panel
      id="charts"
      title="The last hour"
      scope={`${scope.thisServer}, by minutes; what is held: ${scope.wholeShop.toLowerCase()}`}
    >
      {steps.length === 0 && <p className="hint">Nothing is remembered yet: figures begin with this server's start.</p>}
      <div className="charts">
        <Chart
          title="Active holds"
          summary={now === null ? "The store of holds does not answer." : `Now: ${nowText(now)}.`}
          figures={figures.holds}
        />
        <Chart
          title="Granted against refused"
          summary={`Changes of carts: ${totals.granted} granted, ${totals.refused} refused.`}
          figures={figures.grants}
        />
        <Chart
          title="How holds end"
          summary={`Hold to purchase: ${rateText(purchaseRate)}. Expiry: ${rateText(expiryRate)}.`}
          hint="Of what ended in the ten minutes before; the rest was given back."
          figures={figures.ends}
        />
        <Chart
          title="Late payments and oversold"
          summary={
            totals.oversoldUnits > 0
              ? `${totals.oversoldUnits} units oversold, ${totals.latePayments} late payments.`
              : `Oversold: 0. Late payments: ${totals.latePayments}.`
          }
          {...(totals.oversoldUnits > 0 ? { tone: "bad" as const } : {})}
          figures={figures.trouble}
        />
        <MissedSalesTable lost={history.missedSales} />
      </div>
    </Panel>
  );
}

/** Recomputed only when a step has ended, so that a refresh does not redraw the charts. */
function useFigures(history: History) {
  const newest = history.steps.at(-1)?.at;
  return useMemo(() => {
    const minutes = minutesOf(history);
    return {
      holds: holdFigures(minutes),
      grants: grantFigures(minutes),
      ends: endFigures(minutes),
      trouble: troubleFigures(minutes),
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when a step has ended, not on every refresh
  }, [newest]);
}

function nowText({ shopping, checkout, units }: { shopping: number; checkout: number; units: number }): string {
  const holds = shopping + checkout;
  return `${holds} ${holds === 1 ? "hold" : "holds"}, ${units} ${units === 1 ? "unit" : "units"}`;
}

function rateText(rate: number | null): string {
  return rate === null ? "none ended" : `${Math.round(rate * 100)} %`;
}
