import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { cart, containing, errorOf, line, START, startSandbox } from "./stripe-sandbox-fixture";

const NOW_S = START / 1000;

/** Sends a request that the SDK's types do not allow. */
async function rawCreate(
  httpFetch: typeof fetch,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return httpFetch("http://stripe.test/v1/checkout/sessions", {
    method: "POST",
    headers: {
      Authorization: "Bearer sk_test_sandbox",
      "Content-Type": "application/x-www-form-urlencoded",
      ...headers,
    },
    body,
  });
}
const MINIMAL =
  "mode=payment&success_url=http%3A%2F%2Fshop.test%2F&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd" +
  "&line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=Mug";

describe("creating a session rejects", () => {
  test("a wrong key with a 401 that shows only its ends", async () => {
    const { client } = startSandbox();
    const error = await errorOf(client("sk_test_of_someone_else").checkout.sessions.create(cart()));
    expect(error).toMatchObject({
      type: "StripeAuthenticationError",
      statusCode: 401,
      rawType: "invalid_request_error",
    });
    expect(error.message).toMatch(/^Invalid API Key provided: sk_test_\*+else$/);
    expect(error.code).toBeUndefined();
  });

  test("a missing key with a 401", async () => {
    const { sandbox } = startSandbox();
    const response = await sandbox.httpFetch("http://stripe.test/v1/checkout/sessions");
    expect(response.status).toBe(401);
  });

  test("an unknown parameter at any depth, with a 400 that names it", async () => {
    const { sandbox } = startSandbox();
    for (const [body, param] of [
      [`${MINIMAL}&colour=red`, "colour"],
      [`${MINIMAL}&line_items[0][colour]=red`, "line_items[0][colour]"],
      [
        `${MINIMAL}&line_items[0][price_data][product_data][colour]=red`,
        "line_items[0][price_data][product_data][colour]",
      ],
    ] as const) {
      const response = await rawCreate(sandbox.httpFetch, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        error: {
          type: "invalid_request_error",
          code: "parameter_unknown",
          param,
          message: `Received unknown parameter: ${param}`,
        },
      });
    }
    expect((await rawCreate(sandbox.httpFetch, MINIMAL)).status).toBe(200);
  });

  test("payment_method_types since API version 2026-09-30, but not before", async () => {
    const { sandbox } = startSandbox();
    const body = `${MINIMAL}&payment_method_types[0]=card`;
    const now = await rawCreate(sandbox.httpFetch, body);
    expect(await now.json()).toMatchObject({ error: { code: "parameter_unknown", param: "payment_method_types" } });
    const before = await rawCreate(sandbox.httpFetch, body, { "Stripe-Version": "2026-08-26.dahlia" });
    expect(before.headers.get("Stripe-Version")).toBe("2026-08-26.dahlia");
    expect(await before.json()).toMatchObject({ payment_method_types: ["card"], allowed_payment_method_types: null });
  });

  test("a language that Stripe's page does not speak", async () => {
    const { stripe } = startSandbox();
    expect(await errorOf(stripe.checkout.sessions.create(cart({ locale: "de-AT" })))).toMatchObject({
      param: "locale",
    });
  });

  test("a missing parameter, naming it", async () => {
    const { stripe, sandbox } = startSandbox();
    expect(await errorOf(stripe.checkout.sessions.create({ mode: "payment", line_items: [line(500)] }))).toMatchObject({
      code: "parameter_missing",
      param: "success_url",
      message: "Missing required param: success_url.",
    });
    const response = await rawCreate(sandbox.httpFetch, MINIMAL.replace("&line_items[0][quantity]=1", ""));
    expect(await response.json()).toMatchObject({
      error: { code: "parameter_missing", param: "line_items[0][quantity]" },
    });
  });

  const lineOf = (change: Partial<Stripe.Checkout.SessionCreateParams.LineItem.PriceData.ProductData>) => ({
    price_data: { currency: "usd", unit_amount: 500, product_data: { name: "Mug", ...change } },
    quantity: 1,
  });
  test.each<[string, Partial<Stripe.Checkout.SessionCreateParams>, Record<string, unknown>]>([
    [
      "an empty description",
      { line_items: [lineOf({ description: "" })] },
      { code: "parameter_invalid_empty", param: "line_items[0][price_data][product_data][description]" },
    ],
    [
      "an image that is not a URL",
      { line_items: [lineOf({ images: ["mug.png"] })] },
      { code: "url_invalid", param: "line_items[0][price_data][product_data][images][0]" },
    ],
    [
      "nine images",
      { line_items: [lineOf({ images: Array<string>(9).fill("http://shop.test/mug.png") })] },
      { statusCode: 400 },
    ],
    [
      "a fractional price",
      { line_items: [line(12.5)] },
      { code: "parameter_invalid_integer", message: "Invalid integer: 12.5" },
    ],
    ["a negative price", { line_items: [line(-1)] }, { code: "parameter_invalid_integer" }],
    [
      "a quantity of 0",
      { line_items: [line(500, 0)] },
      { code: "parameter_invalid_integer", param: "line_items[0][quantity]" },
    ],
    ["an unknown currency", { line_items: [line(500, 1, "xyz")] }, { param: "line_items[0][price_data][currency]" }],
    [
      "two currencies",
      { line_items: [line(500), line(500, 1, "eur")] },
      { statusCode: 400, message: containing("doesn't match the expected currency") },
    ],
    ["both price and price_data", { line_items: [{ ...line(500), price: "price_mug" }] }, { param: "line_items[0]" }],
    ["no lines", { line_items: [] }, { param: "line_items" }],
    ["101 lines", { line_items: Array.from({ length: 101 }, () => line(500)) }, { param: "line_items" }],
    ["an invalid success_url", { success_url: "/orders" }, { code: "url_invalid", param: "success_url" }],
    ["a reference of 201 characters", { client_reference_id: "x".repeat(201) }, { param: "client_reference_id" }],
    ["an invalid email address", { customer_email: "nobody" }, { code: "email_invalid", param: "customer_email" }],
    [
      "an unknown payment method",
      { allowed_payment_method_types: ["cash"] },
      { param: "allowed_payment_method_types[0]" },
    ],
    ["only payment methods of another currency", { allowed_payment_method_types: ["sepa_debit"] }, { statusCode: 400 }],
    [
      "a parameter that the stand-in does not support",
      { discounts: [{ coupon: "half" }] },
      { code: "sandbox_unsupported", param: "discounts" },
    ],
    [
      "an unknown Price",
      { line_items: [{ price: "price_gone", quantity: 1 }] },
      {
        statusCode: 400,
        code: "resource_missing",
        message: "No such price: 'price_gone'",
        param: "line_items[0][price]",
      },
    ],
    [
      "an expiry in less than 30 minutes",
      { expires_at: NOW_S + 1799 },
      {
        param: "expires_at",
        message: "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
      },
    ],
    [
      "an expiry in 24 hours or more",
      { expires_at: NOW_S + 86_400 },
      {
        param: "expires_at",
        message: "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
      },
    ],
    ["a metadata key of 41 characters", { metadata: { ["k".repeat(41)]: "v" } }, { param: "metadata" }],
    ["a metadata value of 501 characters", { metadata: { note: "v".repeat(501) } }, { param: "metadata[note]" }],
    [
      "51 metadata keys",
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${String(i)}`, "v"])) },
      { message: containing("Metadata can have up to 50 keys, but you've set 51.") },
    ],
    [
      "51 metadata keys for the payment",
      {
        payment_intent_data: {
          metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${String(i)}`, "v"])),
        },
      },
      { statusCode: 400 },
    ],
    ["a property that cannot be expanded", { expand: ["status"] }, { param: "expand[]" }],
  ])("%s", async (_name, change, expected) => {
    const { stripe, controls } = startSandbox();
    const error = await errorOf(stripe.checkout.sessions.create(cart(change)));
    expect(error).toMatchObject({ type: "StripeInvalidRequestError", rawType: "invalid_request_error", ...expected });
    expect(error.requestId).toMatch(/^req_/);
    expect(controls.sessions()).toEqual([]);
  });

  test.each([
    ["usd", 49, "$0.50"],
    ["eur", 49, "€0.50"],
    ["gbp", 29, "£0.30"],
    ["jpy", 49, "¥50"],
  ])("a total below Stripe's minimum charge in %s", async (currency, amount, minimum) => {
    const { stripe } = startSandbox();
    const error = await errorOf(stripe.checkout.sessions.create(cart({ line_items: [line(amount, 1, currency)] })));
    expect(error).toMatchObject({
      code: "amount_too_small",
      message: `The Checkout Session's total amount due must add up to at least ${minimum} ${currency}`,
    });
    const session = await stripe.checkout.sessions.create(cart({ line_items: [line(amount + 1, 1, currency)] }));
    expect(session.amount_total).toBe(amount + 1);
  });

  test("nothing at the limits themselves", async () => {
    const { stripe } = startSandbox();
    const full = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`${"k".repeat(38)}${String(i).padStart(2, "0")}`, "v".repeat(500)]),
    );
    for (const change of [{ expires_at: NOW_S + 1800 }, { expires_at: NOW_S + 86_399 }, { metadata: full }]) {
      expect(await stripe.checkout.sessions.create(cart(change))).toMatchObject(change);
    }
  });

  test("an unknown URL with Stripe's 404", async () => {
    const { stripe } = startSandbox();
    const error = await errorOf(stripe.customers.list());
    expect(error).toMatchObject({
      statusCode: 404,
      message: containing("Unrecognized request URL (GET: /v1/customers)"),
    });
  });
});

describe("an open session", () => {
  test("has a total, an expiry, no payment yet and the URL of its payment page", async () => {
    const { stripe } = startSandbox();
    const session = await stripe.checkout.sessions.create(
      cart({ metadata: { claim: "c1" }, client_reference_id: "ref" }),
    );
    expect(session).toMatchObject({
      object: "checkout.session",
      status: "open",
      payment_status: "unpaid",
      payment_intent: null,
      livemode: false,
      mode: "payment",
      amount_subtotal: 2500,
      amount_total: 2500,
      currency: "usd",
      created: NOW_S,
      expires_at: NOW_S + 86_400,
      metadata: { claim: "c1" },
      client_reference_id: "ref",
      url: `http://pay.test/pay/${session.id}`,
      success_url: "http://shop.test/orders/{CHECKOUT_SESSION_ID}",
    });
    expect(session.id).toMatch(/^cs_test_\w{58}$/);
    expect(session.line_items).toBeUndefined();
    expect(session.lastResponse).toMatchObject({ requestId: containing("req_"), apiVersion: "2026-10-28.endive" });
  });

  test("has its payment page on the host that the shopper uses", async () => {
    const { stripe } = startSandbox({ paymentPageBase: (successUrl) => `${new URL(successUrl).origin}/sandbox` });
    const session = await stripe.checkout.sessions.create(cart({ success_url: "http://127.0.0.1:3000/x" }));
    expect(session.url).toBe(`http://127.0.0.1:3000/sandbox/pay/${session.id}`);
  });

  test("offers the dashboard's payment methods, including a delayed one, or those allowed for the currency", async () => {
    const { stripe } = startSandbox();
    const methods = async (change: Partial<Stripe.Checkout.SessionCreateParams>) =>
      (await stripe.checkout.sessions.create(cart(change))).payment_method_types;
    expect(await methods({})).toEqual(["card", "us_bank_account"]);
    expect(await methods({ line_items: [line(500, 1, "eur")] })).toEqual(["card", "sepa_debit"]);
    expect(await methods({ allowed_payment_method_types: ["card"] })).toEqual(["card"]);
    expect(await methods({ allowed_payment_method_types: ["card", "sepa_debit"] })).toEqual(["card"]);
    expect(await methods({ excluded_payment_method_types: ["us_bank_account"] })).toEqual(["card"]);
  });

  test("returns its shipping, tax and promotion settings", async () => {
    const { stripe, controls } = startSandbox();
    const session = await stripe.checkout.sessions.create(
      cart({
        shipping_address_collection: { allowed_countries: ["DE", "US"] },
        shipping_options: [{ shipping_rate: "shr_1" }],
        automatic_tax: { enabled: true },
        allow_promotion_codes: true,
        locale: "de",
      }),
    );
    expect(session).toMatchObject({
      shipping_address_collection: { allowed_countries: ["DE", "US"] },
      shipping_options: [{ shipping_rate: "shr_1" }],
      automatic_tax: { enabled: true },
      allow_promotion_codes: true,
      locale: "de",
    });
    controls.pay(session.id);
    expect(controls.session(session.id)).toMatchObject({
      shipping_cost: { shipping_rate: "shr_1" },
      automatic_tax: { status: "complete" },
      collected_information: { shipping_details: { address: { country: "US" } } },
    });
  });

  test("keeps what one session collects out of every other", async () => {
    const { stripe, controls } = startSandbox();
    const withShipping = cart({ shipping_address_collection: { allowed_countries: ["US"] } });
    const [paid, open] = [
      await stripe.checkout.sessions.create(withShipping),
      await stripe.checkout.sessions.create(cart()),
    ];
    controls.pay(paid.id);
    const later = await stripe.checkout.sessions.create(cart());
    for (const { id } of [open, later])
      expect(controls.session(id)).toMatchObject({ collected_information: { shipping_details: null } });
  });

  test("applies shipping, tax and a discount, and charges the sum", async () => {
    const { stripe, controls } = startSandbox();
    const { id } = await stripe.checkout.sessions.create(
      cart({
        line_items: [line(1000, 2)],
        shipping_options: [{ shipping_rate: "shr_1" }],
        automatic_tax: { enabled: true },
        allow_promotion_codes: true,
      }),
    );
    expect(controls.edit(id, { action: "discount", percent: 25 })).toBe(true);
    // No tax yet, since there is no address.
    expect(controls.session(id)).toMatchObject({
      amount_subtotal: 2000,
      amount_total: 2000,
      total_details: { amount_discount: 500, amount_shipping: 500, amount_tax: 0 },
    });
    controls.pay(id);
    expect(controls.session(id)).toMatchObject({
      amount_subtotal: 2000,
      amount_total: 2200,
      total_details: { amount_discount: 500, amount_shipping: 500, amount_tax: 200 },
      shipping_cost: { amount_subtotal: 500, amount_tax: 50, amount_total: 550 },
    });
    const {
      data: [sold],
    } = await stripe.checkout.sessions.listLineItems(id);
    expect(sold).toMatchObject({
      quantity: 2,
      amount_subtotal: 2000,
      amount_discount: 500,
      amount_tax: 150,
      amount_total: 1650,
      price: { unit_amount: 1000 },
    });
    expect((await stripe.paymentIntents.retrieve(controls.session(id)?.payment_intent ?? "")).amount).toBe(2200);
  });

  test("can have prices that include tax", async () => {
    const { stripe, controls } = startSandbox();
    controls.setTariff({ taxIsInclusive: true });
    const { id } = await stripe.checkout.sessions.create(
      cart({ line_items: [line(1100)], automatic_tax: { enabled: true } }),
    );
    controls.pay(id);
    expect(controls.session(id)).toMatchObject({ amount_total: 1100, total_details: { amount_tax: 100 } });
  });

  test("allows lines to be added and changed until it is paid", async () => {
    const { stripe, controls } = startSandbox();
    const { id } = await stripe.checkout.sessions.create(
      cart({ line_items: [{ ...line(1000, 2), metadata: { of: "ours" } }] }),
    );
    controls.edit(id, { action: "set_quantity", line: 0, quantity: 1 });
    controls.edit(id, { action: "add_line", name: "Gift wrap", unit_amount: 300, quantity: 1 });
    controls.pay(id);
    expect(controls.edit(id, { action: "discount", percent: 10 })).toBe(false);
    expect((await stripe.checkout.sessions.listLineItems(id)).data).toMatchObject([
      { quantity: 1, metadata: { of: "ours" } },
      { quantity: 1, description: "Gift wrap", metadata: {}, amount_total: 300 },
    ]);
    expect(controls.session(id)?.amount_total).toBe(1300);
  });

  test("can sell the account's active Prices", async () => {
    const { stripe, controls } = startSandbox();
    controls.setPrices([
      { id: "price_mug", currency: "usd", unit_amount: 700, product_name: "Known mug" },
      { id: "price_old", currency: "usd", unit_amount: 700, product_name: "Old mug", active: false },
    ]);
    const session = await stripe.checkout.sessions.create(
      cart({ line_items: [{ price: "price_mug", quantity: 3 }], expand: ["line_items"] }),
    );
    expect(session.amount_total).toBe(2100);
    expect(session.line_items?.data[0]).toMatchObject({
      description: "Known mug",
      price: { id: "price_mug", unit_amount: 700 },
    });
    expect(await stripe.prices.retrieve("price_mug")).toMatchObject({
      active: true,
      unit_amount: 700,
      currency: "usd",
    });
    const error = await errorOf(
      stripe.checkout.sessions.create(cart({ line_items: [{ price: "price_old", quantity: 1 }] })),
    );
    expect(error.message).toBe("The price specified is inactive. This field only accepts active prices.");
  });
});

describe("reading", () => {
  test("an unknown session is a 404, a malformed id a 400", async () => {
    const { stripe } = startSandbox();
    expect(await errorOf(stripe.checkout.sessions.retrieve("cs_test_none"))).toMatchObject({
      statusCode: 404,
      code: "resource_missing",
      param: "session",
      message: "No such checkout.session: cs_test_none",
    });
    expect(await errorOf(stripe.checkout.sessions.retrieve("{CHECKOUT_SESSION_ID}"))).toMatchObject({
      statusCode: 400,
    });
  });

  test("an expanded list of lines stops at 10 and reports that there are more", async () => {
    const { stripe } = startSandbox();
    const names = Array.from({ length: 12 }, (_, i) => `Mug ${String(i)}`);
    const { id } = await stripe.checkout.sessions.create(
      cart({ line_items: names.map((name) => line(100, 1, "usd", name)) }),
    );
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ["line_items"] });
    expect(session.line_items?.data.map(({ description }) => description)).toEqual(names.slice(0, 10));
    expect(session.line_items?.has_more).toBe(true);
    const all = await stripe.checkout.sessions.listLineItems(id, { limit: 5 }).autoPagingToArray({ limit: 100 });
    expect(all.map(({ description }) => description)).toEqual(names);
  });

  test("products and payments can be expanded through references", async () => {
    const { stripe, controls } = startSandbox();
    const product_data = { name: "Mug", metadata: { product_id: "7" } };
    const { id } = await stripe.checkout.sessions.create(
      cart({ line_items: [{ price_data: { currency: "usd", unit_amount: 900, product_data }, quantity: 1 }] }),
    );
    controls.pay(id);
    const session = await stripe.checkout.sessions.retrieve(id, {
      expand: ["line_items.data.price.product", "payment_intent.latest_charge"],
    });
    expect(session.line_items?.data[0]?.price?.product).toMatchObject({
      object: "product",
      name: "Mug",
      metadata: { product_id: "7" },
    });
    expect(session.payment_intent).toMatchObject({
      object: "payment_intent",
      latest_charge: { object: "charge", amount: 900, paid: true },
    });
    const [listed] = (await stripe.checkout.sessions.list({ expand: ["data.payment_intent"] })).data;
    expect(listed?.payment_intent).toMatchObject({ status: "succeeded" });
    expect((await stripe.checkout.sessions.retrieve(id)).payment_intent).toMatch(/^pi_/);
  });

  test("a list is newest first, with 10 items per page and cursors in both directions", async () => {
    const { stripe } = startSandbox();
    const ids: string[] = [];
    for (let i = 0; i < 12; i += 1) ids.unshift((await stripe.checkout.sessions.create(cart())).id);
    const first = await stripe.checkout.sessions.list();
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 10));
    expect(first.has_more).toBe(true);
    const next = await stripe.checkout.sessions.list({ starting_after: ids[9] ?? "" });
    expect([next.data.map(({ id }) => id), next.has_more]).toEqual([ids.slice(10), false]);
    const back = await stripe.checkout.sessions.list({ ending_before: ids[10] ?? "", limit: 3 });
    expect([back.data.map(({ id }) => id), back.has_more]).toEqual([ids.slice(7, 10), true]);
    expect(
      (await stripe.checkout.sessions.list({ limit: 4 }).autoPagingToArray({ limit: 100 })).map(({ id }) => id),
    ).toEqual(ids);
  });

  test("a list filters by status and time; its cursor may no longer match the filter", async () => {
    const { stripe, controls, clock } = startSandbox();
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      ids.push((await stripe.checkout.sessions.create(cart())).id);
      clock.time += 10_000;
    }
    const [a = "", b = "", c = "", d = ""] = ids;
    const list = async (params: Stripe.Checkout.SessionListParams) =>
      (await stripe.checkout.sessions.list(params)).data.map(({ id }) => id);
    expect(await list({ created: { gte: NOW_S + 10, lt: NOW_S + 30 } })).toEqual([c, b]);
    expect(await list({ created: { gt: NOW_S + 10, lte: NOW_S + 30 } })).toEqual([d, c]);
    expect(await list({ created: NOW_S + 20 })).toEqual([c]);
    controls.pay(c);
    controls.expire(a);
    expect(await list({ status: "open" })).toEqual([d, b]);
    expect(await list({ status: "complete" })).toEqual([c]);
    expect(await list({ status: "expired" })).toEqual([a]);
    expect(await list({ status: "open", starting_after: c })).toEqual([b]);
    expect(await list({ payment_intent: String(controls.session(c)?.payment_intent) })).toEqual([c]);
  });

  test("a page of more than 100 items and an unknown cursor are rejected", async () => {
    const { stripe } = startSandbox();
    expect((await errorOf(stripe.checkout.sessions.list({ limit: 101 }))).message).toBe(
      "This value must be less than or equal to 100 (it currently is '101').",
    );
    expect(await errorOf(stripe.checkout.sessions.list({ starting_after: "cs_test_none" }))).toMatchObject({
      code: "resource_missing",
      param: "starting_after",
    });
  });
});

describe("metadata", () => {
  test("is merged by an update, which can unset a key with an empty value, or clear all", async () => {
    const { stripe } = startSandbox();
    const { id } = await stripe.checkout.sessions.create(cart({ metadata: { a: "1", b: "2" } }));
    expect((await stripe.checkout.sessions.update(id, { metadata: { b: "", c: 3, "0": "x" } })).metadata).toEqual({
      "0": "x",
      a: "1",
      c: "3",
    });
    expect((await stripe.checkout.sessions.update(id, { metadata: { a: null } })).metadata).toEqual({
      "0": "x",
      c: "3",
    });
    expect((await stripe.checkout.sessions.update(id, { metadata: "" })).metadata).toEqual({});
  });

  test("is limited to 50 keys across updates; a rejected update changes nothing", async () => {
    const { stripe } = startSandbox();
    const keys = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, i) => [`k${String(from + i)}`, "v"]));
    const { id } = await stripe.checkout.sessions.create(cart({ metadata: keys(0, 40) }));
    expect((await errorOf(stripe.checkout.sessions.update(id, { metadata: keys(40, 51) }))).message).toContain(
      "you've set 51",
    );
    expect(Object.keys((await stripe.checkout.sessions.retrieve(id)).metadata ?? {})).toHaveLength(40);
    await stripe.checkout.sessions.update(id, { metadata: { ...keys(40, 51), k0: "" } });
    expect(Object.keys((await stripe.checkout.sessions.retrieve(id)).metadata ?? {})).toHaveLength(50);
  });

  test("can be updated in every status, unlike any other field", async () => {
    const { stripe, controls } = startSandbox();
    const open = await stripe.checkout.sessions.create(cart());
    const complete = await stripe.checkout.sessions.create(cart());
    const expired = await stripe.checkout.sessions.create(cart());
    controls.pay(complete.id);
    await stripe.checkout.sessions.expire(expired.id);
    for (const { id } of [open, complete, expired]) {
      expect((await stripe.checkout.sessions.update(id, { metadata: { mark: "done" } })).metadata).toEqual({
        mark: "done",
      });
    }
    expect(
      await errorOf(
        stripe.checkout.sessions.update(open.id, { line_items: [], shipping_options: [{ shipping_rate: "shr_1" }] }),
      ),
    ).toMatchObject({ code: "parameter_unknown" });
  });
});

describe("expiry", () => {
  test("is rejected unless the session is open, with a message that names its status", async () => {
    const { stripe, controls } = startSandbox();
    const paid = await stripe.checkout.sessions.create(cart());
    controls.pay(paid.id);
    expect(await errorOf(stripe.checkout.sessions.expire(paid.id))).toMatchObject({
      statusCode: 400,
      type: "StripeInvalidRequestError",
      message:
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `complete`.',
    });
    const open = await stripe.checkout.sessions.create(cart());
    expect(await stripe.checkout.sessions.expire(open.id)).toMatchObject({
      status: "expired",
      url: null,
      payment_status: "unpaid",
    });
    expect((await errorOf(stripe.checkout.sessions.expire(open.id))).message).toContain("`expired`");
    expect(controls.pay(open.id).kind).toBe("expired");
  });

  test("happens once, exactly at the deadline", async () => {
    const { stripe, controls, clock } = startSandbox();
    const { id } = await stripe.checkout.sessions.create(cart({ expires_at: NOW_S + 1800 }));
    const later = await stripe.checkout.sessions.create(cart());
    clock.time = START + 1_799_999;
    expect((await stripe.checkout.sessions.retrieve(id)).status).toBe("open");
    clock.time = START + 1_800_000;
    expect((await stripe.checkout.sessions.list({ status: "open" })).data.map((session) => session.id)).toEqual([
      later.id,
    ]);
    expect(controls.pay(id).kind).toBe("expired");
    expect((await stripe.events.list({ type: "checkout.session.expired" })).data).toHaveLength(1);
    clock.time = START + 86_400_000;
    expect((await stripe.checkout.sessions.retrieve(later.id)).status).toBe("expired");
  });
});

test("a reset clears everything", async () => {
  const { stripe, controls } = startSandbox();
  const { id } = await stripe.checkout.sessions.create(cart(), { idempotencyKey: "k" });
  controls.pay(id);
  controls.reset();
  expect(controls.sessions()).toEqual([]);
  expect((await stripe.events.list()).data).toEqual([]);
  expect((await stripe.checkout.sessions.create(cart(), { idempotencyKey: "k" })).id).not.toBe(id);
});
