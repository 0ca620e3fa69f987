import { Link } from "@remix-run/react";
import type { CartView } from "~/cart/cart-view";
import { t } from "~/words/words";
import { atCheckoutTexts } from "./amount-text";
import { CheckoutForm } from "./checkout-form";
import { durationText } from "./duration-text";
import { obstacleText } from "./failure-text";
import { hasLapsed, HoldState } from "./hold-state";

/** The cart's time, total and main button, which stay on screen. One button stands out in every state. */
export function CartSummary({ view }: { view: CartView }) {
  const { total, obstacle, paymentPage, payWithinMs, atCheckout } = view;
  return (
    <div className="summary-column">
      <section className="summary" aria-label={t("cart.total")}>
        <HoldState view={view} />
        {total !== null && (
          <p className="total">
            {t("cart.total")} <strong>{total}</strong>
          </p>
        )}
        {obstacle === null ? <MainButton view={view} /> : <p className="notice warn">{obstacleText(obstacle)}</p>}
      </section>
      <div className="summary-hints">
        {total !== null && atCheckoutTexts(atCheckout).map((text) => <Hint key={text} text={text} />)}
        {obstacle === null && paymentPage === null && (
          <Hint text={t("cart.payHint", { duration: durationText(payWithinMs) })} />
        )}
      </div>
    </div>
  );
}

/** Lapsed lines are reserved again first; checking out at once would do that too, so it remains possible while others are held. */
function MainButton({ view }: { view: CartView }) {
  if (view.unsettledCheckout !== null) {
    return (
      <>
        <p className="notice warn">{t("cart.unsettled")}</p>
        <Link to={`/orders/${view.unsettledCheckout}`} className="button">
          {t("cart.viewOrder")}
        </Link>
      </>
    );
  }
  if (view.paymentPage !== null || !hasLapsed(view)) return <CheckoutForm view={view} />;
  return view.heldUntil === null ? null : <CheckoutForm view={view} quiet />;
}

function Hint({ text }: { text: string }) {
  return <p className="hint">{text}</p>;
}
