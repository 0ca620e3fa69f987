import { Hono } from "hono";
import { API_VERSION, createApiCallRunner } from "./api-call.server";
import { createApiRoutes } from "./api-routes.server";
import { createCheckouts } from "./checkouts.server";
import { createControlRoutes } from "./control-routes.server";
import { createControls, type StripeSandboxControls } from "./controls.server";
import { createFaults } from "./faults.server";
import { createIdempotencyKeys } from "./idempotency.server";
import { createPaymentPage } from "./payment-page.server";
import { newStripeId } from "./stripe-id.server";
import type { StripeEvent, StripeObject } from "./stripe-objects.server";
import { createStripeState, rememberEvent } from "./stripe-state.server";
import { createWebhooks } from "./webhooks.server";

export interface StripeSandboxOptions {
  /** Any other key is answered with Stripe's 401. Default `sk_test_sandbox`. */
  secretKey?: string;
  /** What webhooks are signed with. Default `whsec_sandbox`. */
  webhookSecret?: string;
  webhookUrls: readonly string[];
  /** Event types that are delivered, `*` for all; `/v1/events` has them all anyway. Default: what Holdfast listens to. */
  webhookEvents?: readonly string[];
  /**
   * Origin and path prefix of the payment page, `http://localhost:3000/sandbox` or so. Given the session's success_url,
   * so that a stand-in inside the store can answer on the host that the shopper came by.
   */
  paymentPageBase: (successUrl: string) => string;
  /** Epoch milliseconds. Sessions expire by it, lazily: at the next access to any of them. */
  clock?: { now(): number };
  /** Timers, for webhooks and faults that wait. The default ones do not keep a process alive. */
  schedule?: (run: () => void, delayMs: number) => void;
  /** How webhooks are sent. */
  deliver?: typeof fetch;
}

/** A stand-in for Stripe. Everything is in memory: 20,000 finished sessions at most, the oldest go first. */
export interface StripeSandbox {
  /**
   * The API (`/v1/…`), the payment page (`/pay/:id`) and the controls (`/_sandbox/…`), the latter two below any prefix.
   * Rejects with a TypeError when a fault cuts the connection, as `fetch` does.
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /** `fetch` for `Stripe.createFetchHttpClient`. */
  readonly httpFetch: typeof fetch;
  readonly controls: StripeSandboxControls;
  /** Stops deliveries, the ones under way included. */
  close(): Promise<void>;
}

const HOLDFAST_EVENTS = [
  "checkout.session.completed",
  "checkout.session.expired",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
  "refund.updated",
  "refund.failed",
];

export function createStripeSandbox(options: StripeSandboxOptions): StripeSandbox {
  const {
    secretKey = "sk_test_sandbox",
    webhookSecret = "whsec_sandbox",
    webhookEvents = HOLDFAST_EVENTS,
    clock = Date,
    deliver = fetch,
    schedule = (run, delayMs) => void setTimeout(run, delayMs).unref(),
  } = options;
  const now = () => clock.now();
  const nowSeconds = () => Math.floor(now() / 1000);
  const state = createStripeState();
  const faults = createFaults(schedule);
  const keys = createIdempotencyKeys(now);
  const webhooks = createWebhooks({
    secret: webhookSecret,
    urls: options.webhookUrls,
    schedule,
    deliver,
    onDelivered: countDelivery,
  });

  function countDelivery(eventId: string): void {
    const event = state.events.get(eventId);
    if (event !== undefined) event.pending_webhooks = Math.max(0, event.pending_webhooks - 1);
  }

  function emit(type: string, object: StripeObject): void {
    const isSent = webhookEvents.includes("*") || webhookEvents.includes(type);
    const event: StripeEvent = {
      id: newStripeId("evt"),
      object: "event",
      api_version: API_VERSION,
      created: nowSeconds(),
      data: { object: structuredClone(object) },
      livemode: false,
      pending_webhooks: isSent ? webhooks.urls().length : 0,
      request: { id: null, idempotency_key: null },
      type,
    };
    rememberEvent(state, event);
    if (isSent) webhooks.send(event);
  }

  const checkouts = createCheckouts({ state, now, emit, paymentPageBase: options.paymentPageBase });
  const runner = createApiCallRunner({ secretKey, state, faults, keys });
  const controls = createControls({ state, checkouts, faults, keys, runner, webhooks, emit, nowSeconds });
  const app = new Hono();
  app.onError((error) => {
    throw error;
  });
  app.route("/", createApiRoutes({ state, checkouts, webhooks, runner, emit, nowSeconds, webhookEvents }));
  app.route("/", createPaymentPage({ state, checkouts, controls }));
  app.route("/", createControlRoutes(controls));

  const handle = async (request: Request): Promise<Response> => app.fetch(withoutPrefix(request));
  return {
    fetch: handle,
    httpFetch: (input, init) => handle(new Request(input, init)),
    controls,
    async close() {
      faults.clear();
      await webhooks.close();
    },
  };
}

/** `/sandbox/pay/cs_…` → `/pay/cs_…`: the store mounts the payment page below a path of its own. */
function withoutPrefix(request: Request): Request {
  const url = new URL(request.url);
  const mounted = /^\/(?!v1\/|pay\/|_sandbox\/).*?(\/(?:pay|_sandbox)\/.*)$/.exec(url.pathname);
  if (mounted?.[1] === undefined) return request;
  url.pathname = mounted[1];
  return new Request(url, request);
}
