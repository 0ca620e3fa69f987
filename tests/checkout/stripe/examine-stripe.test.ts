import { describe, expect, it } from "vitest";
import { examineStripe, type Finding } from "~/checkout/stripe/examine-stripe.server";
import { createStripe } from "~/checkout/stripe/stripe-client.server";
import { verifyWebhook } from "~/checkout/stripe/verify-webhook.server";
import { createStripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";

const SHOP = "https://shop.test";

interface Setup {
  endpoint?: string;
  events?: readonly string[];
  storeSecret?: string;
  secretKey?: string;
  live?: boolean;
  isPaid?: boolean;
  checkoutOrigin?: string;
  /** An API call that fails. */
  fails?: { method: string; path: string };
}

async function examine(setup: Setup = {}): Promise<Finding[]> {
  const {
    endpoint = `${SHOP}/api/webhooks/stripe`,
    events,
    storeSecret = "whsec_sandbox",
    secretKey = "sk_test_sandbox",
    live = false,
    isPaid = true,
  } = setup;
  const timers: (() => void)[] = [];
  const sandbox = createStripeSandbox({
    webhookUrls: [endpoint],
    ...(events === undefined ? {} : { webhookEvents: events }),
    paymentPageBase: () => "https://pay.test",
    schedule: (run) => timers.push(run),
    deliver: async (input, init) => {
      const request = new Request(input, init);
      const isSigned =
        verifyWebhook(await request.text(), request.headers.get("Stripe-Signature"), [storeSecret]).outcome === "event";
      return new Response(null, { status: isSigned ? 200 : 400 });
    },
  });
  if (setup.fails !== undefined) sandbox.controls.failNext({ ...setup.fails, status: 400 });
  const stripe = createStripe({ secretKey, fetch: sandbox.httpFetch, timeoutMs: 5_000, maxNetworkRetries: 0 });
  const sleep = async () => {
    for (const run of timers.splice(0)) run();
    if (isPaid)
      for (const session of sandbox.controls.sessions())
        if (session.status === "open") sandbox.controls.pay(session.id);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const findings: Finding[] = [];
  const examination = {
    stripe,
    live,
    publicUrl: SHOP,
    checkoutOrigin: setup.checkoutOrigin ?? "https://pay.test",
    currency: "usd",
    waitMs: { event: 5_000, payment: 5_000 },
    sleep,
  };
  for await (const finding of examineStripe(examination)) findings.push(finding);
  return findings;
}

const failuresOf = (findings: readonly Finding[]) =>
  findings.filter((finding) => finding.state === "failed").map((finding) => finding.text);

describe("the check of a merchant's Stripe account", () => {
  it("changes nothing with a live key", async () => {
    expect(await examine({ live: true })).toEqual([
      { state: "failed", text: expect.stringContaining("live key") as string },
    ]);
  });

  it.each<[string, Setup, RegExp]>([
    ["a wrong key", { secretKey: "sk_test_wrong" }, /^Failed: Payment page opened/],
    [
      "a session that cannot be expired",
      { fails: { method: "POST", path: "/v1/checkout/sessions/*/expire" } },
      /^Failed: Payment page opened/,
    ],
    [
      "payment pages on a domain that browsers are not redirected to",
      { checkoutOrigin: "https://checkout.stripe.com" },
      /STRIPE_CHECKOUT_ORIGIN=https:\/\/pay\.test/,
    ],
    ["no endpoint for this store", { endpoint: "https://old.test/api/webhooks/stripe" }, /no enabled webhook endpoint/],
    [
      "an endpoint without a required event",
      { events: ["checkout.session.completed", "checkout.session.expired"] },
      /async_payment_succeeded/,
    ],
    ["a store with another secret", { storeSecret: "whsec_old" }, /^Failed: Webhook/],
    ["a page that nobody pays", { isPaid: false }, /^Failed: Test payment/],
    [
      "metadata that cannot be written",
      { fails: { method: "POST", path: "/v1/checkout/sessions/*" } },
      /^Failed: Metadata/,
    ],
    ["a refund that is refused", { fails: { method: "POST", path: "/v1/refunds" } }, /^Failed: Payment refunded/],
  ])("reports %s", async (_what, setup, failure) => {
    const failures = failuresOf(await examine(setup));

    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(failure);
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
    expect(findings).toContainEqual({
      state: "note",
      text: expect.stringContaining("refund.updated, refund.failed") as string,
    });
    expect((await examine()).filter(({ text }) => text.includes("refund.failed"))).toEqual([]);
  });

  it("passes a complete setup", async () => {
    const findings = await examine();

    expect(failuresOf(findings)).toEqual([]);
    expect(findings.filter((finding) => finding.state === "ok")).toHaveLength(7);
  });
});
