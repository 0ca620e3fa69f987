import { useEffect, useState } from "react";
import type { ActionResult } from "~/operator/action-result";
import type { OperatorView } from "~/operator/show-operator-page.server";
import { ActionResultNotice } from "./action-result-notice";
import { AuditPanel } from "./audit-panel";
import { CartsPanel } from "./carts-panel";
import { ChartsPanel } from "./charts-panel";
import { LogPanel } from "./log-panel";
import { OperatorBar, SectionNav } from "./operator-bar";
import { OrdersPanel, RefundedPanel, ReviewPanel } from "./orders-panels";
import { ProductsPanel } from "./products-panel";
import { StateStrip } from "./state-strip";
import { ToolsPanel } from "./tools-panel";

interface OperatorPageProps {
  readonly view: OperatorView;
  readonly canSignOut: boolean;
  /** Result of the form just submitted. */
  readonly actionResult: ActionResult | null;
}

/** Orders that need attention first, then the status of the shop, then everything else. */
export function OperatorPage({ view, canSignOut, actionResult }: OperatorPageProps) {
  const { overview, history, journal, log, orders, lastAudit, once } = view;
  const [lastAction, setLastAction] = useLastAction(actionResult);
  const waiting = orders?.queue.length ?? 0;
  const sections = [...(waiting === 0 ? [] : [{ id: "review", label: `Needs attention (${waiting})` }]), ...SECTIONS];
  return (
    <div className="operator">
      <OperatorBar at={overview.at} canSignOut={canSignOut} />
      <SectionNav sections={sections} />
      <ActionResultNotice result={lastAction} onClose={() => setLastAction(null)} />
      <ReviewPanel orders={orders} />
      <StateStrip overview={overview} />
      <ChartsPanel history={history} overview={overview} />
      <div className="two-columns">
        <ProductsPanel overview={overview} once={once} />
        <CartsPanel overview={overview} lastAction={lastAction} />
      </div>
      <div className="two-columns">
        <OrdersPanel orders={orders} />
        <RefundedPanel orders={orders} />
      </div>
      <LogPanel journal={journal} log={log} overview={overview} />
      <div className="two-columns">
        <ToolsPanel once={once} />
        <AuditPanel audit={lastAction?.intent === "audit" ? lastAction.audit : lastAudit} />
      </div>
    </div>
  );
}

/** Keeps the last result until it is closed, because a refresh clears the action data. */
function useLastAction(result: ActionResult | null) {
  const state = useState(result);
  const [, setLastAction] = state;
  useEffect(() => {
    if (result !== null) setLastAction(result);
  }, [result, setLastAction]);
  return state;
}

const SECTIONS = [
  { id: "state", label: "Status" },
  { id: "charts", label: "Last hour" },
  { id: "products", label: "Products" },
  { id: "carts", label: "Carts" },
  { id: "orders", label: "Orders" },
  { id: "refunded", label: "Refunded" },
  { id: "log", label: "Log" },
  { id: "tools", label: "Tools" },
  { id: "audit", label: "Audit" },
] as const;
