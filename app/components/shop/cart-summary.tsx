import { Form } from "@remix-run/react";
import type { CartView } from "~/cart/cart-view";
import { labels, payHint } from "~/components/texts";
import { atCheckoutText } from "./amount-words";
import { obstacleText } from "./failure-words";

/** The total and the pay button. The form leads off the site, so the browser submits it natively. */
export function CartSummary({
  view: { total, obstacle, paymentPage, payWithinMs, shown, atCheckout },
}: {
  view: CartView;
}) {
  const atCheckoutHint = atCheckoutText(atCheckout);
  return (
    <section className="summary" aria-label={labels.total}>
      {total !== null && (
        <p className="total">
          {labels.total} <strong>{total}</strong>
        </p>
      )}
      {total !== null && atCheckoutHint !== null && <p className="hint">{atCheckoutHint}</p>}
      {obstacle === null ? (
        <Form method="post" action="/checkout" reloadDocument>
          {shown !== null && <input type="hidden" name="shown" value={shown} />}
          <button type="submit" className="button">
            {paymentPage === null ? labels.pay : labels.continuePayment}
          </button>
        </Form>
      ) : (
        <p className="notice warn">{obstacleText(obstacle)}</p>
      )}
      {obstacle === null && paymentPage === null && <p className="hint">{payHint(payWithinMs)}</p>}
    </section>
  );
}
