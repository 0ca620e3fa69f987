import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { cart, errorOf, line, START, startSandbox } from "./stripe-sandbox-fixture";

type World = ReturnType<typeof startSandbox>;

function eventsReceived({ stripe, received }: World): Stripe.Event[] {
  return received.map(({ body, signature }) => stripe.webhooks.constructEvent(body, signature, "whsec_sandbox"));
}

async function open({ stripe }: World): Promise<string> {
  return (await stripe.checkout.sessions.create(cart())).id;
}

describe("an event", () => {
  test("is rejected by the SDK if its body was changed or the secret differs", async () => {
    const world = startSandbox();
    world.controls.pay(await open(world));
    await world.runTimers();
    const [delivery] = world.received;
    const { body = "", signature = "" } = delivery ?? {};
    const { webhooks } = world.stripe;
    expect(() => webhooks.constructEvent(body, signature, "whsec_other")).toThrow(/signature/);
    expect(() => webhooks.constructEvent(body.replace("complete", "expired"), signature, "whsec_sandbox")).toThrow(
      /signature/,
    );
    const again = JSON.stringify(JSON.parse(body));
    expect(() => webhooks.constructEvent(again, signature, "whsec_sandbox")).toThrow(/signature/);
    expect(webhooks.constructEvent(body, signature, "whsec_sandbox").type).toBe("checkout.session.completed");
  });

  test("contains a snapshot of the session", async () => {
    const world = startSandbox();
    const id = await open(world);
    world.controls.pay(id);
    await world.stripe.checkout.sessions.update(id, { metadata: { mark: "done" } });
    await world.runTimers();
    const [event] = eventsReceived(world);
    expect(event).toMatchObject({
      object: "event",
      api_version: "2026-10-28.endive",
      livemode: false,
      pending_webhooks: 1,
      created: START / 1000,
      type: "checkout.session.completed",
      data: { object: { id, status: "complete", payment_status: "paid" } },
    });
    expect(event?.data.object).toHaveProperty("metadata", {});
    const stored = await world.stripe.events.retrieve(event?.id ?? "");
    expect(stored).toMatchObject({ id: event?.id, type: event?.type });
    expect(stored.data.object).toHaveProperty("metadata", {});
    expect((await world.stripe.checkout.sessions.retrieve(id)).metadata).toEqual({ mark: "done" });
    expect(await errorOf(world.stripe.events.retrieve("evt_none"))).toMatchObject({ code: "resource_missing" });
  });

  test("is sent for every way a session can end, and only for types that the endpoint is subscribed to", async () => {
    const world = startSandbox();
    const [arrives, fails, expires, declines] = [
      await open(world),
      await open(world),
      await open(world),
      await open(world),
    ];
    world.controls.decline(declines);
    world.controls.payLater(arrives);
    world.controls.payLater(fails);
    world.controls.settle(arrives, "succeeded");
    world.controls.settle(fails, "failed");
    await world.stripe.checkout.sessions.expire(expires);
    await world.runTimers();
    const seen = eventsReceived(world).map(({ type, data: { object } }) => [
      type,
      "id" in object && object.id,
      "payment_status" in object && object.payment_status,
    ]);
    expect(seen).toEqual([
      ["checkout.session.completed", arrives, "unpaid"],
      ["checkout.session.completed", fails, "unpaid"],
      ["checkout.session.async_payment_succeeded", arrives, "paid"],
      ["checkout.session.async_payment_failed", fails, "unpaid"],
      ["checkout.session.expired", expires, "unpaid"],
    ]);
    const all = (await world.stripe.events.list({ limit: 100 })).data.map(({ type }) => type);
    expect(all).toContain("payment_intent.payment_failed");
  });

  test("of any type is sent if the endpoint is subscribed to all", async () => {
    const world = startSandbox({ webhookEvents: ["*"] });
    const session = await world.stripe.checkout.sessions.create(cart({ line_items: [line(900)] }));
    world.controls.pay(session.id);
    await world.stripe.refunds.create({ payment_intent: String(world.controls.session(session.id)?.payment_intent) });
    await world.runTimers();
    expect(eventsReceived(world).map(({ type }) => type)).toEqual([
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
      "checkout.session.completed",
      "refund.created",
      "charge.refunded",
    ]);
  });

  test("is sent to every endpoint; endpoints are listed without their secret", async () => {
    const world = startSandbox({ webhookUrls: ["http://a.test/", "http://b.test/"] });
    world.controls.pay(await open(world));
    await world.runTimers();
    expect(world.received.map(({ url }) => url)).toEqual(["http://a.test/", "http://b.test/"]);
    const endpoints = (await world.stripe.webhookEndpoints.list()).data;
    expect(endpoints.map(({ url, status }) => [url, status])).toEqual([
      ["http://a.test/", "enabled"],
      ["http://b.test/", "enabled"],
    ]);
    expect(endpoints[0]?.secret).toBeUndefined();
  });
});

describe("a failed delivery", () => {
  test("is retried with growing delays and a new signature until the response is 2xx", async () => {
    const world = startSandbox();
    world.respondWith(500, new TypeError("fetch failed"), 302, 204);
    world.controls.pay(await open(world));
    const delays: number[] = [];
    while (world.timers.length > 0) delays.push(...(await world.runTimers()));
    expect(delays).toEqual([0, 500, 1000, 2000]);
    expect(new Set(eventsReceived(world).map(({ id }) => id)).size).toBe(1);
    expect(world.received.map(({ redirect }) => redirect)).toEqual(Array(4).fill("manual"));
    expect(world.controls.webhooks.deliveries()).toMatchObject([
      {
        state: "delivered",
        attempts: [{ status: 500 }, { status: null, error: "fetch failed" }, { status: 302 }, { status: 204 }],
      },
    ]);
  });

  test("is given up after 15 attempts, at most a minute apart", async () => {
    const world = startSandbox();
    world.respondWith(...Array<number>(99).fill(503));
    world.controls.pay(await open(world));
    const delays: number[] = [];
    while (world.timers.length > 0) delays.push(...(await world.runTimers()));
    expect(delays).toHaveLength(15);
    expect(Math.max(...delays)).toBe(60_000);
    expect(world.controls.webhooks.deliveries()[0]?.state).toBe("failed");
  });

  test("is not retried once the stand-in is closed", async () => {
    const world = startSandbox();
    world.respondWith(500);
    world.controls.pay(await open(world));
    await world.runTimers();
    await world.sandbox.close();
    await world.runTimers();
    expect(world.received).toHaveLength(1);
  });

  test("is aborted if the stand-in is closed meanwhile", async () => {
    let aborted = false;
    const world = startSandbox({
      deliver: (_input, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => {
            aborted = true;
            reject(new Error("aborted"));
          });
        }),
    });
    world.controls.pay(await open(world));
    for (const { run } of world.timers) run();
    await world.sandbox.close();
    expect(aborted).toBe(true);
  });
});

describe("an event can be", () => {
  test("dropped until it is resent", async () => {
    const world = startSandbox();
    world.controls.webhooks.rule({ type: "checkout.session.completed", drop: true, times: 1 });
    world.controls.pay(await open(world));
    await world.runTimers();
    expect(world.received).toEqual([]);
    expect(world.controls.webhooks.resend("evt_none")).toBe(false);
    expect(world.controls.webhooks.resend(world.controls.webhooks.deliveries()[0]?.eventId ?? "")).toBe(true);
    await world.runTimers();
    expect(eventsReceived(world)).toHaveLength(1);
    world.controls.pay(await open(world));
    await world.runTimers();
    expect(world.received).toHaveLength(2);
  });

  test("duplicated", async () => {
    const world = startSandbox();
    world.controls.webhooks.rule({ duplicate: 2 });
    world.controls.pay(await open(world));
    await world.runTimers();
    const ids = eventsReceived(world).map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  test("delayed", async () => {
    const world = startSandbox();
    world.controls.webhooks.rule({ type: "checkout.session.expired", delayMs: 90_000 });
    const id = await open(world);
    world.controls.expire(id);
    expect(await world.runTimers()).toEqual([90_000]);
  });

  test("held, and released one by one in another order", async () => {
    const world = startSandbox();
    world.controls.webhooks.rule({ hold: true });
    const ids = [await open(world), await open(world), await open(world)];
    for (const id of ids) world.controls.pay(id);
    await world.runTimers();
    expect(world.received).toEqual([]);
    const [a, b, c] = world.controls.webhooks.deliveries().map(({ eventId }) => eventId);
    await world.controls.webhooks.release([b ?? ""]);
    await world.controls.webhooks.release("reversed");
    await world.controls.webhooks.release();
    expect(eventsReceived(world).map(({ id }) => id)).toEqual([b, c, a]);
    world.controls.webhooks.clearRules();
    world.controls.pay(await open(world));
    await world.runTimers();
    expect(world.received).toHaveLength(4);
  });

  test("awaited: idle means no delivery or retry is outstanding, held events aside", async () => {
    const world = startSandbox();
    await world.controls.webhooks.idle();
    world.respondWith(500);
    world.controls.pay(await open(world));
    world.controls.webhooks.rule({ hold: true });
    world.controls.pay(await open(world));
    let isIdle = false;
    const idle = world.controls.webhooks.idle().then(() => {
      isIdle = true;
    });
    await world.runTimers();
    expect(isIdle).toBe(false);
    await world.runTimers();
    await idle;
    expect(world.received).toHaveLength(2);
  });

  test("sent to other endpoints once the URLs are changed", async () => {
    const world = startSandbox({ webhookUrls: [] });
    world.controls.webhooks.setUrls(["http://late.test/"]);
    world.controls.pay(await open(world));
    await world.runTimers();
    expect(world.received.map(({ url }) => url)).toEqual(["http://late.test/"]);
  });
});
