/** A merchant's Stripe account as doctor examines it: the stand-in, with real HTTP to whatever receives its webhooks. */
import { setImmediate } from "node:timers/promises";
import type { CheckoutConfig } from "~/checkout/checkout-context.server";
import { createStripe } from "~/checkout/stripe/stripe-client.server";
import { examinePayment } from "~/doctor/examine-payment";
import { examineStripe } from "~/doctor/examine-stripe.server";
import type { Finding } from "~/doctor/finding";
import type { StripeAccount } from "~/doctor/stripe-account";
import { createStripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";
import { freePorts } from "../programs";

export const CONFIG: CheckoutConfig = {
  shopTag: "f".repeat(32),
  formerTags: [],
  orderKey: () => "doctor",
  checkoutTtlMs: 900_000,
  paymentMethods: ["card"],
  shippingCountries: [],
  shippingRates: [],
  automaticTax: false,
  promotionCodes: false,
  language: "en",
};

export interface Setup {
  /** Of the endpoint in the account; null if there is none. */
  publicUrl?: string;
  endpoint?: string | null;
  events?: readonly string[];
  /** Whether `stripe listen --forward-to` runs, which needs no endpoint in the account. */
  isForwarded?: boolean;
  /** Port that webhooks are sent to, and that doctor looks for the shop on. Default: a free one, so that doctor listens itself. */
  port?: number;
  webhookSecret?: string;
  adminToken?: string | null;
  secretKey?: string;
  isPaid?: boolean;
  account?: Partial<StripeAccount>;
  /** An API call that fails. */
  fails?: { method: string; path: string };
  /** Rejects session parameters that the stand-in accepts: Stripe's message, or null. */
  rejects?: (parameters: URLSearchParams) => string | null;
}

export async function examine(setup: Setup = {}): Promise<Finding[]> {
  const [free = 0] = await freePorts(1);
  const { port = free, publicUrl = "https://shop.test", isPaid = true } = setup;
  const endpoint = setup.endpoint === undefined ? `${publicUrl}/api/webhooks/stripe` : setup.endpoint;
  const timers: (() => void)[] = [];
  const sandbox = createStripeSandbox({
    // A forwarded event has the CLI's own target, which is no endpoint of the account.
    webhookUrls: [...(endpoint === null ? [] : [endpoint]), ...(setup.isForwarded === true ? ["http://cli.test"] : [])],
    ...(setup.events === undefined ? {} : { webhookEvents: setup.events }),
    paymentPageBase: () => "https://pay.test",
    schedule: (run) => timers.push(run),
    deliver: (_url, init) => fetch(`http://127.0.0.1:${port}/api/webhooks/stripe`, init),
  });
  if (setup.fails !== undefined) sandbox.controls.failNext({ ...setup.fails, status: 400 });
  const stripe = createStripe({
    secretKey: setup.secretKey ?? "sk_test_sandbox",
    fetch: rejecting(sandbox.httpFetch, setup.rejects),
    timeoutMs: 5_000,
    maxNetworkRetries: 0,
  });
  const sleep = async () => {
    for (const run of timers.splice(0)) run();
    if (isPaid)
      for (const session of sandbox.controls.sessions())
        if (session.status === "open") sandbox.controls.pay(session.id);
    while (sandbox.controls.webhooks.deliveries().some(({ state }) => state === "sending")) await setImmediate();
  };
  const account: StripeAccount = {
    stripe,
    live: false,
    config: CONFIG,
    line: null,
    publicUrl,
    checkoutOrigin: "https://pay.test",
    currency: "usd",
    waitMs: { event: 3_000, payment: 3_000 },
    sleep,
    ...setup.account,
  };
  const findings: Finding[] = [];
  const receiver = {
    publicUrl: "http://127.0.0.1:9",
    port,
    adminToken: setup.adminToken ?? null,
    webhookSecrets: [setup.webhookSecret ?? "whsec_sandbox"],
    settings: {},
  };
  for await (const finding of examineStripe(account, receiver)) findings.push(finding);
  if (!account.live) for await (const finding of examinePayment(account)) findings.push(finding);
  // Doctor leaves no page open, nor one that a shop would take for its own.
  for (const { id, metadata } of sandbox.controls.sessions())
    if (JSON.stringify(metadata).includes(CONFIG.shopTag)) throw new Error(`${id} is tagged as the shop's`);
  return findings;
}

function rejecting(api: typeof fetch, rejects: Setup["rejects"]): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const isCreate = request.method === "POST" && new URL(request.url).pathname === "/v1/checkout/sessions";
    const message = isCreate ? (rejects?.(new URLSearchParams(await request.clone().text())) ?? null) : null;
    if (message === null) return api(request);
    return Response.json({ error: { type: "invalid_request_error", message } }, { status: 400 });
  };
}

export const failuresOf = (findings: readonly Finding[]) =>
  findings.filter((finding) => finding.state === "failed").map((finding) => finding.text);

export const notesOf = (findings: readonly Finding[]) =>
  findings.filter((finding) => finding.state === "note").map((finding) => finding.text);
