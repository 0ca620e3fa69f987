import { useEffect, useState } from "react";
import type { ActionResult } from "~/operator/action-result";
import type { OperatorView } from "~/operator/show-operator-page.server";
import { ActionResultNotice } from "./action-result-notice";
import { AuditPanel } from "./audit-panel";
import { CartsPanel } from "./carts-panel";
import { ChartsPanel } from "./charts-panel";
import { LogPanel } from "./log-panel";
import { Jumps, OperatorBar } from "./operator-bar";
import { OrdersPanel, RefundedPanel, ReviewPanel } from "./orders-panels";
import { ProductsPanel } from "./products-panel";
import { StateStrip } from "./state-strip";
import { ToolsPanel } from "./tools-panel";

interface OperatorPageProps {
  readonly view: OperatorView;
  readonly canSignOut: boolean;
  /** What came of the last form. */
  readonly answer: ActionResult | null;
}

/** What waits for a person first, then how the shop stands, then what one may want to do. */
export function OperatorPage({ view, canSignOut, answer }: OperatorPageProps) {
  const { overview, history, journal, log, orders, lastAudit, once } = view;
  const [kept, keep] = useLastAnswer(answer);
  const waiting = orders?.queue.length ?? 0;
  const jumps = [...(waiting === 0 ? [] : [{ id: "review", label: `Needs attention (${waiting})` }]), ...JUMPS];
  return (
    <div className="operator">
      <OperatorBar at={overview.at} canSignOut={canSignOut} />
      <Jumps jumps={jumps} />
      <ActionResultNotice answer={kept} onClose={() => keep(null)} />
      <ReviewPanel orders={orders} />
      <StateStrip overview={overview} />
      <ChartsPanel history={history} overview={overview} />
      <div className="two-columns">
        <ProductsPanel overview={overview} once={once} />
        <CartsPanel overview={overview} answer={kept} />
      </div>
      <div className="two-columns">
        <OrdersPanel orders={orders} />
        <RefundedPanel orders={orders} />
      </div>
      <LogPanel journal={journal} log={log} overview={overview} />
      <div className="two-columns">
        <ToolsPanel once={once} />
        <AuditPanel audit={kept?.intent === "audit" ? kept.audit : lastAudit} />
      </div>
    </div>
  );
}

/** Reading the page anew forgets what an action answered; people read more slowly than that. */
function useLastAnswer(answer: ActionResult | null) {
  const state = useState(answer);
  const [, keep] = state;
  useEffect(() => {
    if (answer !== null) keep(answer);
  }, [answer, keep]);
  return state;
}

const JUMPS = [
  { id: "state", label: "State" },
  { id: "charts", label: "Last hour" },
  { id: "products", label: "Products" },
  { id: "carts", label: "Carts" },
  { id: "orders", label: "Orders" },
  { id: "refunded", label: "Refunded" },
  { id: "log", label: "Log" },
  { id: "tools", label: "Tools" },
  { id: "audit", label: "Audit" },
] as const;
