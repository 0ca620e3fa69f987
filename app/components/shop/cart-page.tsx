import { Link } from "@remix-run/react";
import { LiveStock } from "~/availability/live-stock";
import type { CartFailure } from "~/cart/cart-failure";
import type { CartView, LostCookieView } from "~/cart/cart-view";
import { productPath } from "~/catalog/product-address";
import { orderNumber } from "~/components/order-number";
import { useClockText } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { CartChangesNotice } from "./cart-changes-notice";
import { CartLine } from "./cart-line";
import { CartSummary } from "./cart-summary";
import { failedProducts } from "./failed-products";
import { FailureAlert } from "./failure-alert";
import { lineFailureText } from "./failure-text";
import { FollowHolds } from "./follow-holds";
import { HoldState } from "./hold-state";
import { IntentForm } from "./intent-form";
import { LostCookieNotice } from "./lost-cookie-notice";
import { RemovedNotice } from "./removed-notice";

/** The cart page. `failure`: why the last change failed, shown at the top and next to its lines. */
export function CartPage({
  view,
  failure,
  lostCookie = null,
}: {
  view: CartView;
  failure: CartFailure | null;
  lostCookie?: LostCookieView | null;
}) {
  const failed = failure === null ? [] : failedProducts(failure);
  const clock = useClockText();
  return (
    <LiveStock productIds={view.lines.map((line) => line.productId)}>
      <div className="cart">
        <FollowHolds />
        <h1>{t("cart.title")}</h1>
        {lostCookie !== null && <LostCookieNotice lostCookie={lostCookie} />}
        {failure !== null && <CartAlert failure={failure} view={view} />}
        {view.changes !== null && <CartChangesNotice changes={view.changes} />}
        {view.unsettledCheckout !== null && (
          <p className="notice warn">
            {t("cart.unsettled")} <Link to={`/orders/${view.unsettledCheckout}`}>{t("cart.viewOrder")}</Link>
          </p>
        )}
        {view.removed !== null && <RemovedNotice key={view.removed.productId} removed={view.removed} />}
        {view.lines.length === 0 ? (
          <EmptyCart />
        ) : (
          <div className="cart-body">
            <div className="cart-goods">
              <HoldState view={view} />
              <ul className="cart-lines">
                {view.lines.map((line) => (
                  <CartLine
                    key={line.productId}
                    line={line}
                    maxUnitsPerLine={view.maxUnitsPerLine}
                    failure={
                      failure !== null && failed.includes(line.productId)
                        ? lineFailureText(failure, line.productId, clock)
                        : null
                    }
                  />
                ))}
              </ul>
              <IntentForm intent="clear" label={t("cart.clear")} pendingLabel={t("cart.clearing")} quiet />
            </div>
            <CartSummary view={view} />
          </div>
        )}
        <RecentPayments checkouts={view.checkouts} />
      </div>
    </LiveStock>
  );
}

/** The failure as a whole, with the details of products that are not in the cart. */
function CartAlert({ failure, view }: { failure: CartFailure; view: CartView }) {
  const clock = useClockText();
  const inCart = new Set(view.lines.map((line) => line.productId));
  const notInCart = failure.kind === "refused" ? failure.lines.filter((line) => !inCart.has(line.productId)) : [];
  return (
    <FailureAlert failure={failure}>
      {notInCart.length > 0 && (
        <ul>
          {notInCart.map((line) => (
            <li key={line.productId}>
              <Link to={productPath(line.productId)}>{line.name}</Link>:{" "}
              {lineFailureText(failure, line.productId, clock)}
            </li>
          ))}
        </ul>
      )}
    </FailureAlert>
  );
}

function EmptyCart() {
  return (
    <section className="notice-page">
      <p>{t("cart.empty")}</p>
      <Link to="/">{t("nav.continueShopping")}</Link>
    </section>
  );
}

function RecentPayments({ checkouts }: { checkouts: readonly string[] }) {
  if (checkouts.length === 0) return null;
  return (
    <section className="recent">
      <h2>{t("cart.recentCheckouts")}</h2>
      <ul>
        {checkouts.map((checkoutId) => (
          <li key={checkoutId}>
            <Link to={`/orders/${checkoutId}`}>{orderNumber(checkoutId)}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
