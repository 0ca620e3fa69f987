import { Link, useLocation } from "@remix-run/react";
import { LiveStock } from "~/availability/live-stock";
import type { CartFailure } from "~/cart/cart-failure";
import type { CartView, LostCookieView } from "~/cart/cart-view";
import { orderNumber } from "~/components/order-number";
import { useClockText } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { CartAlert, stillRestorable } from "./cart-alert";
import { isPrice } from "./cart-change-text";
import { CartChangesNotice } from "./cart-changes-notice";
import { CartLine } from "./cart-line";
import { CartSummary } from "./cart-summary";
import { failedProducts } from "./failed-products";
import { lineFailureText } from "./failure-text";
import { FollowHolds } from "./follow-holds";
import { IntentForm } from "./intent-form";
import { LostCookieNotice } from "./lost-cookie-notice";
import { useCurrentFailure } from "./quantity-changes";
import { RemovedNotice } from "./removed-notice";

/** The cart page. `failure`: why the last change failed, shown at the top and next to its lines. */
export function CartPage({
  view,
  failure: lastFailure,
  lostCookie = null,
}: {
  view: CartView;
  failure: CartFailure | null;
  lostCookie?: LostCookieView | null;
}) {
  const failure = useCurrentFailure(lastFailure);
  const productIds = view.lines.map(({ productId }) => productId);
  const failed = failure === null ? [] : failedProducts(failure);
  const isAtLine = useIsAtLine(productIds, failed);
  const clock = useClockText();
  return (
    <LiveStock productIds={productIds}>
      <div className="cart">
        <FollowHolds />
        <h1>{t("cart.title")}</h1>
        {lostCookie !== null && <LostCookieNotice lostCookie={lostCookie} />}
        {failure !== null && !isAtLine && <CartAlert failure={failure} shownAt={productIds} />}
        {view.changes !== null && <CartChangesNotice changes={view.changes} />}
        <RemovedNotice key={view.removed[0]?.productId} removed={stillRestorable(view.removed, failure)} />
        {view.lines.length === 0 ? (
          <EmptyCart />
        ) : (
          <div className="cart-body">
            <div className="cart-goods">
              <ul className="cart-lines">
                {view.lines.map((line) => (
                  <CartLine
                    key={line.productId}
                    line={line}
                    maxUnitsPerLine={view.maxUnitsPerLine}
                    newPrice={view.changes?.filter(isPrice).find(({ productId }) => productId === line.productId)}
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

/** Whether the failure of a form of the cart is about one of its lines only, and is shown there. A refused payment is said at the top. */
function useIsAtLine(productIds: readonly string[], failed: readonly string[]): boolean {
  const isOfCart = useLocation().pathname === "/cart";
  return isOfCart && failed.length === 1 && failed.every((productId) => productIds.includes(productId));
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
