import type { AuditProblem } from "~/checkout/report/audit-report";
import { dateText } from "~/components/clock-text";
import { ClockTime } from "~/components/clock-time";
import { orderNumber } from "~/components/order-number";
import type { DriftAudit } from "~/operator/orders";
import { ActionForm } from "./action-form";
import { itemsText } from "./action-result-text";
import { LogLink } from "./log-link";
import { Panel } from "./panel";

/** Compares what Stripe says was sold with what was deducted from stock. */
export function AuditPanel({ audit }: { audit: DriftAudit | null }) {
  return (
    <Panel
      id="audit"
      title="Drift audit"
      scope="From Stripe"
      tone={audit !== null && audit.problems.length > 0 ? "bad" : undefined}
    >
      <p className="hint">Compares items paid in Stripe with items deducted from stock.</p>
      <ActionForm intent="audit" label="Run audit" />
      {audit === null ? <p className="hint">Not run yet.</p> : <AuditResult audit={audit} />}
    </Panel>
  );
}

function AuditResult({ audit }: { audit: DriftAudit }) {
  const { at, since, checkouts, driftUnits, products, problems } = audit;
  return (
    <>
      <p>
        <strong>{problems.length === 0 ? "No drift" : `Drift: ${itemsText(driftUnits)}`}</strong> · {checkouts}{" "}
        {checkouts === 1 ? "checkout" : "checkouts"} since {dateText(since, "en")} · Last run{" "}
        <ClockTime at={at} precision="second" />
      </p>
      {products.length > 0 && (
        <div className="scrolls" role="region" aria-label="Drift by product" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Product</th>
                <th scope="col" className="number">
                  Sold
                </th>
                <th scope="col" className="number">
                  Deducted
                </th>
                <th scope="col" className="number">
                  Drift
                </th>
              </tr>
            </thead>
            <tbody>
              {products.map(({ productId, name, sold, taken, drift }) => (
                <tr key={productId}>
                  <th scope="row">{name ?? productId}</th>
                  <td className="number">{sold}</td>
                  <td className="number">{taken}</td>
                  <td className="number">{drift > 0 ? `+${drift}` : drift}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {problems.length > 0 && (
        <ul className="rows">
          {problems.map(({ checkoutId, reason }) => (
            <li key={checkoutId}>
              <div className="row-head">
                <span className="hash">{orderNumber(checkoutId)}</span>
                <span>{REASONS[reason]}</span>
              </div>
              <div className="row-actions">
                <LogLink text={checkoutId} labelFor={`order ${orderNumber(checkoutId)}`} />
                <ActionForm
                  intent="inspect"
                  fields={{ checkout_id: checkoutId }}
                  label="Inspect"
                  labelFor={`order ${orderNumber(checkoutId)}`}
                />
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const REASONS: Record<AuditProblem["reason"], string> = {
  not_taken: "Paid, but not deducted from stock",
  not_refunded: "Not fulfilled, and the refund hasn't reached the buyer",
  wrong_number: "Deducted quantity differs from the order",
  not_given_back: "Deducted from stock, but unpaid or refunded",
  needs_review: "Needs review",
  unreadable: "Not counted: its marks are unreadable",
};
