import type { ReviewReason, SettleVerdict } from "~/checkout/fulfil/line-marks";
import { orderNumber } from "~/components/order-number";
import type { ShownOrder } from "~/operator/show-operator-page.server";
import { ActionForm, Confirm } from "./action-form";

/** A decision that resolves a case. `question` is asked first; null for decisions that can be repeated safely. */
interface Decision {
  readonly verdict: SettleVerdict;
  readonly label: string;
  readonly question: string | null;
}

interface ReviewCaseText {
  readonly title: string;
  readonly whatHappened: string;
  readonly whatToDo: string;
  readonly decisions: readonly Decision[];
}

type WholeOrderReason = Exclude<ReviewReason, "unclear_row">;

const TRY_AGAIN: Decision = { verdict: "retry", label: "Try again", question: null };
const REFUND: Decision = {
  verdict: "refund",
  label: "Refund",
  question: "Refunds the buyer in full and returns deducted items to stock. This can't be undone.",
};
const REFUNDED_ELSEWHERE: Decision = {
  verdict: "refunded_elsewhere",
  label: "Refunded elsewhere",
  question: "Records the order as refunded. No money is sent, and this can't be undone.",
};

export const REVIEW_CASES: Record<WholeOrderReason, ReviewCaseText> = {
  row_refused: {
    title: "The database rejected the update",
    whatHappened:
      "The order is paid and there is enough stock, but the table rejected the new number. Its items stay reserved, and the update is retried automatically.",
    whatToDo:
      "Check the table's constraints, triggers and policies. If the database gave an error, the server that tried logged it as a warning. If there is none, a policy or trigger discards or reverts the update silently. Then try again or refund.",
    decisions: [TRY_AGAIN, REFUND],
  },
  no_payment: {
    title: "Paid, but no payment found",
    whatHappened: "The order has to be refunded. Stripe reports it as paid but names no payment to refund.",
    whatToDo:
      "Find the payment in Stripe's dashboard. If it is there now, try again. If you refunded it another way, record that here.",
    decisions: [TRY_AGAIN, REFUNDED_ELSEWHERE],
  },
  lines_differ: {
    title: "Stripe charged for something else",
    whatHappened:
      "Items were added, removed or changed on Stripe's payment page, so the order above isn't what the buyer paid for.",
    whatToDo:
      "Compare the two. If Stripe charged for more than the items above, add the rest to the parcel yourself; their stock isn't tracked here.",
    decisions: [
      {
        verdict: "accept",
        label: "Accept",
        question: "Deducts the items above from stock, unless that has already happened, and marks the order as paid.",
      },
      REFUND,
    ],
  },
  refund_failed: {
    title: "The refund failed",
    whatHappened:
      "Stripe didn't make the refund, or it failed later, which can take weeks to show. The buyer hasn't received the money.",
    whatToDo:
      "Stripe's dashboard shows why: a dispute, a closed card or account, or too little balance. Fix that, then try again; a refund that is pending by then isn't repeated. If you refunded another way, record that here.",
    decisions: [TRY_AGAIN, REFUNDED_ELSEWHERE],
  },
  foreign_tag: {
    title: "Paid, but not tagged as this shop's",
    whatHappened:
      "No shop has processed this payment for more than 15 minutes. Its tag belongs to another shop on the same Stripe account, or to this shop before its environment, table or Supabase URL changed.",
    whatToDo:
      "If it is yours, adopt it, or add its tag to FORMER_SHOP_TAGS to adopt all like it. If it belongs to another shop, leave it.",
    decisions: [
      {
        verdict: "adopt",
        label: "Adopt",
        question:
          "Makes it this shop's order. Its items are deducted from stock; if they are no longer available, the buyer is refunded.",
      },
      {
        verdict: "leave",
        label: "Leave",
        question: "Removes it from this list. No stock or money moves.",
      },
    ],
  },
};

/** Why an order needs review: what happened, what to do, and a button for each decision. */
export function ReviewCase({ order, reason }: { order: ShownOrder; reason: ReviewReason }) {
  if (reason === "unclear_row") return <UnclearRows order={order} />;
  const { title, whatHappened, whatToDo, decisions } = REVIEW_CASES[reason];
  return (
    <div>
      <p>
        <strong>{title}.</strong> {whatHappened}
      </p>
      <p>{whatToDo}</p>
      {reason === "lines_differ" && order.note !== null && <p>{order.note}.</p>}
      {order.tag !== null && (
        <p className="hint">
          Tag: <code className="hash">{order.tag}</code>
        </p>
      )}
      <div className="row-actions">
        {decisions.map((decision) => (
          <DecisionForm
            key={decision.verdict}
            decision={decision}
            fields={{ checkout_id: order.checkoutId }}
            labelFor={`order ${orderNumber(order.checkoutId)}`}
          />
        ))}
      </div>
    </div>
  );
}

function UnclearRows({ order: { checkoutId, lines } }: { order: ShownOrder }) {
  const unclear = lines.flatMap(({ productId, name, state }) =>
    state.mark === "needs_review" ? [{ productId, name, state }] : [],
  );
  return unclear.map(({ productId, name, state: { of, from, to } }) => {
    const change = of === "intent" ? "deducted" : "returned to stock";
    const decisions: readonly Decision[] = [
      {
        verdict: "applied",
        label: `Yes, ${change}`,
        question: `Records the items as ${change}. The number in the table stays as it is.`,
      },
      {
        verdict: "not_applied",
        label: `No, not ${change}`,
        question: `Records the items as not ${change}, then tries again from the current number in the table.`,
      },
    ];
    return (
      <div key={productId}>
        <p>
          <strong>The stock changed in between.</strong> {name} was going from {from} to {to}, but the table now shows
          neither.
        </p>
        <p>
          Find out who edited the number, and when. Were the items of this order{" "}
          {of === "intent" ? "deducted from stock" : "returned to stock"}?
        </p>
        <div className="row-actions">
          {decisions.map((decision) => (
            <DecisionForm
              key={decision.verdict}
              decision={decision}
              fields={{ checkout_id: checkoutId, product_id: productId }}
              labelFor={`${name} of order ${orderNumber(checkoutId)}`}
            />
          ))}
        </div>
      </div>
    );
  });
}

function DecisionForm({
  decision: { verdict, label, question },
  fields,
  labelFor,
}: {
  decision: Decision;
  fields: Readonly<Record<string, string>>;
  labelFor: string;
}) {
  const form = (
    <ActionForm
      intent="settle"
      fields={{ ...fields, verdict }}
      label={question === null ? label : "Confirm"}
      labelFor={question === null ? labelFor : `${label}, ${labelFor}`}
      variant={question === null ? "quiet" : "danger"}
    />
  );
  if (question === null) return form;
  return (
    <Confirm label={label} labelFor={labelFor} question={question}>
      {form}
    </Confirm>
  );
}
