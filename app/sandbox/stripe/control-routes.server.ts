import { Hono } from "hono";
import { z } from "zod";
import type { StripeSandboxControls } from "./controls.server";
import { outcomeJson } from "./payment-page.server";

/** The controls as JSON over HTTP, for a stand-in in a process of its own. Invalid requests get a 400 that says why. */

const rule = z.strictObject({
  type: z.string().optional(),
  times: z.int().positive().optional(),
  duplicate: z.int().nonnegative().optional(),
  delay_ms: z.int().nonnegative().optional(),
  drop: z.boolean().optional(),
  hold: z.boolean().optional(),
});

const webhookCommand = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("rule"), ...rule.shape }),
  z.strictObject({ action: z.literal("clear_rules") }),
  z.strictObject({
    action: z.literal("release"),
    order: z.union([z.enum(["created", "reversed"]), z.array(z.string())]).optional(),
  }),
  z.strictObject({ action: z.literal("resend"), event_id: z.string() }),
  z.strictObject({ action: z.literal("idle") }),
  z.strictObject({ action: z.literal("set_urls"), urls: z.array(z.url()) }),
]);

const fault = z.strictObject({
  method: z.string().optional(),
  path: z.string().optional(),
  when: z.enum(["before", "after"]).optional(),
  times: z.int().positive().optional(),
  delay_ms: z.int().nonnegative().optional(),
  status: z.int().min(400).max(599).optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  saved: z.boolean().optional(),
  disconnect: z.boolean().optional(),
});

const prices = z.array(
  z.strictObject({
    id: z.string(),
    currency: z.string().length(3).toLowerCase(),
    unit_amount: z.int().nonnegative(),
    product_name: z.string(),
    active: z.boolean().optional(),
    product_active: z.boolean().optional(),
    recurring: z.boolean().optional(),
  }),
);

const quantity = z.int().nonnegative();
const edits = [
  z.strictObject({ action: z.literal("add_line"), name: z.string(), unit_amount: z.int().nonnegative(), quantity }),
  z.strictObject({ action: z.literal("set_quantity"), line: z.int().nonnegative(), quantity }),
  z.strictObject({ action: z.literal("discount"), percent: z.number().min(0).max(100) }),
] as const;
const checkoutCommand = z.discriminatedUnion("action", [
  z.strictObject({ action: z.enum(["pay", "decline", "pay_later", "expire", "payment_arrives", "payment_fails"]) }),
  ...edits,
]);
const tariff = z.strictObject({
  shipping_amount: z.int().nonnegative(),
  tax_percent: z.number().nonnegative(),
  tax_is_inclusive: z.boolean(),
});

const refundStatus = z.enum(["succeeded", "pending", "requires_action", "failed", "canceled"]);
const dashboardRefund = z.strictObject({ amount: z.int().positive().optional() });
const refundCommand = z.strictObject({ status: refundStatus });

export function createControlRoutes(controls: StripeSandboxControls): Hono {
  const app = new Hono();
  app.onError((error, context) => {
    if (error instanceof z.ZodError) return context.json({ error: z.prettifyError(error) }, 400);
    if (error instanceof SyntaxError) return context.json({ error: error.message }, 400);
    throw error;
  });

  app.get("/_sandbox/webhooks", (context) => context.json({ deliveries: controls.webhooks.deliveries() }));
  app.post("/_sandbox/webhooks", async (context) => {
    const command = webhookCommand.parse(await context.req.json());
    switch (command.action) {
      case "rule": {
        const { action: _action, delay_ms: delayMs, ...rest } = command;
        controls.webhooks.rule({ ...rest, delayMs });
        break;
      }
      case "clear_rules":
        controls.webhooks.clearRules();
        break;
      case "release":
        await controls.webhooks.release(command.order);
        break;
      case "resend":
        if (!controls.webhooks.resend(command.event_id)) return context.json({ error: "No such event." }, 404);
        break;
      case "idle":
        await controls.webhooks.idle();
        break;
      case "set_urls":
        controls.webhooks.setUrls(command.urls);
        break;
    }
    return context.json({ deliveries: controls.webhooks.deliveries() });
  });
  app.post("/_sandbox/faults", async (context) => {
    const { delay_ms: delayMs, ...rest } = fault.parse(await context.req.json());
    controls.failNext({ ...rest, delayMs });
    return context.json({ armed: true });
  });
  app.post("/_sandbox/prices", async (context) => {
    controls.setPrices(prices.parse(await context.req.json()));
    return context.json({ set: true });
  });
  app.post("/_sandbox/tariff", async (context) => {
    const {
      shipping_amount: shippingAmount,
      tax_percent: taxPercent,
      tax_is_inclusive: taxIsInclusive,
    } = tariff.parse(await context.req.json());
    controls.setTariff({ shippingAmount, taxPercent, taxIsInclusive });
    return context.json({ set: true });
  });
  app.get("/_sandbox/checkouts", (context) => context.json({ sessions: controls.sessions() }));
  app.post("/_sandbox/checkouts/:id", async (context) => {
    const command = checkoutCommand.parse(await context.req.json());
    const id = context.req.param("id");
    switch (command.action) {
      case "pay":
        return context.json(outcomeJson(controls.pay(id)));
      case "decline":
        return context.json(outcomeJson(controls.decline(id)));
      case "pay_later":
        return context.json(outcomeJson(controls.payLater(id)));
      case "expire":
        return context.json({ outcome: controls.expire(id) ? "expired" : "not_open" });
      case "payment_arrives":
        return context.json({ outcome: controls.settle(id, "succeeded").kind });
      case "payment_fails":
        return context.json({ outcome: controls.settle(id, "failed").kind });
      case "add_line":
      case "set_quantity":
      case "discount":
        return context.json({ outcome: controls.edit(id, command) ? "edited" : "not_edited" });
    }
  });
  app.get("/_sandbox/checkouts/:id/refunds", (context) =>
    context.json({ refunds: controls.refunds(context.req.param("id")) }),
  );
  app.post("/_sandbox/checkouts/:id/refunds", async (context) => {
    const { status } = refundCommand.parse(await context.req.json());
    return context.json({ set: controls.setRefundStatus(context.req.param("id"), status) });
  });
  app.post("/_sandbox/checkouts/:id/refund", async (context) => {
    const { amount } = dashboardRefund.parse(await context.req.json());
    return context.json({ refunded: controls.refund(context.req.param("id"), amount) });
  });
  app.post("/_sandbox/refunds/:id", async (context) => {
    const { status } = refundCommand.parse(await context.req.json());
    return context.json({ settled: controls.settleRefund(context.req.param("id"), status) });
  });
  app.get("/_sandbox/calls", (context) => context.json({ calls: controls.calls() }));
  app.post("/_sandbox/reset", (context) => {
    controls.reset();
    return context.json({ reset: true });
  });
  return app;
}
