import type { CheckoutInspection } from "~/checkout/checkout";
import { Mark, type Tone } from "./panel";

type RefundStatus = CheckoutInspection["refunds"][number]["status"];

const REFUND_WORDS: Record<RefundStatus, string> = { succeeded: "Refunded", pending: "Pending", failed: "Failed" };
const REFUND_TONES: Record<RefundStatus, Tone> = { succeeded: "good", pending: "warn", failed: "bad" };

/** Everything known about a checkout, and what `fulfil` would do next. */
export function InspectionTable({ inspection }: { inspection: CheckoutInspection }) {
  const { checkoutId, status, paymentStatus, ours, claim, verdict, lines, refunds, charged, next } = inspection;
  return (
    <div className="inspection">
      <p>
        <code>{checkoutId}</code> <Mark>{status}</Mark> <Mark>{paymentStatus.replaceAll("_", " ")}</Mark>{" "}
        {!ours && <Mark tone="bad">Not this shop's</Mark>}{" "}
        {verdict !== null && <Mark tone="warn">Decision: {verdict}</Mark>}
      </p>
      <p>
        {claim === null ? "Nothing held." : `Held for cart ${claim.sessionHash.slice(0, 8)}, claim ${claim.claimId}.`}{" "}
        <strong>{next}</strong>
      </p>
      {refunds.map(({ id, status }) => (
        <p key={id}>
          Refund <code>{id}</code> <Mark tone={REFUND_TONES[status]}>{REFUND_WORDS[status]}</Mark>
        </p>
      ))}
      {lines.length > 0 && (
        <div className="scrolls" role="region" aria-label="Order lines" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Product</th>
                <th scope="col" className="number">
                  Items
                </th>
                <th scope="col">Mark</th>
                <th scope="col" className="number">
                  From → to
                </th>
                <th scope="col" className="number">
                  Stock now
                </th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ productId, quantity, mark, from, to, inventory }) => (
                <tr key={productId}>
                  <th scope="row">{productId}</th>
                  <td className="number">{quantity}</td>
                  <td>{mark}</td>
                  <td className="number">{from === null ? "–" : `${from} → ${to}`}</td>
                  <td className="number">{inventory ?? "?"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {charged !== null && (
        <p className="hint">
          Stripe charged for {charged.map(({ name, quantity }) => `${quantity} × ${name}`).join(", ")}.
        </p>
      )}
    </div>
  );
}
