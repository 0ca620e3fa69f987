import Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listen, type Listening } from "~/sandbox/listen.server";
import { setSiteOf } from "../words/site";
import { cart, errorOf, line, startSandbox } from "./stripe-sandbox-fixture";

type World = ReturnType<typeof startSandbox>;

const get = ({ sandbox }: World, path: string) => sandbox.httpFetch(`http://pay.test${path}`);
const post = ({ sandbox }: World, path: string, action: string, headers: Record<string, string> = {}) =>
  sandbox.httpFetch(`http://pay.test${path}`, { method: "POST", body: new URLSearchParams({ action }), headers });

beforeEach(() => setSiteOf({ SHOP_LOCALE: "en-US" }));

async function open({ stripe }: World, change: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<string> {
  return (await stripe.checkout.sessions.create(cart(change))).id;
}

describe("the payment page", () => {
  test("is a 404 for an unknown session", async () => {
    const world = startSandbox();
    expect((await get(world, "/pay/cs_test_none")).status).toBe(404);
    expect((await post(world, "/pay/cs_test_none", "pay")).status).toBe(404);
    expect((await post(world, "/pay/cs_test_none/later", "succeeded")).status).toBe(404);
  });

  test("says that an expired session was not charged, and links back to the cart", async () => {
    const world = startSandbox();
    const id = await open(world);
    world.controls.expire(id);
    for (const response of [await get(world, `/pay/${id}`), await post(world, `/pay/${id}`, "pay")]) {
      expect(response.status).toBe(410);
      const page = await response.text();
      expect(page).toContain("This payment page has expired. You haven’t been charged.");
      expect(page).toContain('href="http://shop.test/cart"');
      expect(page).not.toContain("<button");
    }
    expect((await world.stripe.charges.list()).data).toEqual([]);
  });

  test("shows a decline and lets the shopper try again", async () => {
    const world = startSandbox();
    const id = await open(world);
    const response = await post(world, `/pay/${id}`, "decline");
    expect(response.status).toBe(402);
    expect(await response.text()).toMatch(/role="alert">Your card was declined\.[\s\S]*value="pay"/);
    expect((await post(world, `/pay/${id}`, "pay")).status).toBe(303);
  });

  test("rejects an unknown action", async () => {
    const world = startSandbox();
    const id = await open(world, { allowed_payment_method_types: ["card"] });
    expect((await post(world, `/pay/${id}`, "steal")).status).toBe(400);
    expect((await post(world, `/pay/${id}`, "pay_later")).status).toBe(400);
    expect((await post(world, `/pay/${id}/later`, "steal")).status).toBe(400);
    expect(world.controls.session(id)?.status).toBe("open");
  });

  test("says that nobody is charged, and shows the lines, escaped, and the total", async () => {
    const world = startSandbox();
    const id = await open(world, { line_items: [line(1250, 2, "usd", "<b>Mug</b>"), line(300)] });
    const response = await get(world, `/pay/${id}`);
    const page = await response.text();
    expect(page).toContain("You won’t be charged");
    expect(page).toContain("&lt;b&gt;Mug&lt;/b&gt;");
    expect(page).not.toContain("<b>Mug");
    expect(page).toContain("2 × $12.50");
    expect(page).toContain("$28.00");
    for (const action of ["pay", "decline", "pay_later"]) expect(page).toContain(`value="${action}"`);
    expect(page).toContain('href="http://shop.test/cart">Cancel');
    expect(response.headers.get("Referrer-Policy")).toBe("strict-origin-when-cross-origin");
    expect(page).not.toMatch(/<script|src=|url\(|action="/);
  });

  test("speaks the shop's language, in which it writes amounts; the tools for developers stay English", async () => {
    setSiteOf({ SHOP_LOCALE: "de-AT" });
    const world = startSandbox();
    const id = await open(world, { line_items: [line(123_456, 2, "eur", "Mug")], allow_promotion_codes: true });
    await post(world, `/pay/${id}`, "discount");
    const page = await (await get(world, `/pay/${id}`)).text();
    expect(page).toContain('<html lang="de-AT" dir="ltr">');
    expect(page.replaceAll(/\s/gu, " ")).toContain("2 × € 1.234,56");
    expect(page).toContain("Rabatt<");
    expect(page).not.toMatch(/Pay|Decline|Total|Discount|Cancel|charged/);
    expect(await (await post(world, `/pay/${id}`, "decline")).text()).toContain("Deine Karte");
    expect(await (await get(world, "/pay/cs_test_none")).text()).toContain(
      "Wir haben diese Zahlungsseite nicht gefunden.",
    );
    await post(world, `/pay/${id}`, "pay_later");
    expect(await (await get(world, `/pay/${id}/later`)).text()).toContain("Simulieren: Zahlung gelingt");
    await post(world, `/pay/${id}/later`, "succeeded");
    expect(await (await get(world, `/pay/${id}`)).text()).toMatch(
      /Bestellung ansehen[^]*<section lang="en"[^]*Refunds/,
    );
    const expired = await open(world);
    world.controls.expire(expired);
    expect(await (await get(world, `/pay/${expired}`)).text()).toContain("Zahlungsseite abgelaufen");
  });

  test("offers to pay later only if the session allows it, and neither that nor a decline for a free order", async () => {
    const world = startSandbox();
    const card = await (
      await get(world, `/pay/${await open(world, { allowed_payment_method_types: ["card"] })}`)
    ).text();
    expect(card).toContain('value="decline"');
    expect(card).not.toContain("pay_later");
    const free = await (await get(world, `/pay/${await open(world, { line_items: [line(0)] })}`)).text();
    expect(free).toContain("Complete order");
    expect(free).not.toMatch(/value="(decline|pay_later)"/);
  });

  test("redirects to the success_url with the session's id after paying; a second submit redirects without charging", async () => {
    const world = startSandbox();
    const id = await open(world, {
      success_url: "http://shop.test/orders/{CHECKOUT_SESSION_ID}?x=%7BCHECKOUT_SESSION_ID%7D",
    });
    const responses = await Promise.all([post(world, `/pay/${id}`, "pay"), post(world, `/pay/${id}`, "pay")]);
    for (const response of responses) {
      expect(response.status).toBe(303);
      expect(response.headers.get("Location")).toBe(`http://shop.test/orders/${id}?x=%7BCHECKOUT_SESSION_ID%7D`);
    }
    expect((await world.stripe.charges.list()).data).toHaveLength(1);
    await world.runTimers();
    expect(world.received).toHaveLength(1);
    const page = await (await get(world, `/pay/${id}`)).text();
    expect(page).toContain("already complete");
    expect(page).toContain(`href="http://shop.test/orders/${id}`);
  });

  test("has a page of its own to complete a delayed payment, once", async () => {
    const world = startSandbox();
    const id = await open(world);
    expect(await (await get(world, `/pay/${id}/later`)).text()).toContain('value="pay"');
    expect((await post(world, `/pay/${id}`, "pay_later")).status).toBe(303);
    expect(world.controls.session(id)).toMatchObject({ status: "complete", payment_status: "unpaid" });
    expect(await (await get(world, `/pay/${id}/later`)).text()).toContain('value="succeeded"');
    expect(await (await post(world, `/pay/${id}/later`, "succeeded")).text()).toContain("This payment has succeeded.");
    expect(world.controls.session(id)?.payment_status).toBe("paid");
    expect((await post(world, `/pay/${id}/later`, "failed")).status).toBe(409);
    expect(world.controls.session(id)?.payment_status).toBe("paid");
  });

  test("works below a path prefix", async () => {
    const world = startSandbox({ paymentPageBase: () => "http://shop.test/sandbox" });
    const id = await open(world);
    expect((await get(world, `/sandbox/pay/${id}`)).status).toBe(200);
    expect((await post(world, `/sandbox/pay/${id}`, "pay")).status).toBe(303);
    expect(world.controls.session(id)?.payment_status).toBe("paid");
  });

  test("responds with JSON if asked to", async () => {
    const world = startSandbox();
    const id = await open(world);
    const json = { Accept: "application/json" };
    const declined = await post(world, `/pay/${id}`, "decline", json);
    expect([declined.status, await declined.json()]).toEqual([
      402,
      { outcome: "declined", status: "open", payment_status: "unpaid", redirect_url: null },
    ]);
    const paid = await post(world, `/pay/${id}`, "pay", json);
    expect(await paid.json()).toEqual({
      outcome: "paid",
      status: "complete",
      payment_status: "paid",
      redirect_url: `http://shop.test/orders/${id}`,
    });
    expect((await post(world, `/pay/${id}`, "pay", json)).status).toBe(409);
    expect((await post(world, "/pay/cs_test_none", "pay", json)).status).toBe(404);
  });
});

describe("over HTTP", () => {
  const listening: Listening[] = [];
  afterEach(async () => {
    await Promise.all(listening.splice(0).map((server) => server.close()));
  });
  async function serve(fetch: (request: Request) => Promise<Response>) {
    const server = await listen(fetch, 0);
    listening.push(server);
    return server;
  }

  test("listening on a port in use rejects", async () => {
    const { port } = await serve(async () => new Response("first"));
    await expect(listen(async () => new Response("second"), port)).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("the SDK, the page and a webhook receiver work together, and a cut connection is a connection error", async () => {
    const bodies: [string, string][] = [];
    const receiver = await serve(async (request) => {
      bodies.push([await request.text(), request.headers.get("Stripe-Signature") ?? ""]);
      return new Response("ok");
    });
    const { sandbox, controls } = startSandbox({
      deliver: fetch,
      schedule: (run, delayMs) => void setTimeout(run, delayMs),
      webhookUrls: [`http://127.0.0.1:${String(receiver.port)}/hook`],
    });
    const { port } = await serve(sandbox.fetch);
    const stripe = new Stripe("sk_test_sandbox", {
      protocol: "http",
      host: "127.0.0.1",
      port,
      maxNetworkRetries: 0,
      telemetry: false,
    });
    const { id } = await stripe.checkout.sessions.create(cart());
    const base = `http://127.0.0.1:${String(port)}`;
    const paid = await fetch(`${base}/pay/${id}`, {
      method: "POST",
      body: new URLSearchParams({ action: "pay" }),
      redirect: "manual",
    });
    expect([paid.status, paid.headers.get("Location")]).toEqual([303, `http://shop.test/orders/${id}`]);
    await controls.webhooks.idle();
    const [[body, signature] = ["", ""]] = bodies;
    expect(stripe.webhooks.constructEvent(body, signature, "whsec_sandbox")).toMatchObject({
      data: { object: { id } },
    });
    // The SDK always retries a reset connection once.
    controls.failNext({ disconnect: true, times: 2 });
    expect((await errorOf(stripe.checkout.sessions.retrieve(id))).type).toBe("StripeConnectionError");
    await sandbox.close();
  });
});

describe("the controls over HTTP", () => {
  const command = (world: World, path: string, body: unknown) =>
    world.sandbox.httpFetch(`http://pay.test/_sandbox/${path}`, { method: "POST", body: JSON.stringify(body) });

  test("reject unknown commands", async () => {
    const world = startSandbox();
    expect((await command(world, "webhooks", { action: "explode" })).status).toBe(400);
    expect((await command(world, "faults", { status: 200 })).status).toBe(400);
    expect(
      (await world.sandbox.httpFetch("http://pay.test/_sandbox/faults", { method: "POST", body: "{" })).status,
    ).toBe(400);
    expect((await command(world, "webhooks", { action: "resend", event_id: "evt_none" })).status).toBe(404);
  });

  test("can pay, settle, expire, hold, release, fail, list and reset", async () => {
    const world = startSandbox();
    await command(world, "prices", [{ id: "price_mug", currency: "usd", unit_amount: 900, product_name: "Mug" }]);
    const id = await open(world, { line_items: [{ price: "price_mug", quantity: 1 }] });
    await command(world, "webhooks", { action: "rule", hold: true });
    expect(await (await command(world, `checkouts/${id}`, { action: "pay_later" })).json()).toMatchObject({
      outcome: "processing",
    });
    expect(await (await command(world, `checkouts/${id}`, { action: "payment_arrives" })).json()).toEqual({
      outcome: "settled",
    });
    expect(await (await command(world, `checkouts/${id}`, { action: "expire" })).json()).toEqual({
      outcome: "not_open",
    });
    expect(await (await world.sandbox.httpFetch("http://pay.test/_sandbox/webhooks")).json()).toMatchObject({
      deliveries: [{ state: "held" }, { state: "held" }],
    });
    await command(world, "webhooks", { action: "release", order: "reversed" });
    expect(world.received.map(({ body }): unknown => JSON.parse(body))).toMatchObject([
      { type: "checkout.session.async_payment_succeeded" },
      { type: "checkout.session.completed" },
    ]);
    await command(world, "faults", { path: "/v1/checkout/sessions/*", status: 500 });
    expect((await errorOf(world.stripe.checkout.sessions.retrieve(id))).statusCode).toBe(500);
    expect(await (await world.sandbox.httpFetch("http://pay.test/_sandbox/checkouts")).json()).toMatchObject({
      sessions: [{ id }],
    });
    expect(await (await world.sandbox.httpFetch("http://pay.test/_sandbox/calls")).json()).toMatchObject({
      calls: [{ status: 200 }, { status: 500 }],
    });
    await command(world, "reset", {});
    expect(world.controls.sessions()).toEqual([]);
  });
});
