import type { CheckoutService } from "~/checkout/checkout";
import type { CheckoutOrder } from "~/checkout/report/orders";
import type { Clock } from "~/reservations/clock";
import { cacheRead } from "./cached-read";
import type { ListedOrder, OrderBook } from "./orders";

const SHOWN = 50;
/** Sessions in one response of Stripe's list. */
const RECENT = 100;
/** Sessions scanned for orders that need attention. */
const ALL = 1_000;
const RECENT_TTL_MS = 10_000;
const ALL_TTL_MS = 120_000;

/** Stripe limits reads. An open page costs one request every ten seconds, and up to ten more every two minutes in a busy shop. */
export interface OrderBookKeeper {
  read(): Promise<OrderBook>;
  /** Call after an action that may have changed an order. */
  invalidate(): void;
}

export function createOrderBook(parts: {
  readonly checkout: Pick<CheckoutService, "orders" | "failedRefunds">;
  readonly clock: Clock;
  /** See `ListedOrder.dashboardUrl`. */
  readonly dashboardUrl: (paymentId: string) => string | null;
}): OrderBookKeeper {
  const { checkout, clock } = parts;
  const recent = cacheRead({ clock, ttlMs: RECENT_TTL_MS }, async () => ({
    at: clock.wall(),
    ...(await checkout.orders({ atMost: RECENT })),
  }));
  const all = cacheRead({ clock, ttlMs: ALL_TTL_MS }, () => checkout.orders({ atMost: ALL }));
  // Failed refunds can be of any age, so the lists above may lack them.
  const failed = cacheRead({ clock, ttlMs: ALL_TTL_MS }, () => checkout.failedRefunds());
  const listed = (order: CheckoutOrder): ListedOrder => ({
    ...order,
    dashboardUrl: order.paymentId === null ? null : parts.dashboardUrl(order.paymentId),
  });

  return {
    async read() {
      const latest = await recent.read();
      const whole = latest.isWhole ? latest : await all.read();
      const known = new Map(
        [...(await failed.read()), ...whole.orders, ...latest.orders].map((order) => [order.checkoutId, order]),
      );
      const queue = [...known.values()].filter(needsAttention).sort((one, other) => one.createdAt - other.createdAt);
      return {
        at: latest.at,
        recent: latest.orders
          .filter(({ reason }) => reason !== "foreign_tag")
          .slice(0, SHOWN)
          .map(listed),
        queue: queue.map(listed),
        since: whole.since,
        isWhole: whole.isWhole,
      };
    },
    invalidate() {
      recent.invalidate();
      all.invalidate();
      failed.invalidate();
    },
  };
}

function needsAttention({ state, lines }: CheckoutOrder): boolean {
  return (
    state === "needs_review" || (state === "refunded_elsewhere" && lines.some((line) => line.state.mark === "done"))
  );
}
