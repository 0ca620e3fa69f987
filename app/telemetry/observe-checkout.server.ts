import type { Logger } from "pino";
import type { ChangeOutcome, StartOutcome } from "~/checkout/checkout";
import type { CheckoutEvent, CheckoutLog } from "~/checkout/checkout-events";
import type { Checkout } from "~/checkout/create-checkout.server";
import { decorate } from "~/decorate";
import type { Limits } from "~/limits/limits.server";
import type { DecidedLine } from "~/reservations/reserve";
import { withCheckoutId } from "./log-context.server";
import type { Metrics } from "./metrics.server";

/** Turns the checkout's events into log lines and metrics. */
export function checkoutLog(log: Logger, metrics: Metrics): CheckoutLog {
  return (event) => {
    count(event, metrics);
    const { type, ...facts } = event;
    const cause = "cause" in event && event.cause !== undefined ? { err: event.cause } : {};
    log[levelOf(event)]({ ...facts, ...cause, cause: undefined }, type.replaceAll("_", " "));
  };
}

/** Called for every refusal due to a shortage, when a cart is changed or paid. */
type OnRefused = (sessionHash: string, lines: readonly DecidedLine[]) => void;

export interface CheckoutObservers {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly onRefused: OnRefused;
}

/**
 * Decorates the checkout: counts and logs the outcomes of `changeCart` and `start`, and adds the checkout's id to every line logged for it.
 * The outermost decorator, so that every refusal is counted. Refusals of `Limits.admit` never get here; see `observeLimits`.
 */
export function observeChanges(checkout: Checkout, { log, metrics, onRefused }: CheckoutObservers): Checkout {
  return decorate(checkout, {
    fulfil: (checkoutId) => withCheckoutId(checkoutId, () => checkout.fulfil(checkoutId)),
    inspect: (checkoutId) => withCheckoutId(checkoutId, () => checkout.inspect(checkoutId)),
    close: (checkoutId) => withCheckoutId(checkoutId, () => checkout.close(checkoutId)),
    endUnknownPage: (checkoutId) => withCheckoutId(checkoutId, () => checkout.endUnknownPage(checkoutId)),
    settle: (request) => withCheckoutId(request.checkoutId, () => checkout.settle(request)),
    async start(request) {
      const result = await checkout.start(request).catch((error: unknown) => {
        metrics.checkouts.inc({ outcome: "error" });
        throw error;
      });
      metrics.checkouts.inc({ outcome: result.outcome });
      if (result.outcome === "refused") onRefused(request.sessionHash, result.lines);
      log.info({ session: request.sessionHash, ...startFacts(result) }, "checkout started");
      return result;
    },
    async changeCart(request) {
      const stop = metrics.reserveDuration.startTimer();
      try {
        const result = await checkout.changeCart(request);
        metrics.reservations.inc({ outcome: changeOutcome(result) });
        if (result.outcome === "refused") onRefused(request.sessionHash, result.lines);
        if (result.outcome !== "granted")
          log.info({ session: request.sessionHash, requested: request.lines, result }, "refused");
        return result;
      } catch (error) {
        metrics.reservations.inc({ outcome: "error" });
        throw error;
      } finally {
        stop();
      }
    },
  });
}

function changeOutcome(result: ChangeOutcome): "granted" | "refused" | "limited" {
  if (result.outcome === "granted") return "granted";
  return result.outcome === "limit_exceeded" || result.outcome === "selling_paused" ? "limited" : "refused";
}

/** Facts to log. Leaves out the payment page's URL, which is only for its shopper. */
function startFacts(result: StartOutcome): object {
  return "checkoutId" in result ? { outcome: result.outcome, checkoutId: result.checkoutId } : result;
}

/** Decorates the limits: logs their refusals, and counts them like the operation that they prevent. */
export function observeLimits(limits: Limits, log: Logger, metrics: Metrics): Limits {
  return decorate(limits, {
    async admit(request, sessionHash, purpose) {
      const result = await limits.admit(request, sessionHash, purpose);
      if (result.outcome === "admitted") return result;
      if (purpose === "change") metrics.reservations.inc({ outcome: "limited" });
      else if (purpose === "payment") metrics.checkouts.inc({ outcome: result.outcome });
      log.info({ session: sessionHash, purpose, result }, "refused");
      return result;
    },
  });
}

function count(event: CheckoutEvent, metrics: Metrics): void {
  if (event.type === "fulfilled") metrics.fulfilments.inc({ outcome: event.outcome });
  else if (event.type === "refund_made" && event.status !== "failed")
    metrics.refunds.inc({ outcome: event.status === "pending" ? "pending" : "made" });
  else if (event.type === "refund_failed") metrics.refunds.inc({ outcome: "failed" });
  else if (event.type === "refund_refused") metrics.refunds.inc({ outcome: "refused" });
  else if (event.type === "late_payment") metrics.latePayments.inc();
  else if (event.type === "oversold") metrics.oversoldUnits.inc(event.units);
}

const LEVELS: Partial<Record<CheckoutEvent["type"], "warn" | "error">> = {
  checkout_rejected: "warn",
  late_payment: "warn",
  lines_differ: "warn",
  no_proof: "warn",
  shortage: "error",
  oversold: "error",
  refund_refused: "error",
  refund_failed: "error",
  unreadable_record: "error",
};

function levelOf(event: CheckoutEvent): "info" | "warn" | "error" {
  if (event.type === "fulfilled" && event.outcome === "needs_review") return "error";
  return LEVELS[event.type] ?? "info";
}
