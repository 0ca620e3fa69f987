import { dateText } from "~/components/clock-text";
import type { ShownOrder, ShownOrderBook } from "~/operator/show-operator-page.server";
import { OrderRow } from "./order-row";
import { Panel } from "./panel";
import { ReviewCase } from "./review-case";

const FROM_STRIPE = "From Stripe";

/** Orders that need attention. Renders nothing if there are none. */
export function ReviewPanel({ orders }: { orders: ShownOrderBook | null }) {
  if (orders === null || orders.queue.length === 0) return null;
  return (
    <Panel id="review" title="Needs attention" tone="bad" scope={FROM_STRIPE}>
      <ul className="rows">
        {orders.queue.map((order) => (
          <OrderRow key={order.checkoutId} order={order}>
            {order.reason !== null && <ReviewCase order={order} reason={order.reason} />}
            {order.state === "refunded_elsewhere" && (
              <p>
                The payment was refunded in Stripe, but the items are still deducted from stock. If they are back on the
                shelf, add them to stock below.
              </p>
            )}
          </OrderRow>
        ))}
      </ul>
      {!orders.isWhole && (
        <p className="hint">
          Too many orders since {dateText(orders.since, "en")} to check them all. Older ones may be missing.
        </p>
      )}
    </Panel>
  );
}

/** Recent orders to pack. */
export function OrdersPanel({ orders }: { orders: ShownOrderBook | null }) {
  const recent = orders?.recent.filter(({ state }) => !isRefunded(state)) ?? [];
  return (
    <Panel id="orders" title="Recent orders" scope={FROM_STRIPE}>
      {orders === null && <p className="hint">Stripe isn't responding.</p>}
      {orders !== null && recent.length === 0 && <p className="hint">No orders yet.</p>}
      <Orders orders={recent} />
    </Panel>
  );
}

export function RefundedPanel({ orders }: { orders: ShownOrderBook | null }) {
  const refunded = orders?.recent.filter(({ state }) => isRefunded(state)) ?? [];
  return (
    <Panel id="refunded" title="Refunded orders" scope={FROM_STRIPE}>
      {orders === null && <p className="hint">Stripe isn't responding.</p>}
      {orders !== null && refunded.length === 0 && <p className="hint">No recent refunds.</p>}
      <Orders orders={refunded} />
    </Panel>
  );
}

function Orders({ orders }: { orders: readonly ShownOrder[] }) {
  if (orders.length === 0) return null;
  return (
    <ul className="rows">
      {orders.map((order) => (
        <OrderRow key={order.checkoutId} order={order} />
      ))}
    </ul>
  );
}

function isRefunded(state: ShownOrder["state"]): boolean {
  return state === "refunded" || state === "refund_pending" || state === "refunded_elsewhere";
}
