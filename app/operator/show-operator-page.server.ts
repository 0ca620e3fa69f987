import { randomUUID } from "node:crypto";
import { moneyText } from "~/catalog/money-text.server";
import { UnavailableError } from "~/errors";
import type { History, Journal, OperatorDesk, Overview } from "./operator-desk";
import type { LogQuery } from "./operator-forms.server";
import type { DriftAudit, ListedOrder, OrderBook } from "./orders";

const LOG_LINES = 100;

/** An order with its amounts formatted in the operator's language. */
export interface ShownOrder extends ListedOrder {
  readonly totalText: string;
  /** Amounts refunded, pending and failed. */
  readonly refundTexts: readonly string[];
}

export interface ShownOrderBook extends Omit<OrderBook, "recent" | "queue"> {
  readonly recent: readonly ShownOrder[];
  readonly queue: readonly ShownOrder[];
}

/** The data of the operator's page. */
export interface OperatorView {
  readonly overview: Overview;
  readonly history: History;
  readonly journal: Journal;
  readonly log: LogQuery;
  /** Null while Stripe is unavailable. */
  readonly orders: ShownOrderBook | null;
  readonly lastAudit: DriftAudit | null;
  /** Token of this rendering, for forms that must take effect only once. */
  readonly once: string;
}

export async function showOperatorPage(desk: OperatorDesk, log: LogQuery, locale: string): Promise<OperatorView> {
  const [overview, orders] = await Promise.all([desk.overview(), desk.orders().catch(unlessUnavailable)]);
  const { q, level, event } = log;
  return {
    overview,
    history: desk.history(),
    journal: desk.journal({ filter: { text: q === "" ? undefined : q, level, event }, limit: LOG_LINES }),
    log,
    orders:
      orders === null
        ? null
        : {
            ...orders,
            recent: orders.recent.map((order) => shownOrder(order, locale)),
            queue: orders.queue.map((order) => shownOrder(order, locale)),
          },
    lastAudit: desk.lastAudit,
    once: randomUUID(),
  };
}

function shownOrder(order: ListedOrder, locale: string): ShownOrder {
  const { total, refund } = order;
  const text = (amount: number, label: string) =>
    amount === 0 ? [] : [`${moneyText({ ...total, amount }, locale)} ${label}`];
  return {
    ...order,
    totalText: moneyText(total, locale),
    refundTexts: [
      ...text(refund.returned, "refunded."),
      ...text(refund.pending, "refund pending in Stripe."),
      ...text(refund.owed, "not refunded: the refund failed."),
    ],
  };
}

/** The rest of the page is still useful without orders. */
function unlessUnavailable(error: unknown): null {
  if (error instanceof UnavailableError) return null;
  throw error;
}
