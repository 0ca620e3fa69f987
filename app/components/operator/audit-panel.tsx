import type { AuditFault } from "~/checkout/report/audit-report";
import { dateText } from "~/components/clock-text";
import { ClockTime } from "~/components/clock-time";
import { orderNumber } from "~/components/texts";
import type { DriftAudit } from "~/operator/orders";
import { ActionForm } from "./action-form";
import { LogLink } from "./log-link";
import { Panel } from "./panel";

/** What Stripe says was sold against what was taken from the stock. */
export function AuditPanel({ audit }: { audit: DriftAudit | null }) {
  return (
    <Panel
      id="audit"
      title="Drift audit"
      scope="All servers, by Stripe's word"
      tone={audit !== null && audit.faults.length > 0 ? "bad" : undefined}
    >
      <p className="hint">
        Units that Stripe says are paid and not refunded, against units that our marks say were taken from the stock.
      </p>
      <ActionForm intent="audit" label="Audit now" />
      {audit === null ? <p className="hint">This server has not audited yet.</p> : <AuditResult audit={audit} />}
    </Panel>
  );
}

function AuditResult({ audit }: { audit: DriftAudit }) {
  const { at, since, checkouts, driftUnits, products, faults } = audit;
  return (
    <>
      <p>
        <strong>{faults.length === 0 ? "No drift" : `Drift: ${driftUnits} units`}</strong>, {checkouts}{" "}
        {checkouts === 1 ? "checkout" : "checkouts"} since {dateText(since, "en")}; audited at{" "}
        <ClockTime at={at} precision="second" />.
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
                  Taken
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
      {faults.length > 0 && (
        <ul className="rows">
          {faults.map(({ checkoutId, reason }) => (
            <li key={checkoutId}>
              <div className="row-head">
                <span className="hash">{orderNumber(checkoutId)}</span>
                <span>{REASONS[reason]}</span>
              </div>
              <div className="row-actions">
                <LogLink text={checkoutId} of={`order ${orderNumber(checkoutId)}`} />
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

const REASONS: Record<AuditFault["reason"], string> = {
  not_taken: "Paid, but not taken from the stock",
  not_refunded: "Not delivered, and the money isn't back with the buyer",
  wrong_number: "Another number of units was taken than was bought",
  not_given_back: "Taken from the stock, but not paid or refunded",
  needs_review: "Waits for a person",
  unreadable: "Its marks make no sense, so it could not be counted",
};
