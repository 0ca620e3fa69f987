import { Hono, type Context } from "hono";
import { t } from "~/words/words";
import type { Checkouts, PaymentOutcome } from "./checkouts.server";
import type { StripeSandboxControls } from "./controls.server";
import { editPage } from "./page-edits.server";
import { completePage, delayedPaymentPage, expiredPage, payPage, unknownPage } from "./payment-page-html.server";
import type { CheckoutRecord, StripeCheckoutSession } from "./stripe-objects.server";
import type { StripeState } from "./stripe-state.server";

const HEADERS = {
  // With `no-referrer`, browsers send `Origin: null` when the shop's forms are posted after returning from this page.
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
};

/** The URL that the shopper returns to. As at Stripe, a percent-encoded template is not replaced. */
function successUrl(session: StripeCheckoutSession): string {
  return session.success_url.replaceAll("{CHECKOUT_SESSION_ID}", session.id);
}

/**
 * `GET|POST /pay/:id` and `/pay/:id/later`, for people (HTML forms) and programs: with `Accept: application/json`,
 * paying returns `{ outcome, status, payment_status, redirect_url }`. Otherwise it redirects (303) to the session's
 * success_url.
 */
export function createPaymentPage(options: {
  state: StripeState;
  checkouts: Checkouts;
  controls: StripeSandboxControls;
}): Hono {
  const { state, checkouts, controls } = options;
  const app = new Hono();
  app.use("/pay/*", async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
  });

  function delayedPaymentState({ session }: CheckoutRecord): "processing" | "paid" | "failed" | undefined {
    const intent = state.paymentIntents.get(session.payment_intent ?? "");
    if (session.status !== "complete" || intent === undefined) return undefined;
    if (intent.status === "processing") return "processing";
    return session.payment_status === "paid" ? "paid" : "failed";
  }

  function show(context: Context, record: CheckoutRecord) {
    const { session } = record;
    switch (session.status) {
      case "open":
        return context.html(payPage(record, null));
      case "complete":
        return context.html(completePage(record, successUrl(session), controls.refunds(session.id)));
      case "expired":
        return context.html(expiredPage(record), 410);
    }
  }

  async function respond(context: Context, id: string, outcome: PaymentOutcome) {
    if (context.req.header("Accept")?.startsWith("application/json") === true) {
      return context.json(outcomeJson(outcome), OUTCOME_STATUS[outcome.kind]);
    }
    const record = checkouts.lookUp(id);
    if (record === undefined || outcome.kind === "unknown") return context.html(unknownPage(), 404);
    switch (outcome.kind) {
      case "paid":
      case "processing":
      case "already_complete":
        return context.redirect(successUrl(outcome.session), 303);
      case "declined":
        return context.html(payPage(record, t("sandboxPayment.declined")), 402);
      case "not_offered":
        return context.html(payPage(record, t("sandboxPayment.notOffered")), 400);
      case "expired":
        return context.html(expiredPage(record), 410);
    }
  }

  app.get("/pay/:id", (context) => {
    const record = checkouts.lookUp(context.req.param("id"));
    return record === undefined ? context.html(unknownPage(), 404) : show(context, record);
  });
  app.post("/pay/:id", async (context) => {
    const id = context.req.param("id");
    const record = checkouts.lookUp(id);
    const { action, refund } = await context.req.parseBody();
    if (typeof action === "string" && action.startsWith("refund")) {
      if (record === undefined) return context.html(unknownPage(), 404);
      controls.runRefundAction(id, { action, refundId: typeof refund === "string" ? refund : "" });
      return show(context, record);
    }
    if (action === "pay") return respond(context, id, checkouts.pay(id));
    if (action === "decline") return respond(context, id, checkouts.decline(id));
    if (action === "pay_later") return respond(context, id, checkouts.payLater(id));
    if (action === "discount" && record?.session.allow_promotion_codes === true) {
      editPage(state, 0, record, { action: "discount", percent: 10 });
      return show(context, record);
    }
    return context.text("action must be pay, decline or pay_later (or discount, if promotion codes are allowed)", 400);
  });
  app.get("/pay/:id/later", (context) => {
    const record = checkouts.lookUp(context.req.param("id"));
    const later = record && delayedPaymentState(record);
    if (record === undefined) return context.html(unknownPage(), 404);
    return later === undefined ? show(context, record) : context.html(delayedPaymentPage(record, later));
  });
  app.post("/pay/:id/later", async (context) => {
    const id = context.req.param("id");
    const { action } = await context.req.parseBody();
    if (action !== "succeeded" && action !== "failed") return context.text("action must be succeeded or failed", 400);
    const outcome = checkouts.settle(id, action);
    const record = checkouts.lookUp(id);
    if (record === undefined) return context.html(unknownPage(), 404);
    const later = delayedPaymentState(record);
    if (later === undefined) return show(context, record);
    return context.html(delayedPaymentPage(record, later), outcome.kind === "settled" ? 200 : 409);
  });
  return app;
}

const OUTCOME_STATUS = {
  paid: 200,
  processing: 200,
  declined: 402,
  already_complete: 409,
  expired: 410,
  not_offered: 400,
  unknown: 404,
} as const satisfies Record<PaymentOutcome["kind"], number>;

/** The outcome of a payment as JSON. */
export function outcomeJson(outcome: PaymentOutcome) {
  if (outcome.kind === "unknown") return { outcome: outcome.kind };
  const { status, payment_status } = outcome.session;
  return {
    outcome: outcome.kind,
    status,
    payment_status,
    redirect_url: status === "complete" ? successUrl(outcome.session) : null,
  };
}
