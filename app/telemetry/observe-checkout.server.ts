import type { Logger } from "pino";
import type { ChangeOutcome, StartOutcome } from "~/checkout/checkout";
import type { CheckoutEvent, CheckoutLog } from "~/checkout/checkout-events";
import type { Checkout } from "~/checkout/create-checkout.server";
import { decorate } from "~/decorate";
import type { Limits } from "~/limits/limits.server";
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
type OnRefused = (sessionHash: string, lines: readonly DecidedLine[]) => void;

export interface CheckoutObservers {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly onRefused: OnRefused;
}

/**
 * The same service; what `changeCart` and `start` came to is counted and logged, and what is done for one checkout can be followed by its
 * id. Wraps whatever else wraps the checkout, so that every refusal is counted. What `Limits.admit` refuses never comes here: `observeLimits`.
 */
export function observeChanges(checkout: Checkout, { log, metrics, onRefused }: CheckoutObservers): Checkout {
  return decorate(checkout, {
    fulfil: (checkoutId) => following(checkoutId, () => checkout.fulfil(checkoutId)),
    inspect: (checkoutId) => following(checkoutId, () => checkout.inspect(checkoutId)),
    close: (checkoutId) => following(checkoutId, () => checkout.close(checkoutId)),
    endUnknownPage: (checkoutId) => following(checkoutId, () => checkout.endUnknownPage(checkoutId)),
    settle: (request) => following(request.checkoutId, () => checkout.settle(request)),
    async start(request) {
      const answer = await checkout.start(request).catch((error: unknown) => {
        metrics.checkouts.inc({ outcome: "error" });
        throw error;
      });
      metrics.checkouts.inc({ outcome: answer.outcome });
      if (answer.outcome === "refused") onRefused(request.sessionHash, answer.lines);
      log.info({ session: request.sessionHash, ...startFacts(answer) }, "checkout started");
      return answer;
    },
    async changeCart(request) {
      const stop = metrics.reserveDuration.startTimer();
      try {
        const answer = await checkout.changeCart(request);
        metrics.reservations.inc({ outcome: changeOutcome(answer) });
        if (answer.outcome === "refused") onRefused(request.sessionHash, answer.lines);
        if (answer.outcome !== "granted")
          log.info({ session: request.sessionHash, requested: request.lines, answer }, "refused");
        return answer;
      } catch (error) {
        metrics.reservations.inc({ outcome: "error" });
        throw error;
      } finally {
        stop();
      }
    },
  });
}

function changeOutcome(answer: ChangeOutcome): "granted" | "refused" | "limited" {
  if (answer.outcome === "granted") return "granted";
  return answer.outcome === "limit_exceeded" || answer.outcome === "selling_paused" ? "limited" : "refused";
}

/** The address of a payment page is for its shopper only. */
function startFacts(answer: StartOutcome): object {
  return "checkoutId" in answer ? { outcome: answer.outcome, checkoutId: answer.checkoutId } : answer;
}

/** The same limits; what they refuse is counted where it would have been counted, and logged. */
export function observeLimits(limits: Limits, log: Logger, metrics: Metrics): Limits {
  return decorate(limits, {
    async admit(request, sessionHash, purpose) {
      const answer = await limits.admit(request, sessionHash, purpose);
      if (answer.outcome === "admitted") return answer;
      if (purpose === "change") metrics.reservations.inc({ outcome: "limited" });
      else if (purpose === "payment") metrics.checkouts.inc({ outcome: answer.outcome });
      log.info({ session: sessionHash, purpose, answer }, "refused");
      return answer;
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
