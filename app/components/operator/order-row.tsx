import type { ReactNode } from "react";
import type { OrderState } from "~/checkout/report/audit-report";
import { ClockTime } from "~/components/clock-time";
import { orderNumber } from "~/components/texts";
import type { ShownOrder } from "~/operator/show-operator-page.server";
import { ActionForm } from "./action-form";
import { LogLink } from "./log-link";
import { Mark, type Tone } from "./panel";

/** An order: what to pack, what came of it, and where to look further. `children`: what is to be done about it. */
export function OrderRow({ order, children }: { order: ShownOrder; children?: ReactNode }) {
  const { checkoutId, createdAt, lines, totalText, refundTexts, state, dashboardUrl } = order;
  const number = orderNumber(checkoutId);
  const { words, tone } = ORDER_STATES[state];
  return (
    <li aria-label={`Order ${number}`}>
      <div className="row-head">
        <span className="hash">{number}</span>
        <Mark tone={tone}>{words}</Mark>
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
            Stripe<span className="visually-hidden"> dashboard of order {number}</span>
          </a>
        )}
        <LogLink text={checkoutId} of={`order ${number}`} />
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
            label="Fulfil"
            labelFor={`order ${number}`}
          />
        )}
      </div>
    </li>
  );
}

const ORDER_STATES: Record<OrderState, { readonly words: string; readonly tone?: Tone }> = {
  paid: { words: "Paid: pack it", tone: "good" },
  being_confirmed: { words: "Paid, being confirmed", tone: "warn" },
  awaiting_payment: { words: "Waits for the payment", tone: "warn" },
  not_charged: { words: "Not charged" },
  refunded: { words: "Refunded" },
  refund_pending: { words: "Refund on its way", tone: "warn" },
  refunded_elsewhere: { words: "Refunded by hand", tone: "bad" },
  needs_review: { words: "Needs review", tone: "bad" },
};
