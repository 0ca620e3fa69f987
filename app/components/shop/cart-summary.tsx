import { Form } from "@remix-run/react";
import type { CartView } from "~/cart/cart-view";
import { t } from "~/words/words";
import { atCheckoutTexts } from "./amount-text";
import { durationText } from "./duration-text";
import { obstacleText } from "./failure-text";

/** The total and the pay button. The form leads off the site, so the browser submits it natively. */
export function CartSummary({
  view: { total, obstacle, paymentPage, payWithinMs, shown, atCheckout },
}: {
  view: CartView;
}) {
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
      {obstacle === null ? (
        <Form method="post" action="/checkout" reloadDocument>
          {shown !== null && <input type="hidden" name="shown" value={shown} />}
          <button type="submit" className="button">
            {paymentPage === null ? t("cart.pay") : t("cart.resumePayment")}
          </button>
        </Form>
      ) : (
        <p className="notice warn">{obstacleText(obstacle)}</p>
      )}
      {obstacle === null && paymentPage === null && (
        <p className="hint">{t("cart.payHint", { duration: durationText(payWithinMs) })}</p>
      )}
    </section>
  );
}
