import { Link, useLocation } from "@remix-run/react";
import type { OrderDetails, OrderView } from "~/cart/show-order.server";
import { notChargedText, orderNumber, orderTexts, refundLabels } from "~/components/order-words";
import { labels, shop } from "~/components/texts";
import { useDateText } from "~/components/visitor-clock";
import { additionText } from "./amount-words";

export function OrderPage({
  view: { checkoutId, state, order, isInCart },
  locale,
}: {
  view: OrderView;
  locale: string;
}) {
  const dateText = useDateText();
  // Keeps the access key in the URL until the order is confirmed.
  const { search } = useLocation();
  const { title, text } = orderTexts[state];
  return (
    <article className="order">
      <h1>{title}</h1>
      <p className="notice" data-state={state}>
        {text}
        {state === "not_charged" && ` ${notChargedText(isInCart)}`}
      </p>
      {order !== null && <OrderTable order={order} />}
      <p className="hint">
        Order {orderNumber(checkoutId)}
        {order !== null && (
          <>
            , <time dateTime={new Date(order.createdAt).toISOString()}>{dateText(order.createdAt, locale)}</time>
          </>
        )}
      </p>
      <ul className="next-links">
        {state === "open" && order !== null && order.paymentUrl !== null && (
          <li>
            <a href={order.paymentUrl}>{labels.continuePayment}</a>
          </li>
        )}
        {(state === "being_confirmed" || state === "awaiting_payment" || state === "refund_pending") && (
          <li>
            <Link to={`/orders/${checkoutId}${search}`} reloadDocument>
              {labels.reload}
            </Link>
          </li>
        )}
        {((state === "not_charged" && isInCart) || state === "open") && (
          <li>
            <Link to="/cart">{shop.toCart}</Link>
          </li>
        )}
        <li>
          <Link to="/">{shop.toProducts}</Link>
        </li>
      </ul>
    </article>
  );
}

const REFUND_PARTS = ["returned", "pending", "owed"] as const;

function OrderTable({ order: { lines, additions, subtotal, total, refund } }: { order: OrderDetails }) {
  const added = additions.filter(({ kind }) => kind !== "included_tax");
  const included = additions.filter(({ kind }) => kind === "included_tax");
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Product</th>
          <th scope="col">{labels.quantity}</th>
          <th scope="col">Price</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ productId, name, quantity, subtotal }) => (
          <tr key={productId}>
            <td>{name}</td>
            <td>{quantity}</td>
            <td>{subtotal}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {added.length > 0 && <Sum label={labels.subtotal} amount={subtotal} />}
        {added.map((addition) => (
          <Sum key={addition.kind} label={additionText(addition)} amount={addition.amount} />
        ))}
        <Sum label={labels.total} amount={total} isTotal />
        {included.map((addition) => (
          <Sum key={addition.kind} label={additionText(addition)} amount={addition.amount} />
        ))}
        {REFUND_PARTS.map((part) =>
          refund[part] === null ? null : <Sum key={part} label={refundLabels[part]} amount={refund[part]} />,
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
