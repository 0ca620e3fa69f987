import { dateText } from "~/components/clock-text";
import type { ShownOrder, ShownOrderBook } from "~/operator/show-operator-page.server";
import { OrderRow } from "./order-row";
import { Panel } from "./panel";
import { ReviewCase } from "./review-case";

const FROM_STRIPE = "All servers, by Stripe's word";

/** Orders that wait for a person. Nothing at all when none does. */
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
                The money went back on Stripe's dashboard, and the items are still out of the stock. If they are back on
                the shelf, restock them below.
              </p>
            )}
          </OrderRow>
        ))}
      </ul>
      {!orders.isWhole && (
        <p className="hint">
          There are more orders than are looked through since {dateText(orders.since, "en")}, so old ones may be missing
          here.
        </p>
      )}
    </Panel>
  );
}

/** What to pack. */
export function OrdersPanel({ orders }: { orders: ShownOrderBook | null }) {
  const recent = orders?.recent.filter(({ state }) => !isRefunded(state)) ?? [];
  return (
    <Panel id="orders" title="Recent orders" scope={FROM_STRIPE}>
      {orders === null && <p className="hint">Stripe does not answer.</p>}
      {orders !== null && recent.length === 0 && <p className="hint">No orders yet.</p>}
      <Orders orders={recent} />
    </Panel>
  );
}

export function RefundedPanel({ orders }: { orders: ShownOrderBook | null }) {
  const refunded = orders?.recent.filter(({ state }) => isRefunded(state)) ?? [];
  return (
    <Panel id="refunded" title="Refunded orders" scope={FROM_STRIPE}>
      {orders === null && <p className="hint">Stripe does not answer.</p>}
      {orders !== null && refunded.length === 0 && <p className="hint">None of the recent orders was refunded.</p>}
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
