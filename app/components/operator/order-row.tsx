import type { ReactNode } from "react";
import type { OrderState } from "~/checkout/report/orders";
import { ClockTime } from "~/components/clock-time";
import { orderNumber } from "~/components/order-number";
import type { ShownOrder } from "~/operator/show-operator-page.server";
import { ActionForm } from "./action-form";
import { LogLink } from "./log-link";
import { Mark, type Tone } from "./panel";

/** An order: what to pack, its state, and where to find out more. `children`: what to do about it. */
export function OrderRow({ order, children }: { order: ShownOrder; children?: ReactNode }) {
  const { checkoutId, createdAt, lines, totalText, refundTexts, state, dashboardUrl } = order;
  const number = orderNumber(checkoutId);
  const { label, tone } = ORDER_STATES[state];
  return (
    <li aria-label={`Order ${number}`}>
      <div className="row-head">
        <span className="hash">{number}</span>
        <Mark tone={tone}>{label}</Mark>
        <span className="hint">
          <ClockTime at={createdAt} precision="minute" />
        </span>
        <span className="number">{totalText}</span>
      </div>
      <ul>
        {lines.map(({ productId, name, quantity }) => (
          <li key={productId}>
            <strong>{quantity}</strong> × {name}
          </li>
        ))}
      </ul>
      {refundTexts.map((text) => (
        <p key={text} className="hint">
          {text}
        </p>
      ))}
      {children}
      <div className="row-actions">
        {dashboardUrl !== null && (
          <a href={dashboardUrl} className="action-link" rel="noreferrer">
            Stripe<span className="visually-hidden"> payment of order {number}</span>
          </a>
        )}
        <LogLink text={checkoutId} labelFor={`order ${number}`} />
        <ActionForm
          intent="inspect"
          fields={{ checkout_id: checkoutId }}
          label="Inspect"
          labelFor={`order ${number}`}
        />
        {state !== "paid" && state !== "refunded" && state !== "refund_pending" && order.reason === null && (
          <ActionForm
            intent="fulfil"
            fields={{ checkout_id: checkoutId }}
            label="Retry fulfilment"
            labelFor={`order ${number}`}
          />
        )}
      </div>
    </li>
  );
}

const ORDER_STATES: Record<OrderState, { readonly label: string; readonly tone?: Tone }> = {
  paid: { label: "Ready to pack", tone: "good" },
  being_confirmed: { label: "Paid, confirming", tone: "warn" },
  awaiting_payment: { label: "Payment pending", tone: "warn" },
  not_charged: { label: "Not charged" },
  refunded: { label: "Refunded" },
  refund_pending: { label: "Refund pending", tone: "warn" },
  refunded_elsewhere: { label: "Refunded in Stripe", tone: "bad" },
  needs_review: { label: "Needs review", tone: "bad" },
};
