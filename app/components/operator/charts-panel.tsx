import { useMemo } from "react";
import type { History, Overview } from "~/operator/operator-desk";
import { itemsText } from "./action-result-text";
import { Chart } from "./chart";
import { endFigures, grantFigures, holdFigures, minutesOf, troubleFigures } from "./chart-figures";
import { MissedSalesTable } from "./missed-sales-table";
import { Panel } from "./panel";
import { scopeLabels } from "./scope-labels";

/** The last hour of this server, as charts. */
export function ChartsPanel({ history, overview }: { history: History; overview: Overview }) {
  const figures = useFigures(history);
  const { totals, expiryRate, purchaseRate, steps } = history;
  const scope = scopeLabels(overview);
  const now = overview.holds?.totals ?? null;
  return (
    <Panel id="charts" title="Last hour" scope={`${scope.thisServer} · Holds: ${scope.wholeShop.toLowerCase()}`}>
      {steps.length === 0 && <p className="hint">Collecting data since server start.</p>}
      <div className="charts">
        <Chart
          title="Active holds"
          summary={now === null ? "Hold storage isn't responding." : `Now: ${nowText(now)}`}
          figures={figures.holds}
        />
        <Chart
          title="Requests"
          summary={`${totals.granted} granted, ${totals.refused} refused`}
          figures={figures.grants}
        />
        <Chart
          title="Hold outcomes"
          summary={outcomesText(purchaseRate, expiryRate)}
          hint="Chart: 10-minute average"
          figures={figures.ends}
        />
        <Chart
          title="Late payments and overselling"
          summary={
            totals.oversoldUnits > 0
              ? `${itemsText(totals.oversoldUnits)} oversold · Late payments: ${totals.latePayments}`
              : `Oversold: 0 · Late payments: ${totals.latePayments}`
          }
          {...(totals.oversoldUnits > 0 ? { tone: "bad" as const } : {})}
          figures={figures.trouble}
        />
        <MissedSalesTable sales={history.missedSales} />
      </div>
    </Panel>
  );
}

/** Recomputed only when a step ends, so that a refresh does not redraw the charts. */
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
  return `${holds} ${holds === 1 ? "hold" : "holds"}, ${itemsText(units)}`;
}

/** Percentages of the ended holds; the remainder was released. */
function outcomesText(purchaseRate: number | null, expiryRate: number | null): string {
  if (purchaseRate === null || expiryRate === null) return "No holds ended";
  const [bought, expired] = [Math.round(purchaseRate * 100), Math.round(expiryRate * 100)];
  return `${bought}% bought, ${expired}% expired, ${Math.max(0, 100 - bought - expired)}% released`;
}
