import Stripe from "stripe";
import { expect } from "vitest";
import { createStripeSandbox, type StripeSandboxOptions } from "~/sandbox/stripe/stripe-sandbox.server";

export const START = 1_780_000_000_000;

/** A stand-in with a clock, timers and a webhook receiver that the test moves by hand. */
export function startSandbox(overrides: Partial<StripeSandboxOptions> = {}) {
  const clock = { time: START, now: () => clock.time };
  const timers: { run: () => void; delayMs: number }[] = [];
  const received: { url: string; body: string; signature: string; redirect: string }[] = [];
  let answers: (number | Error)[] = [];
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
      const answer = answers.shift() ?? 200;
      if (answer instanceof Error) throw answer;
      return new Response(null, { status: answer });
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
    /** What the receiver answers to the next webhooks, in order; then 200. */
    answerWith(...next: (number | Error)[]) {
      answers = next;
    },
    /** Runs the timers that are due now, and waits for what they sent. Returns their delays. */
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

/** The error of a call that must fail, as the SDK throws it. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error: unknown = await call.then(
    () => new Error("The call succeeded."),
    (reason: unknown) => reason,
  );
  if (error instanceof Stripe.errors.StripeError) return error;
  throw error;
}

/** The id in a link of Stripe's that was not expanded. */
export function linkedId(link: string | { id: string } | null): string {
  if (typeof link !== "string") throw new Error("Not an unexpanded link.");
  return link;
}

/** `expect.stringContaining`, typed. */
export function containing(text: string): unknown {
  return expect.stringContaining(text);
}
