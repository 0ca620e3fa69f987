import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { PricedLine } from "~/checkout/page/price-lines.server";
import { CONFIG, examine, failuresOf, notesOf, type Setup } from "./merchant-stripe";

const POSTER: PricedLine = {
  productId: "poster",
  name: "Poster",
  quantity: 1,
  unitAmount: 1900,
  currency: "usd",
  stripePrice: null,
  image: "https://cdn.example.com/poster.jpg",
};

describe("the check of a merchant's Stripe account", () => {
  it("changes nothing with a live key", async () => {
    expect(await examine({ account: { live: true } })).toEqual([
      { state: "failed", text: expect.stringContaining("live key") as string },
    ]);
  });

  it.each<[string, Setup, RegExp]>([
    ["a wrong key", { secretKey: "sk_test_wrong" }, /^Stripe would reject every checkout: Invalid API Key/],
    [
      "a session that cannot be expired",
      { fails: { method: "POST", path: "/v1/checkout/sessions/*/expire" }, isPaid: false },
      /^A payment page opened .*could not be closed/,
    ],
    [
      "payment pages on a domain that browsers are not redirected to",
      { account: { checkoutOrigin: "https://checkout.stripe.com" } },
      /STRIPE_CHECKOUT_ORIGIN=https:\/\/pay\.test/,
    ],
    [
      "an endpoint without a required event",
      { events: ["checkout.session.completed", "checkout.session.expired"] },
      /Add these events .*async_payment_succeeded/,
    ],
    ["a page that nobody pays", { isPaid: false }, /^Test payment not received: the test page/],
    [
      "metadata that cannot be written",
      { fails: { method: "POST", path: "/v1/checkout/sessions/*" } },
      /^Metadata .* not updated: /,
    ],
    [
      "a refund that is refused",
      { fails: { method: "POST", path: "/v1/refunds" } },
      /^Test payment not refunded in full: /,
    ],
  ])("reports %s", async (_what, setup, failure) => {
    expect(failuresOf(await examine(setup))).toContainEqual(expect.stringMatching(failure));
  });

  it("reports missing optional refund events as a note, not as a failure", async () => {
    const required = [
      "checkout.session.completed",
      "checkout.session.expired",
      "checkout.session.async_payment_succeeded",
      "checkout.session.async_payment_failed",
    ];
    const findings = await examine({ events: required });

    expect(failuresOf(findings)).toEqual([]);
    expect(notesOf(findings)).toContainEqual(expect.stringContaining("refund.updated, refund.failed"));
    expect(notesOf(await examine()).filter((text) => text.includes("refund.failed"))).toEqual([]);
  });

  it("passes a complete setup", async () => {
    const findings = await examine({ account: { line: POSTER } });

    expect(failuresOf(findings)).toEqual([]);
    expect(findings.filter(({ state }) => state === "ok").map(({ text }) => text)).toEqual([
      "Payment pages are on https://pay.test.",
      expect.stringContaining('A payment page opened and closed for "Poster"'),
      expect.stringContaining("all required events"),
      expect.stringMatching(/^Webhook received and verified by port \d+/),
      "Test payment received.",
      "Metadata of the completed session updated.",
      "Test payment refunded in full.",
    ]);
  });
});

describe("the shop's own payment page", () => {
  const settings: [string, Partial<typeof CONFIG>, RegExp][] = [
    ["STRIPE_PAYMENT_METHODS", { paymentMethods: ["klarna_pay"] }, /allowed_payment_method_types/],
    ["STRIPE_SHIPPING_COUNTRIES", { shippingCountries: ["DE", "XX"] }, /^shipping_address_collection/],
    ["STRIPE_SHIPPING_RATES", { shippingRates: ["shr_gone"] }, /^shipping_options/],
    ["STRIPE_AUTOMATIC_TAX", { automaticTax: true }, /^automatic_tax/],
    ["STRIPE_PROMOTION_CODES", { promotionCodes: true }, /^allow_promotion_codes/],
  ];

  it.each(settings)("names %s with Stripe's reason, and goes on without it", async (name, changes, parameter) => {
    const reason = `Stripe does not take ${name}`;
    const findings = await examine({
      account: { line: POSTER, config: { ...CONFIG, ...changes } },
      rejects: (parameters) =>
        [...parameters].some(([key, value]) => parameter.test(key) && value !== "card") ? reason : null,
    });

    expect(failuresOf(findings)).toEqual([`${name}: Stripe would reject every checkout: ${reason}`]);
    expect(findings).toContainEqual({ state: "ok", text: "Test payment refunded in full." });
  });

  it("names every setting that is wrong", async () => {
    const config = { ...CONFIG, shippingRates: ["shr_gone"], automaticTax: true };
    const findings = await examine({
      account: { config },
      rejects: (parameters) =>
        parameters.has("automatic_tax[enabled]")
          ? "You must have a valid head office address"
          : parameters.has("shipping_options[0][shipping_rate]")
            ? "No such shipping rate: 'shr_gone'"
            : null,
    });

    expect(failuresOf(findings)).toEqual([
      expect.stringMatching(/^STRIPE_AUTOMATIC_TAX.*head office/),
      expect.stringMatching(/^STRIPE_SHIPPING_RATES.*No such shipping rate/),
    ]);
  });

  it("names a currency that Stripe does not take, and a product that cannot be paid for", async () => {
    expect(failuresOf(await examine({ account: { currency: "xxx" } }))).toContainEqual(
      expect.stringMatching(/^CURRENCY: .*xxx/),
    );
    expect(failuresOf(await examine({ account: { line: { ...POSTER, unitAmount: 10 } } }))).toEqual([
      expect.stringMatching(/^Stripe would reject every checkout of "Poster": .*at least/),
    ]);
  });

  it("only notes a picture that Stripe rejects, since the shop then opens the page without it", async () => {
    const findings = await examine({
      account: { line: POSTER },
      rejects: (parameters) =>
        [...parameters.keys()].some((key) => key.includes("images")) ? "Not a valid URL" : null,
    });

    expect(failuresOf(findings)).toEqual([]);
    expect(notesOf(findings)).toContainEqual(expect.stringContaining('picture of "Poster"'));
  });
});

describe("webhooks, without a running shop", () => {
  it("pass when the Stripe CLI forwards them and the account has no endpoint", async () => {
    const findings = await examine({ endpoint: null, isForwarded: true });

    expect(failuresOf(findings)).toEqual([]);
    expect(findings).toContainEqual({ state: "ok", text: expect.stringMatching(/^Webhook received/) as string });
    expect(notesOf(findings)).toContainEqual(expect.stringContaining("before going live"));
  });

  it.each<[string, Setup, RegExp]>([
    [
      "a secret that does not verify them",
      { webhookSecret: "whsec_of_another" },
      /^Webhooks arrive .*STRIPE_WEBHOOK_SEC/,
    ],
    ["that none arrived", { endpoint: null }, /^No webhook arrived .*stripe listen --forward-to/],
  ])("report %s", async (_what, setup, failure) => {
    expect(failuresOf(await examine(setup))).toEqual([expect.stringMatching(failure)]);
  });
});

describe("webhooks, with something on the shop's port", () => {
  let close: () => void = () => undefined;
  afterEach(() => close());

  async function serve(respond: (path: string, token: string | undefined) => [number, unknown]): Promise<number> {
    const server = createServer((request, response) => {
      const [status, body] = respond(request.url ?? "", request.headers.authorization);
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    close = () => {
      server.close();
      server.closeAllConnections();
    };
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }
  const problem = (code: string) => ({ success: false, error: { code, message: "" } });

  it("report another program there, which does not learn the token", async () => {
    const tokens: (string | undefined)[] = [];
    const port = await serve((_path, token) => {
      tokens.push(token);
      return [404, { message: "not this" }];
    });
    expect(failuresOf(await examine({ port, adminToken: "t".repeat(16) }))).toEqual([
      expect.stringMatching(/^Not tested: whether webhooks arrive\..*EADDRINUSE/),
    ]);
    expect(tokens.every((token) => token === undefined)).toBe(true);
  });

  it("report a shop with another Stripe key, and one with another token", async () => {
    const other = await serve(() => [404, problem("not_found")]);
    expect(failuresOf(await examine({ port: other }))).toEqual([
      expect.stringContaining("different STRIPE_SECRET_KEY"),
    ]);
    close();
    const locked = await serve(() => [401, problem("unauthorized")]);
    expect(failuresOf(await examine({ port: locked, adminToken: "t".repeat(16) }))).toEqual([
      expect.stringContaining("different ADMIN_TOKEN"),
    ]);
  });

  it("rely on Stripe's count of confirmations for a shop without ADMIN_TOKEN, and are not tested without an endpoint", async () => {
    const port = await serve((path) => (path.startsWith("/api/webhooks") ? [200, {}] : [401, problem("unauthorized")]));
    expect(failuresOf(await examine({ port }))).toEqual([]);
    expect(failuresOf(await examine({ port, endpoint: null, isForwarded: true }))).toEqual([
      expect.stringMatching(/Not tested.*Set ADMIN_TOKEN/),
    ]);
  });
});
