import type Stripe from "stripe";
import { beforeAll, describe, expect, test } from "vitest";
import { setSiteOf } from "../words/site";
import { cart, containing, errorOf, line, linkedId, startSandbox } from "./stripe-sandbox-fixture";

beforeAll(() => setSiteOf());

async function open(stripe: Stripe, change: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<string> {
  return (await stripe.checkout.sessions.create(cart(change))).id;
}

async function paid(world: ReturnType<typeof startSandbox>, change: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const id = await open(world.stripe, change);
  world.controls.pay(id);
  const session = await world.stripe.checkout.sessions.retrieve(id);
  return { id, intent: linkedId(session.payment_intent) };
}

describe("paying", () => {
  test("is not possible for expired, unknown and complete sessions", async () => {
    const { stripe, controls } = startSandbox();
    const expired = await open(stripe);
    controls.expire(expired);
    expect(controls.pay(expired).kind).toBe("expired");
    expect(controls.pay("cs_test_none").kind).toBe("unknown");
    const once = await open(stripe);
    expect(controls.pay(once).kind).toBe("paid");
    for (const again of [controls.pay(once), controls.decline(once), controls.payLater(once)])
      expect(again.kind).toBe("already_complete");
    expect(controls.expire(once)).toBe(false);
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  test("leaves the session open after a declined card, with an intent without a successful charge", async () => {
    const { stripe, controls } = startSandbox();
    const id = await open(stripe);
    expect(controls.decline(id)).toMatchObject({ kind: "declined", message: "Your card was declined." });
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent.latest_charge"] });
    expect(session).toMatchObject({
      status: "open",
      payment_status: "unpaid",
      url: containing(id),
      payment_intent: {
        status: "requires_payment_method",
        last_payment_error: { code: "card_declined" },
        latest_charge: { status: "failed", paid: false },
      },
    });
    const intent = typeof session.payment_intent === "object" ? (session.payment_intent?.id ?? "") : "";
    expect((await errorOf(stripe.refunds.create({ payment_intent: intent }))).message).toBe(
      `This PaymentIntent (${intent}) does not have a successful charge to refund.`,
    );
    controls.pay(id);
    expect((await stripe.checkout.sessions.retrieve(id)).payment_intent).toBe(intent);
    expect((await stripe.paymentIntents.retrieve(intent)).status).toBe("succeeded");
  });

  test("ends with a canceled intent if the session expires after a decline", async () => {
    const { stripe, controls } = startSandbox();
    const id = await open(stripe);
    controls.decline(id);
    const session = await stripe.checkout.sessions.expire(id);
    expect((await stripe.paymentIntents.retrieve(linkedId(session.payment_intent))).status).toBe("canceled");
  });

  test("completes the session, charges the whole amount once and copies the payment's metadata", async () => {
    const world = startSandbox();
    const { id, intent } = await paid(world, { payment_intent_data: { metadata: { order: "7" } } });
    expect(await world.stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: "complete",
      payment_status: "paid",
      url: null,
      customer_details: { email: "shopper@example.com" },
    });
    expect(await world.stripe.paymentIntents.retrieve(intent, { expand: ["latest_charge"] })).toMatchObject({
      status: "succeeded",
      amount: 2500,
      amount_received: 2500,
      metadata: { order: "7" },
      latest_charge: {
        amount: 2500,
        amount_captured: 2500,
        amount_refunded: 0,
        refunded: false,
        metadata: { order: "7" },
      },
    });
    expect((await world.stripe.paymentIntents.update(intent, { metadata: { mark: "done" } })).metadata).toEqual({
      order: "7",
      mark: "done",
    });
    expect(await errorOf(world.stripe.paymentIntents.retrieve("pi_none"))).toMatchObject({
      statusCode: 404,
      code: "resource_missing",
    });
  });

  test("creates no intent for a free order", async () => {
    const { stripe, controls } = startSandbox();
    const id = await open(stripe, { line_items: [line(0)] });
    expect(controls.decline(id).kind).toBe("not_offered");
    expect(controls.payLater(id).kind).toBe("not_offered");
    expect(controls.pay(id).kind).toBe("paid");
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: "complete",
      payment_status: "no_payment_required",
      payment_intent: null,
    });
  });
});

describe("paying later", () => {
  test("is not offered if only cards are allowed", async () => {
    const { stripe, controls } = startSandbox();
    const id = await open(stripe, { allowed_payment_method_types: ["card"] });
    expect(controls.payLater(id).kind).toBe("not_offered");
    expect((await stripe.checkout.sessions.retrieve(id)).status).toBe("open");
  });

  test("completes the session unpaid, which is final if the payment fails", async () => {
    const { stripe, controls } = startSandbox();
    const id = await open(stripe);
    expect(controls.settle(id, "succeeded").kind).toBe("not_processing");
    expect(controls.payLater(id).kind).toBe("processing");
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent.latest_charge"] });
    expect(session).toMatchObject({
      status: "complete",
      payment_status: "unpaid",
      payment_intent: { status: "processing", latest_charge: { status: "pending" } },
    });
    expect(controls.pay(id).kind).toBe("already_complete");
    expect(controls.settle(id, "failed").kind).toBe("settled");
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: "complete", payment_status: "unpaid" });
    expect(controls.settle(id, "succeeded").kind).toBe("not_processing");
    expect(controls.settle("cs_test_none", "succeeded").kind).toBe("unknown");
  });

  test("makes the session paid once the payment arrives; only then can it be refunded", async () => {
    const { stripe, controls } = startSandbox();
    const id = await open(stripe);
    controls.payLater(id);
    const intent = linkedId((await stripe.checkout.sessions.retrieve(id)).payment_intent);
    expect((await errorOf(stripe.refunds.create({ payment_intent: intent }))).statusCode).toBe(400);
    controls.settle(id, "succeeded");
    expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe("paid");
    expect((await stripe.refunds.create({ payment_intent: intent })).amount).toBe(2500);
  });
});

describe("refunds", () => {
  test("name missing parameters and unknown objects", async () => {
    const { stripe } = startSandbox();
    expect((await errorOf(stripe.refunds.create({}))).message).toBe(
      "One of the following params should be provided for this request: payment_intent or charge.",
    );
    expect(await errorOf(stripe.refunds.create({ payment_intent: "pi_none" }))).toMatchObject({
      code: "resource_missing",
      message: "No such payment_intent: 'pi_none'",
    });
    expect(await errorOf(stripe.refunds.create({ charge: "ch_none" }))).toMatchObject({
      code: "resource_missing",
      message: "No such charge: 'ch_none'",
    });
  });

  test("return the whole amount once", async () => {
    const world = startSandbox();
    const { intent } = await paid(world);
    const refund = await world.stripe.refunds.create({
      payment_intent: intent,
      reason: "requested_by_customer",
      metadata: { why: "sold out" },
    });
    expect(refund).toMatchObject({
      amount: 2500,
      currency: "usd",
      status: "succeeded",
      payment_intent: intent,
      metadata: { why: "sold out" },
    });
    const charge = linkedId(refund.charge);
    expect(await errorOf(world.stripe.refunds.create({ payment_intent: intent }))).toMatchObject({
      statusCode: 400,
      code: "charge_already_refunded",
      message: `Charge ${charge} has already been refunded.`,
    });
    expect(await errorOf(world.stripe.refunds.create({ charge, amount: 1 }))).toMatchObject({
      code: "charge_already_refunded",
    });
    expect(await world.stripe.charges.retrieve(charge, { expand: ["refunds"] })).toMatchObject({
      refunded: true,
      amount_refunded: 2500,
      refunds: { data: [{ id: refund.id }] },
    });
  });

  test("can be partial, up to the amount that is left", async () => {
    const world = startSandbox();
    const { intent } = await paid(world);
    expect((await errorOf(world.stripe.refunds.create({ payment_intent: intent, amount: 2501 }))).message).toBe(
      "Refund amount ($25.01) is greater than charge amount ($25.00)",
    );
    expect(await errorOf(world.stripe.refunds.create({ payment_intent: intent, amount: 0 }))).toMatchObject({
      code: "parameter_invalid_integer",
      param: "amount",
    });
    const first = await world.stripe.refunds.create({ payment_intent: intent, amount: 1000 });
    expect(await errorOf(world.stripe.refunds.create({ payment_intent: intent, amount: 1501 }))).toMatchObject({
      param: "amount",
      message: "Refund amount ($15.01) is greater than unrefunded amount on charge ($15.00)",
    });
    const rest = await world.stripe.refunds.create({ payment_intent: intent });
    expect(rest.amount).toBe(1500);
    const other = await paid(world);
    await world.stripe.refunds.create({ payment_intent: other.intent });
    expect((await world.stripe.refunds.list({ payment_intent: intent })).data.map(({ id }) => id)).toEqual([
      rest.id,
      first.id,
    ]);
    expect((await world.stripe.refunds.list({ charge: linkedId(first.charge), limit: 1 })).has_more).toBe(true);
    expect((await world.stripe.refunds.retrieve(first.id)).amount).toBe(1000);
    expect((await world.stripe.refunds.list()).data).toHaveLength(3);
  });
});

describe("idempotency keys", () => {
  const key = { idempotencyKey: "claim-1" };

  test("replay the first response even if the object has changed since", async () => {
    const { stripe, controls } = startSandbox();
    const first = await stripe.checkout.sessions.create(cart(), key);
    controls.pay(first.id);
    const again = await stripe.checkout.sessions.create(cart(), key);
    expect(again).toEqual(first);
    expect(again.status).toBe("open");
    expect(controls.sessions()).toHaveLength(1);
    expect(controls.calls().map(({ replayed }) => replayed)).toEqual([false, true]);
  });

  test("mark a replayed response and name the original request", async () => {
    const { sandbox } = startSandbox();
    const post = () =>
      sandbox.httpFetch("http://stripe.test/v1/refunds", {
        method: "POST",
        body: "charge=ch_none",
        headers: { Authorization: `Basic ${btoa("sk_test_sandbox:")}`, "Idempotency-Key": "k" },
      });
    const first = await post();
    const again = await post();
    expect([first.status, again.status]).toEqual([404, 404]);
    expect(first.headers.get("Idempotent-Replayed")).toBeNull();
    expect(again.headers.get("Idempotent-Replayed")).toBe("true");
    expect(again.headers.get("Original-Request")).toBe(first.headers.get("Request-Id"));
    expect(again.headers.get("Request-Id")).not.toBe(first.headers.get("Request-Id"));
    expect(await again.text()).toBe(await first.text());
  });

  test("reject other parameters and another endpoint", async () => {
    const { stripe, controls } = startSandbox();
    const { id } = await stripe.checkout.sessions.create(cart(), key);
    const otherParams = await errorOf(stripe.checkout.sessions.create(cart({ metadata: { a: "1" } }), key));
    expect(otherParams).toMatchObject({
      type: "StripeIdempotencyError",
      statusCode: 400,
      rawType: "idempotency_error",
    });
    expect(otherParams.message).toMatch(/^Keys for idempotent requests can only be used with the same parameters/);
    const otherPath = await errorOf(stripe.checkout.sessions.expire(id, {}, key));
    expect(otherPath.message).toMatch(/only be used for the same endpoint/);
    expect((await errorOf(stripe.checkout.sessions.create(cart(), { idempotencyKey: "k".repeat(256) }))).rawType).toBe(
      "idempotency_error",
    );
    expect(controls.sessions()).toHaveLength(1);
  });

  test("respond with 409 while the first request is in progress, and replay it afterwards", async () => {
    const { stripe, controls } = startSandbox();
    const held = controls.holdNext({ method: "POST", path: "/v1/checkout/sessions", when: "after" });
    const first = stripe.checkout.sessions.create(cart(), key);
    await held.reached;
    expect(await errorOf(stripe.checkout.sessions.create(cart(), key))).toMatchObject({
      statusCode: 409,
      code: "idempotency_key_in_use",
    });
    held.release();
    expect((await stripe.checkout.sessions.create(cart(), key)).id).toBe((await first).id);
  });

  test("save errors caused by the current state, but not parameter errors", async () => {
    const { stripe, controls } = startSandbox();
    const id = await open(stripe, {});
    controls.pay(id);
    const call = () => errorOf(stripe.checkout.sessions.expire(id, {}, key));
    expect((await call()).requestId).not.toBe((await call()).requestId);
    expect(controls.calls().at(-1)).toMatchObject({ status: 400, replayed: true });
    await errorOf(stripe.checkout.sessions.create(cart({ success_url: "" }), { idempotencyKey: "fixed" }));
    expect((await stripe.checkout.sessions.create(cart(), { idempotencyKey: "fixed" })).status).toBe("open");
  });

  test("expire after 24 hours, and are ignored on GET", async () => {
    const { stripe, clock, controls } = startSandbox();
    const first = await stripe.checkout.sessions.create(cart(), key);
    await stripe.checkout.sessions.list({}, key);
    expect(controls.calls().at(-1)?.idempotencyKey).toBeNull();
    clock.time += 86_400_000;
    expect((await stripe.checkout.sessions.create(cart(), key)).id).not.toBe(first.id);
  });
});

describe("fault injection", () => {
  test("a 500 before the effect is saved under the key, so only another key succeeds", async () => {
    const world = startSandbox();
    const { intent } = await paid(world);
    world.controls.failNext({ method: "POST", path: "/v1/refunds", status: 500 });
    const create = (n: number) =>
      world.stripe.refunds.create({ payment_intent: intent }, { idempotencyKey: `refund:${String(n)}` });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await errorOf(create(1))).toMatchObject({
        type: "StripeAPIError",
        statusCode: 500,
        headers: { "stripe-should-retry": "false" },
      });
    }
    expect((await world.stripe.refunds.list()).data).toEqual([]);
    expect((await create(2)).status).toBe("succeeded");
  });

  test("a 500 after the effect hides that the call succeeded", async () => {
    const world = startSandbox();
    const { intent } = await paid(world);
    world.controls.failNext({ method: "POST", path: "/v1/refunds", status: 500, when: "after" });
    const create = (n: number) =>
      world.stripe.refunds.create({ payment_intent: intent }, { idempotencyKey: `refund:${String(n)}` });
    expect((await errorOf(create(1))).statusCode).toBe(500);
    expect((await errorOf(create(1))).statusCode).toBe(500);
    expect((await world.stripe.refunds.list()).data).toHaveLength(1);
    expect((await errorOf(create(2))).code).toBe("charge_already_refunded");
  });

  test("after a connection cut after the effect, the same key returns the result", async () => {
    const { stripe, controls } = startSandbox();
    controls.failNext({ path: "/v1/checkout/sessions", disconnect: true, when: "after" });
    const key = { idempotencyKey: "claim-1" };
    expect(await errorOf(stripe.checkout.sessions.create(cart(), key))).toMatchObject({
      type: "StripeConnectionError",
    });
    const [created] = controls.sessions();
    expect((await stripe.checkout.sessions.create(cart(), key)).id).toBe(created?.id);
    expect(controls.sessions()).toHaveLength(1);
  });

  test("a connection cut before the effect leaves the key unused", async () => {
    const { stripe, controls } = startSandbox();
    controls.failNext({ disconnect: true });
    const key = { idempotencyKey: "claim-1" };
    await errorOf(stripe.checkout.sessions.create(cart(), key));
    expect(controls.sessions()).toEqual([]);
    expect((await stripe.checkout.sessions.create(cart(), key)).status).toBe("open");
  });

  test("a 429 and a 503 are not saved, and the SDK retries them as told", async () => {
    const { client, controls } = startSandbox();
    controls.failNext({ status: 429, code: "lock_timeout" });
    controls.failNext({ status: 503 });
    const session = await client("sk_test_sandbox", { maxNetworkRetries: 2 }).checkout.sessions.create(cart());
    expect(controls.calls().map(({ status }) => status)).toEqual([429, 503, 200]);
    expect(controls.sessions().map(({ id }) => id)).toEqual([session.id]);
  });

  test("faults hit only matching calls, as often as requested", async () => {
    const { stripe, controls } = startSandbox();
    const id = await open(stripe);
    controls.failNext({ method: "POST", path: "/v1/checkout/sessions/*/expire", status: 500, times: 2 });
    await stripe.checkout.sessions.retrieve(id);
    await stripe.checkout.sessions.update(id, { metadata: { a: "1" } });
    for (let i = 0; i < 2; i += 1) expect((await errorOf(stripe.checkout.sessions.expire(id))).statusCode).toBe(500);
    expect((await stripe.checkout.sessions.expire(id)).status).toBe("expired");
  });

  test("a call can be held, and lose a race meanwhile", async () => {
    const { stripe, controls } = startSandbox();
    const id = await open(stripe);
    const held = controls.holdNext({ path: "/v1/checkout/sessions/*/expire" });
    const expiring = errorOf(stripe.checkout.sessions.expire(id));
    await held.reached;
    controls.pay(id);
    held.release();
    expect((await expiring).message).toContain("`complete`");
  });
});

describe("a refund", () => {
  const refundsOf = async ({ stripe }: ReturnType<typeof startSandbox>, intent: string) =>
    (await stripe.refunds.list({ payment_intent: intent })).data.map(({ status }) => status);
  const chargeOf = async ({ stripe }: ReturnType<typeof startSandbox>, intent: string) =>
    (await stripe.charges.list({ payment_intent: intent })).data[0];

  test("can be pending until it succeeds, and counts as refunded meanwhile", async () => {
    const world = startSandbox({ webhookEvents: ["*"] });
    const { id, intent } = await paid(world);
    expect(world.controls.setRefundStatus(id, "pending")).toBe(true);
    const { id: refund } = await world.stripe.refunds.create({ payment_intent: intent });
    expect(await refundsOf(world, intent)).toEqual(["pending"]);
    expect(await chargeOf(world, intent)).toMatchObject({ refunded: true });
    expect(world.controls.settleRefund(refund, "succeeded")).toBe(true);
    expect(await refundsOf(world, intent)).toEqual(["succeeded"]);
    expect((await world.stripe.events.list({ type: "refund.updated" })).data).toMatchObject([
      { data: { object: { id: refund, status: "succeeded" } } },
    ]);
  });

  test("can fail once after it succeeded, and the charge can then be refunded again", async () => {
    const world = startSandbox();
    const { intent } = await paid(world);
    const { id: refund } = await world.stripe.refunds.create({ payment_intent: intent });
    expect(world.controls.settleRefund(refund, "failed")).toBe(true);
    expect(world.controls.settleRefund(refund, "failed")).toBe(false);
    expect(await chargeOf(world, intent)).toMatchObject({ refunded: false, amount_refunded: 0 });
    expect((await world.stripe.events.list({ type: "refund.failed" })).data).toHaveLength(1);
    await world.stripe.refunds.create({ payment_intent: intent });
    expect(await refundsOf(world, intent)).toEqual(["succeeded", "failed"]);
  });

  test("can fail immediately, and then does not count on the charge", async () => {
    const world = startSandbox();
    const { id, intent } = await paid(world);
    world.controls.setRefundStatus(id, "failed");
    expect(await world.stripe.refunds.create({ payment_intent: intent })).toMatchObject({
      status: "failed",
      failure_reason: "expired_or_canceled_card",
    });
    expect(await chargeOf(world, intent)).toMatchObject({ refunded: false, amount_refunded: 0 });
  });

  test("can be changed on the page of the completed checkout and by the controls", async () => {
    const world = startSandbox();
    const { id, intent } = await paid(world);
    const press = async (action: string, refund = "") => {
      const response = await world.sandbox.httpFetch(`http://pay.test/pay/${id}`, {
        method: "POST",
        body: new URLSearchParams({ action, refund }),
      });
      return { status: response.status, text: await response.text() };
    };
    const control = async (path: string, body: object): Promise<unknown> =>
      (
        await world.sandbox.httpFetch(`http://pay.test/_sandbox/${path}`, {
          method: "POST",
          body: JSON.stringify(body),
        })
      ).json();
    await press("refunds_stay_pending");
    expect((await press("refund")).text).toContain('value="refund_arrives"');
    const [refund] = world.controls.refunds(id);
    expect((await press("refund_fails", refund?.id)).text).toContain("$25.00: failed");
    expect(await press("refund_twice")).toMatchObject({ status: 200 });
    expect(await control(`checkouts/${id}/refund`, { amount: 500 })).toEqual({ refunded: true });
    expect(await control(`checkouts/${id}/refund`, { amount: 5_000 })).toEqual({ refunded: false });
    expect(await control(`checkouts/${id}/refunds`, { status: "succeeded" })).toEqual({ set: true });
    expect(await control(`refunds/${world.controls.refunds(id)[1]?.id ?? ""}`, { status: "canceled" })).toEqual({
      settled: true,
    });
    expect(await refundsOf(world, intent)).toEqual(["canceled", "failed"]);
  });
});
