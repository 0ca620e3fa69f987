import type { ShownOrder, ShownOrderBook } from "~/operator/show-operator-page.server";
import { dateText } from "../clock-text";
import { orderNumber } from "../texts";
import { ActionForm, Confirm } from "./action-form";
import { OrderRow } from "./order-row";
import { Panel } from "./panel";

const WHOSE = "All servers, by Stripe's word";

/** Orders that wait for a person. Nothing at all when none does. */
export function ReviewPanel({ orders }: { orders: ShownOrderBook | null }) {
  if (orders === null || orders.queue.length === 0) return null;
  return (
    <Panel id="review" title="Waits for you" tone="bad" whose={WHOSE}>
      <ul className="rows">
        {orders.queue.map((order) => (
          <OrderRow key={order.checkoutId} order={order}>
            {order.state === "refunded_elsewhere" ? (
              <p>The money went back on Stripe's dashboard, and the units are still out of the stock. If they are back on the shelf, restock them below.</p>
            ) : (
              <LinesToSettle order={order} />
            )}
          </OrderRow>
        ))}
      </ul>
      {!orders.isWhole && <p className="hint">There are more orders than are looked through since {dateText(orders.since, "en")}, so old ones may be missing here.</p>}
    </Panel>
  );
}

function LinesToSettle({ order: { checkoutId, lines } }: { order: ShownOrder }) {
  const unsettled = lines.flatMap(({ productId, name, state }) => (state.mark === "needs_review" ? [{ productId, name, state }] : []));
  if (unsettled.length === 0) return <p>The refund needs a look at Stripe's dashboard. Then let it be fulfilled again.</p>;
  return unsettled.map(({ productId, name, state: { of, from, to } }) => {
    const fields = { checkout_id: checkoutId, product_id: productId };
    const deed = of === "intent" ? "taken from" : "given back to";
    const labelFor = `${name} of order ${orderNumber(checkoutId)}`;
    return (
      <div key={productId}>
        <p>
          {name}: the stock was about to go from {from} to {to}, and now reads neither. Look at the row: were these units {deed} the stock?
        </p>
        <div className="row-actions">
          <Confirm label="They were" labelFor={labelFor} question={`Recorded as ${deed} the stock. The row is left as it is.`}>
            <ActionForm intent="settle" fields={{ ...fields, verdict: "applied" }} label="Settle as applied" labelFor={labelFor} look="grave" />
          </Confirm>
          <Confirm label="They were not" labelFor={labelFor} question={`Recorded as not ${deed} the stock; it is then tried anew with the row as it is now.`}>
            <ActionForm intent="settle" fields={{ ...fields, verdict: "not_applied" }} label="Settle as not applied" labelFor={labelFor} look="grave" />
          </Confirm>
        </div>
      </div>
    );
  });
}

/** What to pack. */
export function OrdersPanel({ orders }: { orders: ShownOrderBook | null }) {
  const recent = orders?.recent.filter(({ state }) => !isRefunded(state)) ?? [];
  return (
    <Panel id="orders" title="Recent orders" whose={WHOSE}>
      {orders === null && <p className="hint">Stripe does not answer.</p>}
      {orders !== null && recent.length === 0 && <p className="hint">No orders yet.</p>}
      <Orders orders={recent} />
    </Panel>
  );
}

export function RefundedPanel({ orders }: { orders: ShownOrderBook | null }) {
  const refunded = orders?.recent.filter(({ state }) => isRefunded(state)) ?? [];
  return (
    <Panel id="refunded" title="Refunded orders" whose={WHOSE}>
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
  return state === "refunded" || state === "refunded_elsewhere";
}
