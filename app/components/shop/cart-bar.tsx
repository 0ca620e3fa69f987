import { Link, useLocation } from "@remix-run/react";
import { t } from "~/words/words";
import { useCartHold } from "./cart-hold";
import { useCart } from "./cart-state";
import { CheckoutForm } from "./checkout-form";
import { HoldAction, TimeLeft } from "./hold-clock";

const PAGES_WITHOUT = /^\/(cart|checkout|orders\/.*)$/;

/** The cart on phones, at the bottom of the screen: its time, its total and the way to the checkout. */
export function CartBar() {
  const { view } = useCart();
  const hold = useCartHold(view);
  const { pathname } = useLocation();
  if (view === null || hold === null || PAGES_WITHOUT.test(pathname)) return null;
  return (
    <aside className="cart-bar" aria-label={t("cart.title")} data-stage={hold.stage}>
      <p>
        <TimeLeft hold={hold} /> <strong>{view.total}</strong>
      </p>
      <HoldAction hold={hold} />
      {hold.state !== "lapsed" && (view.obstacle === null ? <CheckoutForm view={view} /> : <ToCart />)}
    </aside>
  );
}

function ToCart() {
  return (
    <Link to="/cart" className="button">
      {t("nav.viewCart")}
    </Link>
  );
}
