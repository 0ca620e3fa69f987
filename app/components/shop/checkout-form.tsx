import { Form, useActionData } from "@remix-run/react";
import { useEffect, useRef, useState, type FormEvent } from "react";
import type { CartView } from "~/cart/cart-view";
import { t } from "~/words/words";
import { usePendingChange } from "./pending";
import { flushQuantityChanges, hasPendingQuantities, useQuantityChanges } from "./quantity-changes";
import { refusedChanges } from "./refused-changes";

/**
 * The pay button. The form leads off the site, so the browser submits it natively. Changes of the cart that are not through yet go first: it
 * waits until the page shows their result, and stays if one was refused.
 */
export function CheckoutForm({ view: { shown, paymentPage }, quiet = false }: { view: CartView; quiet?: boolean }) {
  const form = useRef<HTMLFormElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isWaiting, setIsWaiting] = useState(false);
  const quantities = useQuantityChanges();
  const isChanging = usePendingChange() || hasPendingQuantities(quantities);

  // Forms of the cart page have the failure here instead of among the changes in place.
  const failure: unknown = useActionData();
  const known = useRef({ failure, refused: refusedChanges() });

  useEffect(() => {
    if (isChanging) return;
    const before = known.current;
    known.current = { failure, refused: refusedChanges() };
    if (!isWaiting) return;
    setIsWaiting(false);
    const hasFailed = failure !== undefined && failure !== before.failure;
    if (!hasFailed && before.refused === refusedChanges()) form.current?.submit();
  }, [isWaiting, isChanging, failure]);

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
