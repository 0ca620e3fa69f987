import Stripe from "stripe";
import { expect } from "vitest";
import { createStripeSandbox, type StripeSandboxOptions } from "~/sandbox/stripe/stripe-sandbox.server";

export const START = 1_780_000_000_000;

/** A stand-in whose clock, timers and webhook receiver are controlled by the test. */
export function startSandbox(overrides: Partial<StripeSandboxOptions> = {}) {
  const clock = { time: START, now: () => clock.time };
  const timers: { run: () => void; delayMs: number }[] = [];
  const received: { url: string; body: string; signature: string; redirect: string }[] = [];
  let results: (number | Error)[] = [];
  const sandbox = createStripeSandbox({
    webhookUrls: ["http://shop.test/hook"],
    paymentPageBase: () => "http://pay.test",
    clock,
    schedule: (run, delayMs) => timers.push({ run, delayMs }),
    deliver: async (input, init) => {
      const request = new Request(input, init);
      received.push({
        url: request.url,
        body: await request.text(),
        signature: request.headers.get("Stripe-Signature") ?? "",
        redirect: request.redirect,
      });
      const result = results.shift() ?? 200;
      if (result instanceof Error) throw result;
      return new Response(null, { status: result });
    },
    ...overrides,
  });
  const client = (key = "sk_test_sandbox", config: ConstructorParameters<typeof Stripe>[1] = {}) =>
    new Stripe(key, {
      httpClient: Stripe.createFetchHttpClient(sandbox.httpFetch),
      maxNetworkRetries: 0,
      telemetry: false,
      ...config,
    });
  return {
    sandbox,
    controls: sandbox.controls,
    stripe: client(),
    client,
    clock,
    received,
    /** Sets the receiver's statuses or errors for the next webhooks, in order. Default: 200. */
    respondWith(...next: (number | Error)[]) {
      results = next;
    },
    /** Runs all current timers and waits for the webhooks that they send. Returns their delays. */
    async runTimers(): Promise<number[]> {
      const due = timers.splice(0);
      for (const { run } of due) run();
      while (sandbox.controls.webhooks.deliveries().some(({ state }) => state === "sending")) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      return due.map(({ delayMs }) => delayMs);
    },
    timers,
  };
}

export function cart(
  overrides: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams {
  return {
    mode: "payment",
    success_url: "http://shop.test/orders/{CHECKOUT_SESSION_ID}",
    cancel_url: "http://shop.test/cart",
    line_items: [line(1250, 2)],
    ...overrides,
  };
}

export function line(
  unitAmount: number,
  quantity = 1,
  currency = "usd",
  name = "Mug",
): Stripe.Checkout.SessionCreateParams.LineItem {
  return { price_data: { currency, unit_amount: unitAmount, product_data: { name } }, quantity };
}

/** The SDK's error of a call that must fail. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error: unknown = await call.then(
    () => new Error("The call succeeded."),
    (reason: unknown) => reason,
  );
  if (error instanceof Stripe.errors.StripeError) return error;
  throw error;
}

/** The id in a reference that is not expanded. */
export function linkedId(reference: string | { id: string } | null): string {
  if (typeof reference !== "string") throw new Error("The reference is expanded or null.");
  return reference;
}

/** `expect.stringContaining`, typed. */
export function containing(text: string): unknown {
  return expect.stringContaining(text);
}
