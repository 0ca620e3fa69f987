import { randomUUID } from "node:crypto";
import { moneyText } from "~/catalog/money-text.server";
import { UnavailableError } from "~/errors";
import type { History, Journal, OperatorDesk, Overview } from "./operator-desk";
import type { LogQuery } from "./operator-forms.server";
import type { DriftAudit, ListedOrder, OrderBook } from "./orders";

const LOG_LINES = 100;

/** An order with its amounts as a person of the operator's language writes them. */
export interface ShownOrder extends ListedOrder {
  readonly totalText: string;
  /** What went back to the buyer, is on its way, or did not arrive. */
  readonly refundTexts: readonly string[];
}

export interface ShownOrderBook extends Omit<OrderBook, "recent" | "queue"> {
  readonly recent: readonly ShownOrder[];
  readonly queue: readonly ShownOrder[];
}

/** Everything on the operator's page. */
export interface OperatorView {
  readonly overview: Overview;
  readonly history: History;
  readonly journal: Journal;
  readonly log: LogQuery;
  /** Null while Stripe does not answer. */
  readonly orders: ShownOrderBook | null;
  readonly lastAudit: DriftAudit | null;
  /** Of the forms that must not be done twice. */
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
            recent: orders.recent.map((order) => shown(order, locale)),
            queue: orders.queue.map((order) => shown(order, locale)),
          },
    lastAudit: desk.lastAudit,
    once: randomUUID(),
  };
}

function shown(order: ListedOrder, locale: string): ShownOrder {
  const { total, refund } = order;
  const text = (amount: number, words: string) =>
    amount === 0 ? [] : [`${moneyText({ ...total, amount }, locale)} ${words}`];
  return {
    ...order,
    totalText: moneyText(total, locale),
    refundTexts: [
      ...text(refund.returned, "went back to the buyer."),
      ...text(refund.pending, "is on its way to the buyer: Stripe says the refund is pending."),
      ...text(refund.owed, "didn't reach the buyer: the refund failed."),
    ],
  };
}

/** The rest of the page is worth showing without it. */
function unlessUnavailable(error: unknown): null {
  if (error instanceof UnavailableError) return null;
  throw error;
}
