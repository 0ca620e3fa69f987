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
  /** An API call that goes wrong. */
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

const faultsOf = (findings: readonly Finding[]) =>
  findings.filter((finding) => finding.state === "fault").map((finding) => finding.text);

describe("the check of a merchant's Stripe account", () => {
  it("touches nothing with a live key", async () => {
    expect(await examine({ live: true })).toEqual([
      { state: "fault", text: expect.stringContaining("live key") as string },
    ]);
  });

  it.each<[string, Setup, RegExp]>([
    ["a wrong key", { secretKey: "sk_test_wrong" }, /opened and closed: no/],
    [
      "a session that cannot be expired",
      { fails: { method: "POST", path: "/v1/checkout/sessions/*/expire" } },
      /opened and closed: no/,
    ],
    [
      "payment pages on a domain that browsers are not let to",
      { checkoutOrigin: "https://checkout.stripe.com" },
      /set STRIPE_CHECKOUT_ORIGIN=https:\/\/pay\.test/,
    ],
    ["no endpoint for this store", { endpoint: "https://old.test/api/webhooks/stripe" }, /no enabled webhook endpoint/],
    [
      "an endpoint that lacks an event",
      { events: ["checkout.session.completed", "checkout.session.expired"] },
      /lacks .*async_payment_succeeded/,
    ],
    ["a store with another secret", { storeSecret: "whsec_old" }, /event was not taken/],
    ["a page that nobody pays", { isPaid: false }, /Nobody paid it in time/],
    [
      "marks that cannot be written",
      { fails: { method: "POST", path: "/v1/checkout/sessions/*" } },
      /Marks can be written.*: no/,
    ],
    ["a refund that is refused", { fails: { method: "POST", path: "/v1/refunds" } }, /refunded in full: no/],
  ])("names %s", async (_what, setup, fault) => {
    const faults = faultsOf(await examine(setup));

    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  it("notes, and does not mind, that the optional events about refunds are not sent", async () => {
    const required = [
      "checkout.session.completed",
      "checkout.session.expired",
      "checkout.session.async_payment_succeeded",
      "checkout.session.async_payment_failed",
    ];
    const findings = await examine({ events: required });

    expect(faultsOf(findings)).toEqual([]);
    expect(findings).toContainEqual({
      state: "note",
      text: expect.stringContaining("refund.updated, refund.failed") as string,
    });
    expect((await examine()).filter(({ text }) => text.includes("refund.failed"))).toEqual([]);
  });

  it("finds no fault in a set-up that has everything", async () => {
    const findings = await examine();

    expect(faultsOf(findings)).toEqual([]);
    expect(findings.filter((finding) => finding.state === "ok")).toHaveLength(7);
  });
});
