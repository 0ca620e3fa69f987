import { Form } from "@remix-run/react";
import type { CartView } from "~/cart/cart-view";
import { t } from "~/words/words";

/** The pay button. The form leads off the site, so the browser submits it natively. */
export function CheckoutForm({ view: { shown, paymentPage } }: { view: CartView }) {
  return (
    <Form method="post" action="/checkout" reloadDocument>
      {shown !== null && <input type="hidden" name="shown" value={shown} />}
      <button type="submit" className="button">
        {paymentPage === null ? t("cart.pay") : t("cart.resumePayment")}
      </button>
    </Form>
  );
}
