import type { CartView } from "~/cart/cart-view";
import { t } from "~/words/words";
import { atCheckoutTexts } from "./amount-text";
import { CheckoutForm } from "./checkout-form";
import { durationText } from "./duration-text";
import { obstacleText } from "./failure-text";

/** The total and the pay button. */
export function CartSummary({ view }: { view: CartView }) {
  const { total, obstacle, paymentPage, payWithinMs, atCheckout } = view;
  return (
    <section className="summary" aria-label={t("cart.total")}>
      {total !== null && (
        <p className="total">
          {t("cart.total")} <strong>{total}</strong>
        </p>
      )}
      {total !== null &&
        atCheckoutTexts(atCheckout).map((text) => (
          <p key={text} className="hint">
            {text}
          </p>
        ))}
      {obstacle === null ? <CheckoutForm view={view} /> : <p className="notice warn">{obstacleText(obstacle)}</p>}
      {obstacle === null && paymentPage === null && (
        <p className="hint">{t("cart.payHint", { duration: durationText(payWithinMs) })}</p>
      )}
    </section>
  );
}
