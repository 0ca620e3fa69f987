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
import { createStripeState, storeEvent } from "./stripe-state.server";
import { createWebhooks } from "./webhooks.server";

export interface StripeSandboxOptions {
  /** Any other key gets Stripe's 401. Default: `sk_test_sandbox`. */
  secretKey?: string;
  /** Signing secret of webhooks. Default: `whsec_sandbox`. */
  webhookSecret?: string;
  webhookUrls: readonly string[];
  /** Event types to deliver, or `*` for all; `/v1/events` always lists all. Default: those that Holdfast handles. */
  webhookEvents?: readonly string[];
  /**
   * Returns origin and path prefix of the payment page, such as `http://localhost:3000/sandbox`. Receives the session's
   * success_url, so that a stand-in inside the store can use the host that the shopper uses.
   */
  paymentPageBase: (successUrl: string) => string;
  /** Epoch milliseconds. Sessions expire by it lazily, at the next access to any session. */
  clock?: { now(): number };
  /** Timers for delayed webhooks and faults. The default timers do not keep the process alive. */
  schedule?: (run: () => void, delayMs: number) => void;
  /** Sends webhooks. Default: the global fetch. */
  deliver?: typeof fetch;
}

/** A stand-in for Stripe, in memory. Keeps at most 20,000 finished sessions and evicts the oldest first. */
export interface StripeSandbox {
  /**
   * Serves the API (`/v1/…`), the payment page (`/pay/:id`) and the controls (`/_sandbox/…`); the latter two also below
   * a path prefix. Rejects with a TypeError, like `fetch`, if a fault cuts the connection.
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /** The same with the signature of the global fetch, for `Stripe.createFetchHttpClient`. */
  readonly httpFetch: typeof fetch;
  readonly controls: StripeSandboxControls;
  /** Stops webhooks, including deliveries in progress. */
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

/**
 * @example
 * const sandbox = createStripeSandbox({ webhookUrls: [], paymentPageBase: () => "http://stripe.test" });
 * const stripe = new Stripe("sk_test_sandbox", { httpClient: Stripe.createFetchHttpClient(sandbox.httpFetch) });
 */
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
    storeEvent(state, event);
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

/** Removes a path prefix, below which the store mounts the payment page: `/sandbox/pay/cs_…` → `/pay/cs_…`. */
function withoutPrefix(request: Request): Request {
  const url = new URL(request.url);
  const mounted = /^\/(?!v1\/|pay\/|_sandbox\/).*?(\/(?:pay|_sandbox)\/.*)$/.exec(url.pathname);
  if (mounted?.[1] === undefined) return request;
  url.pathname = mounted[1];
  return new Request(url, request);
}
