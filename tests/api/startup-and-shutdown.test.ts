import { createHmac } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectProblem, read, readiness, released, reserved } from "./contract-shapes";
import { ADMIN_TOKEN, AS_OPERATOR, Operator, productId } from "./demo-shop";
import { ask, Caller, pay } from "./http-client";
import { startStandIns, turnstile, type StandIns } from "./stand-ins";
import { freePort, startStore, type StoreProcess } from "./store-process";

const MUG = productId("Tide Mug");

let port: number;
let services: StandIns;
let store: StoreProcess | null = null;

beforeAll(async () => {
  port = await freePort();
  services = await startStandIns(port);
  return () => services.close();
});

afterEach(async () => {
  await store?.stop();
  store = null;
  Object.assign(services.database, { before: undefined, after: undefined });
  Object.assign(services.payments, { before: undefined, after: undefined, now: undefined });
});

async function boot(until: "ready" | "alive"): Promise<StoreProcess> {
  store = await startStore({ ...services.env, ADMIN_TOKEN }, { port, until });
  return store;
}

async function inventory(): Promise<unknown> {
  return services.exec("select inventory_count from products where id = $1", [MUG]);
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

describe("until holds are rebuilt", { timeout: 300_000 }, () => {
  it("changes, webhooks and availability get a 503 with Retry-After while pages work; then the store becomes ready by itself", async () => {
    const stripeResponds = turnstile();
    services.payments.before = () => stripeResponds.pass();
    const { url } = await boot("alive");
    await stripeResponds.reached;
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
    for (const response of [changes[0]!, changes[2]!, availability, form])
      expect(response.headers["retry-after"]).toMatch(/^\d+$/);

    stripeResponds.open();
    await expect.poll(async () => (await visitor.get("/readyz")).status, { timeout: 20_000 }).toBe(200);
    read(await visitor.reserve(MUG, 1), 200, reserved);
    read(await visitor.reserve(MUG, 0), 200, reserved);
  });
});

describe("on SIGTERM", { timeout: 300_000 }, () => {
  it("a running fulfilment finishes and gets its response, new connections are refused, and the process exits with 0 within 10 s", async () => {
    const { url, stop } = await boot("ready");
    const buyer = new Caller(url);
    const before = await inventory();
    expect(before).toEqual([{ inventory_count: 24 }]);
    read(await buyer.reserve(MUG, 1), 200, reserved);
    const page = await buyer.openPaymentPage();

    const swap = turnstile();
    services.database.before = async (request) => {
      if (request.method === "PATCH") await swap.pass();
    };
    await pay(page);
    await swap.reached;
    const begin = performance.now();
    const exit = stop("SIGTERM");
    await expect
      .poll(
        () =>
          ask(`${url}/healthz`).then(
            () => "responds",
            () => "refused",
          ),
        { timeout: 5_000 },
      )
      .toBe("refused");
    swap.open();

    expect(await exit).toBe(0);
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(await inventory()).toEqual([{ inventory_count: 23 }]);
    await services.stripe.controls.webhooks.idle();
    expect(
      services.stripe.controls.webhooks.deliveries().map(({ attempts }) => attempts.map(({ status }) => status)),
    ).toEqual([[200]]);

    // After a restart, nothing is left to do.
    const restarted = await boot("ready");
    expect(await new Operator(restarted.url).stock(MUG)).toMatchObject({ inventory: 23, held: 0 });
  });

  it("an idle store exits promptly with 0, also on SIGINT (Ctrl-C)", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { stop } = await boot("ready");
      const begin = performance.now();
      expect(await stop(signal)).toBe(0);
      expect(performance.now() - begin).toBeLessThan(5_000);
    }
  });
});

describe("a clock that is a minute behind Stripe's", { timeout: 300_000 }, () => {
  it("is reported by /readyz and /admin, and shoppers can still pay", async () => {
    services.payments.now = () => Date.now() + 60_000;
    const { url } = await boot("ready");
    const visitor = new Caller(url);
    const { status, warnings } = read(await visitor.get("/readyz"), 200, readiness);
    expect([status, warnings]).toEqual([
      "ready",
      expect.arrayContaining([expect.stringMatching(/ (59|60|61) s behind Stripe's:/)]),
    ]);
    expect((await visitor.get("/admin", AS_OPERATOR)).text).toMatch(/ (59|60|61) s behind Stripe&#x27;s:/);
    read(await visitor.reserve(MUG, 1), 200, reserved);
    await visitor.openPaymentPage();
    read(await visitor.send("DELETE", "/api/reserve-inventory", { json: {} }), 200, released);
  });
});
