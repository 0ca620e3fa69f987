import { Form } from "@remix-run/react";
import type { CartView } from "~/cart/cart-view.server";
import { ClockTime } from "./clock-time";
import { cartTexts, labels, paymentPageText } from "./texts";

/** Until when the cart is held, and what can be done about it. */
export function HoldState({ view }: { view: CartView }) {
  const { heldUntil, canExtend, paymentPage, lines } = view;
  const hasLapsed = lines.some((line) => line.state === "lapsed");
  return (
    <section className="hold-state" aria-label="Your hold">
      {paymentPage !== null && (
        <p className="notice">
          {paymentPageText(paymentPage.openedAt, paymentPage.closesAt)} {cartTexts.changesClosePage}
        </p>
      )}
      {heldUntil !== null && (
        <div className="notice good">
          <p>
            Held for you until <ClockTime at={heldUntil} precision="second" />.{!canExtend && ` ${cartTexts.cannotExtend}`}
          </p>
          {canExtend && <IntentButton intent="extend" label={labels.extend} />}
        </div>
      )}
      {hasLapsed && (
        <div className="notice warn">
          <p>{cartTexts.lapsed}</p>
          <IntentButton intent="hold" label={labels.holdAgain} />
        </div>
      )}
    </section>
  );
}

function IntentButton({ intent, label }: { intent: "extend" | "hold"; label: string }) {
  return (
    <Form method="post" action="/cart">
      <button type="submit" name="intent" value={intent} className="button quiet">
        {label}
      </button>
    </Form>
  );
}
