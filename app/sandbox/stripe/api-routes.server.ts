import { Hono } from "hono";
import { z } from "zod";
import { API_VERSION, type ApiCallRunner, type Endpoint } from "./api-call.server";
import { checkoutSessionParams } from "./checkout-session-params.server";
import type { Checkouts } from "./checkouts.server";
import { changeActive, createPrice, listPrices } from "./prices.server";
import { createRefund, refundParams } from "./refunds.server";
import { expand, mergeMetadata, metadata, parseParams, text } from "./request-params.server";
import { invalidParam, noSuch, StripeApiError } from "./stripe-error.server";
import { createdParam, isCreatedWithin, page, pageParams, type StripeList } from "./stripe-list.server";
import type { Metadata, StripeEvent, StripeObject, StripePrice, StripeProduct } from "./stripe-objects.server";
import type { StripeState } from "./stripe-state.server";
import type { Webhooks } from "./webhooks.server";

const noParams = z.strictObject({ expand });
const metadataParams = z.strictObject({ metadata: metadata.optional(), expand });
const sessionList = z.strictObject({
  ...pageParams,
  created: createdParam,
  payment_intent: text.optional(),
  status: z.enum(["open", "complete", "expired"]).optional(),
});
const lineItemList = z.strictObject(pageParams);
const byPayment = z.strictObject({
  ...pageParams,
  created: createdParam,
  payment_intent: text.optional(),
  charge: text.optional(),
});
const eventList = z.strictObject({ ...pageParams, created: createdParam, type: text.optional() });
const endpointList = z.strictObject(pageParams);

/** The part of Stripe's API (`/v1`) that the shop uses. Other paths get Stripe's 404 for an unknown URL. */
export function createApiRoutes(options: {
  state: StripeState;
  checkouts: Checkouts;
  webhooks: Webhooks;
  runner: ApiCallRunner;
  emit: (type: string, object: StripeObject) => void;
  /** Epoch seconds. */
  nowSeconds: () => number;
  webhookEvents: readonly string[];
}): Hono {
  const { state, checkouts, webhooks, runner } = options;
  const app = new Hono();
  const get = (path: string, endpoint: Endpoint) => app.get(path, (context) => runner.run(context, endpoint));
  const post = (path: string, endpoint: Endpoint) => app.post(path, (context) => runner.run(context, endpoint));

  post(
    "/v1/checkout/sessions",
    ({ params, apiVersion }) => checkouts.create(parseParams(checkoutSessionParams(apiVersion), params)).session,
  );
  get("/v1/checkout/sessions", ({ params }) => {
    const query = parseParams(sessionList, params);
    const newestFirst = checkouts
      .all()
      .map(({ session }) => session)
      .reverse();
    return page(
      newestFirst,
      (session) =>
        (query.status === undefined || session.status === query.status) &&
        (query.payment_intent === undefined || session.payment_intent === query.payment_intent) &&
        isCreatedWithin(session.created, query.created),
      query,
      { url: "/v1/checkout/sessions", kind: "checkout.session" },
    );
  });
  get("/v1/checkout/sessions/:id", ({ id, params }) => {
    parseParams(noParams, params);
    return checkouts.find(checkoutId(id)).session;
  });
  post(
    "/v1/checkout/sessions/:id",
    ({ id, params }) => checkouts.updateMetadata(checkoutId(id), parseParams(metadataParams, params).metadata).session,
  );
  post("/v1/checkout/sessions/:id/expire", ({ id, params }) => {
    parseParams(noParams, params);
    return checkouts.expire(checkoutId(id)).session;
  });
  get("/v1/checkout/sessions/:id/line_items", ({ id, params }) => {
    const query = parseParams(lineItemList, params);
    const { lineItems } = checkouts.find(checkoutId(id));
    return page(lineItems, () => true, query, { url: `/v1/checkout/sessions/${id}/line_items`, kind: "line_item" });
  });

  post("/v1/refunds", ({ params }) =>
    createRefund(state, parseParams(refundParams, params), { nowSeconds: options.nowSeconds(), emit: options.emit }),
  );
  get("/v1/refunds", ({ params }) => listByPayment(state.refunds, params, "/v1/refunds", "refund"));
  get("/v1/refunds/:id", ({ id, params }) => found(state.refunds, id, params, "refund"));
  get("/v1/payment_intents/:id", ({ id, params }) =>
    found(state.paymentIntents, id, params, "payment_intent", "intent"),
  );
  post("/v1/payment_intents/:id", ({ id, params }) => {
    const intent = state.paymentIntents.get(id);
    if (intent === undefined) throw noSuch("payment_intent", id, "intent");
    return withMetadata(intent, params);
  });
  get("/v1/charges", ({ params }) => listByPayment(state.charges, params, "/v1/charges", "charge"));
  get("/v1/charges/:id", ({ id, params }) => found(state.charges, id, params, "charge"));
  post("/v1/prices", ({ params }) => createPrice(state, params, options.nowSeconds()));
  get("/v1/prices", ({ params }) => listPrices(state, params));
  for (const kind of ["price", "product"] as const) {
    const find = (id: string, params: unknown) =>
      found<StripePrice | StripeProduct>(state[`${kind}s`], id, params, kind);
    get(`/v1/${kind}s/:id`, ({ id, params }) => find(id, params));
    post(`/v1/${kind}s/:id`, ({ id, params }) => changeActive(find(id, {}), params));
  }

  get("/v1/events", ({ params }) => {
    const query = parseParams(eventList, params);
    return page(
      [...state.events.values()].reverse(),
      (event) =>
        (query.type === undefined || event.type === query.type) && isCreatedWithin(event.created, query.created),
      query,
      { url: "/v1/events", kind: "event" },
    );
  });
  get("/v1/events/:id", ({ id, params }) => found<StripeEvent>(state.events, id, params, "event"));
  get("/v1/webhook_endpoints", ({ params }) => {
    const query = parseParams(endpointList, params);
    const endpoints = webhooks.urls().map((url, index) => webhookEndpoint(url, index, options.webhookEvents));
    return page(endpoints, () => true, query, { url: "/v1/webhook_endpoints", kind: "webhook_endpoint" });
  });
  get("/v1/account", ({ params }) => {
    parseParams(noParams, params);
    return {
      id: "acct_1Sandbox",
      object: "account",
      charges_enabled: true,
      country: "US",
      default_currency: "usd",
      details_submitted: true,
      payouts_enabled: true,
      type: "standard",
      settings: { dashboard: { display_name: "Sandbox" } },
    };
  });

  app.all("/v1/*", (context) =>
    runner.run(context, () => {
      const { method, path } = context.req;
      throw new StripeApiError(
        404,
        {
          type: "invalid_request_error",
          message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
        },
        { executed: false },
      );
    }),
  );
  return app;
}

/** Throws 400, not 404, for a malformed id, as Stripe does for the literal `{CHECKOUT_SESSION_ID}` of a success_url. */
function checkoutId(id: string): string {
  if (/^\w+$/.test(id)) return id;
  throw invalidParam(`Invalid checkout.session id: ${id}`, { param: "session" });
}

function found<T extends object>(
  from: ReadonlyMap<string, T>,
  id: string,
  params: unknown,
  kind: string,
  param = "id",
): T {
  parseParams(noParams, params);
  const object = from.get(id);
  if (object === undefined) throw noSuch(kind, id, param);
  return object;
}

function withMetadata<T extends { metadata: Metadata }>(object: T, params: unknown): T {
  object.metadata = mergeMetadata(object.metadata, parseParams(metadataParams, params).metadata);
  return object;
}

function listByPayment<T extends { id: string; created: number; payment_intent: string; charge?: unknown }>(
  from: ReadonlyMap<string, T>,
  params: unknown,
  url: string,
  kind: string,
): StripeList<T> {
  const query = parseParams(byPayment, params);
  if (kind === "charge" && query.charge !== undefined) {
    throw invalidParam("Received unknown parameter: charge", { code: "parameter_unknown", param: "charge" });
  }
  return page(
    [...from.values()].reverse(),
    (item) =>
      (query.payment_intent === undefined || item.payment_intent === query.payment_intent) &&
      (query.charge === undefined || item.charge === query.charge) &&
      isCreatedWithin(item.created, query.created),
    query,
    { url, kind },
  );
}

function webhookEndpoint(url: string, index: number, enabledEvents: readonly string[]) {
  return {
    id: `we_1Sandbox${String(index)}`,
    object: "webhook_endpoint",
    api_version: API_VERSION,
    application: null,
    created: 0,
    description: null,
    enabled_events: enabledEvents,
    livemode: false,
    metadata: {},
    status: "enabled",
    url,
  };
}
