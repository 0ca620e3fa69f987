import type { Logger } from "pino";
import type { CheckoutEvent, CheckoutLog } from "~/checkout/checkout-events";
import type { Checkout } from "~/checkout/create-checkout.server";
import type { ChangeOutcome } from "~/checkout/checkout";
import type { DecidedLine } from "~/reservations/reserve";
import { following } from "./followed.server";
import type { Metrics } from "./metrics.server";

/** What the checkout room tells, as log lines and figures. */
export function checkoutLog(log: Logger, metrics: Metrics): CheckoutLog {
  return (event) => {
    count(event, metrics);
    const { type, ...facts } = event;
    const cause = "cause" in event && event.cause !== undefined ? { err: event.cause } : {};
    log[levelOf(event)]({ ...facts, ...cause, cause: undefined }, type.replaceAll("_", " "));
  };
}

/** Told of every refusal for want of units, when a cart is changed and when it is paid. */
export type OnRefused = (session: string, lines: readonly DecidedLine[]) => void;

/** The same service; `changeCart` is counted and timed, and what is done for one checkout can be followed by its id. */
export function observeChanges(checkout: Checkout, log: Logger, metrics: Metrics, onRefused: OnRefused): Checkout {
  return {
    get ready() {
      return checkout.ready;
    },
    queue: checkout.queue,
    release: (request) => checkout.release(request),
    fulfil: (checkoutId) => following(checkoutId, () => checkout.fulfil(checkoutId)),
    inspect: (checkoutId) => following(checkoutId, () => checkout.inspect(checkoutId)),
    close: (checkoutId) => following(checkoutId, () => checkout.close(checkoutId)),
    endUnknownPage: (checkoutId) => following(checkoutId, () => checkout.endUnknownPage(checkoutId)),
    settle: (request) => following(request.checkoutId, () => checkout.settle(request)),
    orders: (query) => checkout.orders(query),
    audit: () => checkout.audit(),
    editStock: (productId, edit) => checkout.editStock(productId, edit),
    sweep: () => checkout.sweep(),
    rebuild: () => checkout.rebuild(),
    isIntact: () => checkout.isIntact(),
    async start(request) {
      const answer = await checkout.start(request);
      if (answer.outcome === "refused") onRefused(request.session, answer.lines);
      return answer;
    },
    async changeCart(request) {
      const stop = metrics.reserveDuration.startTimer();
      try {
        const answer = await checkout.changeCart(request);
        metrics.reservations.inc({ outcome: changeOutcome(answer) });
        if (answer.outcome === "refused") onRefused(request.session, answer.lines);
        if (answer.outcome !== "granted") log.info({ session: request.session, requested: request.lines, answer }, "refused");
        return answer;
      } catch (error) {
        metrics.reservations.inc({ outcome: "error" });
        throw error;
      } finally {
        stop();
      }
    },
  };
}

function changeOutcome(answer: ChangeOutcome): "granted" | "refused" | "limited" {
  if (answer.outcome === "granted") return "granted";
  return answer.outcome === "limit_exceeded" ? "limited" : "refused";
}

function count(event: CheckoutEvent, metrics: Metrics): void {
  if (event.type === "checkout_started") metrics.checkouts.inc({ outcome: event.outcome });
  else if (event.type === "fulfilled") metrics.fulfilments.inc({ outcome: event.outcome });
  else if (event.type === "late_payment") metrics.latePayments.inc();
  else if (event.type === "oversold") metrics.oversoldUnits.inc(event.units);
}

const LEVELS: Partial<Record<CheckoutEvent["type"], "warn" | "error">> = {
  checkout_rejected: "warn",
  late_payment: "warn",
  no_proof: "warn",
  shortage: "error",
  oversold: "error",
  refund_refused: "error",
  unreadable_record: "error",
};

function levelOf(event: CheckoutEvent): "info" | "warn" | "error" {
  if (event.type === "fulfilled" && event.outcome === "needs_review") return "error";
  return LEVELS[event.type] ?? "info";
}
