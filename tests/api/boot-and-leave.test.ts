import { createHmac } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectProblem, read, readiness, released, reserved } from "./contract-shapes";
import { ADMIN_TOKEN, AS_OPERATOR, Operator, productId } from "./demo-shop";
import { ask, Caller, pay } from "./http-client";
import { startStandIns, turnstile, type StandIns } from "./stand-ins";
import { freePort, startStore, type StoreProcess } from "./store-process";

const MUG = productId("Tide Mug");

let port: number;
let outside: StandIns;
let store: StoreProcess | null = null;

beforeAll(async () => {
  port = await freePort();
  outside = await startStandIns(port);
  return () => outside.close();
}, 60_000);

afterEach(async () => {
  await store?.stop();
  store = null;
  Object.assign(outside.database, { before: undefined, after: undefined });
  Object.assign(outside.payments, { before: undefined, after: undefined, now: undefined });
});

async function boot(until: "ready" | "alive"): Promise<StoreProcess> {
  store = await startStore({ ...outside.env, ADMIN_TOKEN }, { port, until });
  return store;
}

async function inventory(): Promise<unknown> {
  return outside.exec("select inventory_count from products where id = $1", [MUG]);
}

function signedEvent(checkoutId: string) {
  const body = JSON.stringify({
    id: "evt_1",
    object: "event",
    type: "checkout.session.completed",
    livemode: false,
    data: { object: { id: checkoutId, object: "checkout.session", livemode: false } },
  });
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", "whsec_sandbox").update(`${at}.${body}`).digest("hex");
  return { body, headers: { "Content-Type": "application/json", "Stripe-Signature": `t=${at},v1=${signature}` } };
}

describe("until holds are rebuilt", { timeout: 150_000 }, () => {
  it("changes, the webhook and what is available answer 503 with Retry-After while pages render; then the store is ready by itself", async () => {
    const stripeAnswers = turnstile();
    outside.payments.before = () => stripeAnswers.pass();
    const { url } = await boot("alive");
    await stripeAnswers.reached;
    const visitor = new Caller(url);

    expect(read(await visitor.get("/readyz"), 503, readiness).status).toBe("rebuilding");
    const event = signedEvent("cs_test_1");
    const changes = [
      await visitor.reserve(MUG, 1),
      await visitor.send("DELETE", "/api/reserve-inventory", { json: { items: [{ product_id: MUG }] } }),
      await ask(`${url}/api/webhooks/stripe`, { method: "POST", ...event }),
    ];
    expectProblem(changes[0]!, 503, "unavailable");
    expectProblem(changes[2]!, 503, "unavailable");
    const availability = await visitor.get(`/api/availability?product_id=${MUG}`);
    expectProblem(availability, 503, "unavailable");
    for (const path of ["/", `/products/${MUG}`, "/cart"]) expect((await visitor.get(path)).status, path).toBe(200);
    const form = await visitor.send("POST", "/cart", { form: { intent: "add", product_id: MUG, quantity: "1" } });
    expect(form.status).toBe(503);
    expect(form.headers["content-type"]).toContain("text/html");
    for (const answer of [changes[0]!, changes[2]!, availability, form])
      expect(answer.headers["retry-after"]).toMatch(/^\d+$/);

    stripeAnswers.open();
    await expect.poll(async () => (await visitor.get("/readyz")).status, { timeout: 20_000 }).toBe(200);
    read(await visitor.reserve(MUG, 1), 200, reserved);
    read(await visitor.reserve(MUG, 0), 200, reserved);
  });
});

describe("on SIGTERM", { timeout: 150_000 }, () => {
  it("a running fulfilment is finished and answered, nobody new is let in, and the process ends with 0 within 10 s", async () => {
    const { url, stop } = await boot("ready");
    const buyer = new Caller(url);
    const before = await inventory();
    expect(before).toEqual([{ inventory_count: 24 }]);
    read(await buyer.reserve(MUG, 1), 200, reserved);
    const page = await buyer.openPaymentPage();

    const swap = turnstile();
    outside.database.before = async (request) => {
      if (request.method === "PATCH") await swap.pass();
    };
    await pay(page);
    await swap.reached;
    const begin = performance.now();
    const left = stop("SIGTERM");
    await expect
      .poll(
        () =>
          ask(`${url}/healthz`).then(
            () => "answers",
            () => "refused",
          ),
        { timeout: 5_000 },
      )
      .toBe("refused");
    swap.open();

    expect(await left).toBe(0);
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(await inventory()).toEqual([{ inventory_count: 23 }]);
    await outside.stripe.controls.webhooks.idle();
    expect(
      outside.stripe.controls.webhooks.deliveries().map(({ attempts }) => attempts.map(({ status }) => status)),
    ).toEqual([[200]]);

    // The next boot finds nothing left to do.
    const again = await boot("ready");
    expect(await new Operator(again.url).stock(MUG)).toMatchObject({ inventory: 23, held: 0 });
  });

  it("an idle store ends at once with 0, also by Ctrl-C", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { stop } = await boot("ready");
      const begin = performance.now();
      expect(await stop(signal)).toBe(0);
      expect(performance.now() - begin).toBeLessThan(5_000);
    }
  });
});

describe("a clock that is a minute behind Stripe's", { timeout: 150_000 }, () => {
  it("is told by /readyz and by /admin, and shoppers can pay all the same", async () => {
    outside.payments.now = () => Date.now() + 60_000;
    const { url } = await boot("ready");
    const visitor = new Caller(url);
    const { status, warnings } = read(await visitor.get("/readyz"), 200, readiness);
    expect([status, warnings]).toEqual([
      "ready",
      expect.arrayContaining([expect.stringMatching(/ s behind Stripe's/)]),
    ]);
    expect((await visitor.get("/admin", AS_OPERATOR)).text).toContain("s behind Stripe");
    read(await visitor.reserve(MUG, 1), 200, reserved);
    await visitor.openPaymentPage();
    read(await visitor.send("DELETE", "/api/reserve-inventory", { json: {} }), 200, released);
  });
});
