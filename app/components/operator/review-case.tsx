import type { ReviewReason, SettleVerdict } from "~/checkout/fulfil/line-marks";
import { orderNumber } from "~/components/texts";
import type { ShownOrder } from "~/operator/show-operator-page.server";
import { ActionForm, Confirm } from "./action-form";

/** One way out of a case. `question`: what is said before it is done, for those that cannot be undone. */
interface WayOut {
  readonly verdict: SettleVerdict;
  readonly label: string;
  readonly question: string | null;
}

interface Case {
  readonly title: string;
  readonly happened: string;
  readonly toDo: string;
  readonly ways: readonly WayOut[];
}

type WholeOrderReason = Exclude<ReviewReason, "unclear_row">;

const TRY_AGAIN: WayOut = { verdict: "retry", label: "Try again", question: null };
const REFUND: WayOut = {
  verdict: "refund",
  label: "Refund",
  question:
    "The buyer gets all of the money back, and what was taken from the stock is put back. This cannot be undone.",
};
const REFUNDED_ELSEWHERE: WayOut = {
  verdict: "refunded_elsewhere",
  label: "Refunded elsewhere",
  question: "Recorded as refunded on your word. No money is sent from here, and this cannot be undone.",
};

export const CASES: Record<WholeOrderReason, Case> = {
  row_refused: {
    title: "The database refuses the sale",
    happened:
      "The order is paid and there is enough stock, but the table doesn't accept the lower number. Its items stay reserved, and it is tried again by itself.",
    toDo: "Look at the constraints, triggers and policies of the table; the log of this order has the database's own words. Then try again, or give the money back.",
    ways: [TRY_AGAIN, REFUND],
  },
  no_payment: {
    title: "Paid, but without a payment",
    happened: "The order has to be refunded. Stripe says it is paid and names no payment that could be refunded.",
    toDo: "Find the payment on Stripe's dashboard. If Stripe shows it there by now, try again. If you gave the money back by another way, say so here.",
    ways: [TRY_AGAIN, REFUNDED_ELSEWHERE],
  },
  lines_differ: {
    title: "Stripe charged for something else",
    happened:
      "Items were added, removed or changed on Stripe's payment page, so the order above isn't what the buyer paid for.",
    toDo: "Compare both. If Stripe charged for more than the items above, add the rest to the parcel yourself; its stock isn't tracked here.",
    ways: [
      {
        verdict: "accept",
        label: "Accept",
        question:
          "The items above are taken from stock, unless they have been already, and the order is marked as paid.",
      },
      REFUND,
    ],
  },
  refund_failed: {
    title: "The refund failed",
    happened:
      "Stripe didn't make the refund, or it failed later, which can take weeks. The buyer doesn't have the money back.",
    toDo: "Stripe's dashboard says why: a dispute, a closed card or account, or too little balance. Solve that and try again: what is on its way by then isn't refunded twice. If you gave the money back by another way, say so here.",
    ways: [TRY_AGAIN, REFUNDED_ELSEWHERE],
  },
  foreign_tag: {
    title: "Paid, but not marked as this shop's",
    happened:
      "Nobody has processed this payment for more than 15 minutes. It is marked for another shop on the same Stripe account, or for this shop before its environment, table or Supabase URL changed.",
    toDo: "If it is yours, adopt it; for all of them, add the tag to FORMER_SHOP_TAGS. If it belongs to another shop, leave it.",
    ways: [
      {
        verdict: "adopt",
        label: "Adopt",
        question:
          "It becomes this shop's order: its items are taken from the stock. If they are no longer available, the buyer gets the money back.",
      },
      {
        verdict: "leave",
        label: "Leave",
        question: "It is no longer listed here. Nothing is taken from the stock and no money is sent.",
      },
    ],
  },
};

/** Why an order waits for a person: what happened, what to do, and a button for each way out. */
export function ReviewCase({ order, reason }: { order: ShownOrder; reason: ReviewReason }) {
  if (reason === "unclear_row") return <UnclearRows order={order} />;
  const { title, happened, toDo, ways } = CASES[reason];
  return (
    <div>
      <p>
        <strong>{title}.</strong> {happened}
      </p>
      <p>{toDo}</p>
      {reason === "lines_differ" && order.note !== null && <p>{order.note}.</p>}
      {order.tag !== null && (
        <p className="hint">
          Its tag: <code className="hash">{order.tag}</code>
        </p>
      )}
      <div className="row-actions">
        {ways.map((way) => (
          <Way
            key={way.verdict}
            way={way}
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
    const done = of === "intent" ? "taken from" : "put back into";
    const ways: readonly WayOut[] = [
      {
        verdict: "applied",
        label: "They were",
        question: `Recorded as ${done} the stock. The number in the table stays as it is.`,
      },
      {
        verdict: "not_applied",
        label: "They were not",
        question: `Recorded as not ${done} the stock. It is then tried again with the number that the table has now.`,
      },
    ];
    return (
      <div key={productId}>
        <p>
          <strong>The stock changed in between.</strong> {name} was about to go from {from} to {to}, and the table now
          shows neither.
        </p>
        <p>Find out who edited the number, and when. Were the items of this order {done} the stock?</p>
        <div className="row-actions">
          {ways.map((way) => (
            <Way
              key={way.verdict}
              way={way}
              fields={{ checkout_id: checkoutId, product_id: productId }}
              labelFor={`${name} of order ${orderNumber(checkoutId)}`}
            />
          ))}
        </div>
      </div>
    );
  });
}

function Way({
  way: { verdict, label, question },
  fields,
  labelFor,
}: {
  way: WayOut;
  fields: Readonly<Record<string, string>>;
  labelFor: string;
}) {
  const form = (
    <ActionForm
      intent="settle"
      fields={{ ...fields, verdict }}
      label={question === null ? label : `${label}: confirm`}
      labelFor={labelFor}
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
