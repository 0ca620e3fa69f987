import { Form } from "@remix-run/react";
import { useEffect, useRef, useState, type FormEvent } from "react";
import type { CartView } from "~/cart/cart-view";
import { t } from "~/words/words";
import { usePendingChange } from "./pending";
import { flushQuantityChanges, hasPendingQuantities, useQuantityChanges } from "./quantity-changes";

/**
 * The pay button. The form leads off the site, so the browser submits it natively. Changes of the cart that are not through yet go first: it
 * waits until the page shows their result, and stays if one was refused.
 */
export function CheckoutForm({ view: { shown, paymentPage }, quiet = false }: { view: CartView; quiet?: boolean }) {
  const form = useRef<HTMLFormElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isWaiting, setIsWaiting] = useState(false);
  const { latest } = useQuantityChanges();
  const isChanging = usePendingChange() || hasPendingQuantities();

  useEffect(() => {
    if (!isWaiting || isChanging) return;
    setIsWaiting(false);
    if (latest.size === 0) form.current?.submit();
  }, [isWaiting, isChanging, latest]);

  function submit(event: FormEvent): void {
    // Ends typing in a quantity field, so that the number counts. Not every browser moves the focus on a click.
    button.current?.focus();
    if (!isChanging && !hasPendingQuantities()) return;
    event.preventDefault();
    flushQuantityChanges();
    setIsWaiting(true);
  }

  return (
    <Form method="post" action="/checkout" reloadDocument onSubmit={submit} ref={form}>
      {shown !== null && <input type="hidden" name="shown" value={shown} />}
      <button type="submit" className={quiet ? "button quiet" : "button"} aria-busy={isWaiting} ref={button}>
        {isWaiting ? t("cart.updating") : paymentPage === null ? t("cart.pay") : t("cart.resumePayment")}
      </button>
    </Form>
  );
}
