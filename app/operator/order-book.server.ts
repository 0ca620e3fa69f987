import type { CheckoutService } from "~/checkout/checkout";
import type { CheckoutOrder } from "~/checkout/report/audit-report";
import type { Clock } from "~/reservations/clock";
import { cacheRead } from "./cached-read";
import type { ListedOrder, OrderBook } from "./orders";

const SHOWN = 50;
/** Sessions that one request of Stripe's list tells, and how many are looked through for what waits for a person. */
const RECENT = 100;
const ALL = 1_000;
const RECENT_KEEP_MS = 10_000;
const ALL_KEEP_MS = 120_000;

/** Stripe counts reads: an open page costs one request in ten seconds, and up to ten more every two minutes in a busy shop. */
export interface OrderBookKeeper {
  read(): Promise<OrderBook>;
  /** After an action that may have changed an order. */
  forget(): void;
}

export function createOrderBook(parts: {
  readonly checkout: Pick<CheckoutService, "orders" | "failedRefunds">;
  readonly clock: Clock;
  /** See `ListedOrder.dashboardUrl`. */
  readonly dashboardUrl: (paymentId: string) => string | null;
}): OrderBookKeeper {
  const { checkout, clock } = parts;
  const recent = cacheRead({ clock, keepMs: RECENT_KEEP_MS }, async () => ({
    at: clock.wall(),
    ...(await checkout.orders({ atMost: RECENT })),
  }));
  const all = cacheRead({ clock, keepMs: ALL_KEEP_MS }, () => checkout.orders({ atMost: ALL }));
  // Of any age, so the lists above may lack them.
  const failed = cacheRead({ clock, keepMs: ALL_KEEP_MS }, () => checkout.failedRefunds());
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
      const queue = [...known.values()].filter(waitsForAPerson).sort((one, other) => one.createdAt - other.createdAt);
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
    forget() {
      recent.forget();
      all.forget();
      failed.forget();
    },
  };
}

function waitsForAPerson({ state, lines }: CheckoutOrder): boolean {
  return (
    state === "needs_review" || (state === "refunded_elsewhere" && lines.some((line) => line.state.mark === "done"))
  );
}
