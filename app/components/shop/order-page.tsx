import { Link, useLocation } from "@remix-run/react";
import type { OrderDetails, OrderView } from "~/cart/show-order.server";
import { orderNumber } from "~/components/order-number";
import { pageTitle } from "~/components/page-title";
import { useDateText } from "~/components/visitor-clock";
import { site } from "~/words/site";
import { t } from "~/words/words";
import { additionText } from "./amount-text";
import { ProductPicture } from "./product-picture";
import { Rich } from "./rich";

export function OrderPage({ view: { checkoutId, state, order, isInCart } }: { view: OrderView }) {
  const dateText = useDateText();
  // Keeps the access key in the URL until the order is confirmed.
  const { search } = useLocation();
  return (
    <article className="order">
      <h1>{t(`order.${state}.title`)}</h1>
      <p className="order-facts">
        <strong>{t("order.number", { number: orderNumber(checkoutId) })}</strong>
        {order !== null && (
          <>
            <strong>{order.total}</strong>
            <time dateTime={new Date(order.createdAt).toISOString()}>{dateText(order.createdAt)}</time>
          </>
        )}
      </p>
      <p className="notice" data-state={state}>
        {t(`order.${state}.text`)}
        {state === "not_charged" && ` ${isInCart ? t("order.stillInCart") : t("order.noLongerReserved")}`}
      </p>
      <section className="what-next">
        <h2>{t("order.next")}</h2>
        <NextStep state={state} order={order} />
        <Contact number={orderNumber(checkoutId)} />
      </section>
      {order !== null && <OrderTable order={order} />}
      <ul className="next-links">
        {state === "open" && order !== null && order.paymentUrl !== null && (
          <li>
            <a href={order.paymentUrl}>{t("cart.resumePayment")}</a>
          </li>
        )}
        {(state === "being_confirmed" || state === "awaiting_payment" || state === "refund_pending") && (
          <li>
            <Link to={`/orders/${checkoutId}${search}`} reloadDocument>
              {t("nav.reload")}
            </Link>
          </li>
        )}
        {((state === "not_charged" && isInCart) || state === "open") && (
          <li>
            <Link to="/cart">{t("nav.viewCart")}</Link>
          </li>
        )}
        <li>
          <Link to="/">{t("nav.continueShopping")}</Link>
        </li>
      </ul>
    </article>
  );
}

/** What the buyer can expect, where the notice does not say it. */
function NextStep({ state, order }: Pick<OrderView, "state" | "order">) {
  switch (state) {
    case "paid":
      if (site().isSandbox) return <p>{t("order.next.demo")}</p>;
      return order?.isFree === true ? null : <p>{t("order.next.receipt")}</p>;
    case "awaiting_payment":
      return <p>{t("order.next.bank")}</p>;
    case "open":
      return <p>{t("order.next.open")}</p>;
    case "refunded":
    case "refunded_by_shop":
    case "refund_pending":
    case "refund_failed":
    case "needs_review":
    case "not_charged":
    case "being_confirmed":
    case "another_browser":
      return null;
  }
}

/** What to say when writing to the shop, and where to write. */
function Contact({ number }: { number: string }) {
  const { supportEmail } = site();
  if (supportEmail === null) return <p>{t("order.quote", { number })}</p>;
  return (
    <p>
      <Rich
        text={(email) => t("order.quoteAt", { number, email })}
        value={
          <a href={`mailto:${supportEmail}?subject=${encodeURIComponent(pageTitle(t("order.number", { number })))}`}>
            {supportEmail}
          </a>
        }
      />
    </p>
  );
}

const REFUND_PARTS = ["returned", "pending", "owed"] as const;
const REFUND_LABELS = {
  returned: "order.refunded",
  pending: "order.refundPending",
  owed: "order.refundFailed",
} as const;

function OrderTable({ order: { lines, additions, subtotal, total, refund } }: { order: OrderDetails }) {
  const added = additions.filter(({ kind }) => kind !== "included_tax");
  const included = additions.filter(({ kind }) => kind === "included_tax");
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("order.product")}</th>
          <th scope="col">{t("product.quantity")}</th>
          <th scope="col">{t("order.price")}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ productId, name, image, quantity, subtotal }) => (
          <tr key={productId}>
            <td>
              <span className="order-item">
                <ProductPicture image={image} size={56} eager />
                {name}
              </span>
            </td>
            <td>{quantity}</td>
            <td>{subtotal}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {added.length > 0 && <Sum label={t("cart.subtotal")} amount={subtotal} />}
        {added.map((addition) => (
          <Sum key={addition.kind} label={additionText(addition)} amount={addition.amount} />
        ))}
        <Sum label={t("cart.total")} amount={total} isTotal />
        {included.map((addition) => (
          <Sum key={addition.kind} label={additionText(addition)} amount={addition.amount} />
        ))}
        {REFUND_PARTS.map((part) =>
          refund[part] === null ? null : <Sum key={part} label={t(REFUND_LABELS[part])} amount={refund[part]} />,
        )}
      </tfoot>
    </table>
  );
}

function Sum({ label, amount, isTotal = false }: { label: string; amount: string; isTotal?: boolean }) {
  return (
    <tr className={isTotal ? "sum" : undefined}>
      <th scope="row" colSpan={2}>
        {label}
      </th>
      <td>{amount}</td>
    </tr>
  );
}
