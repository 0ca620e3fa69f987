import type { Context } from "hono";
import { assertExpandable, expandObject } from "./expand.server";
import { ConnectionLost, type Faults } from "./faults.server";
import { canonical, type IdempotencyKeys, type SavedResponse } from "./idempotency.server";
import { expansions, parseForm } from "./request-params.server";
import { StripeApiError } from "./stripe-error.server";
import { newStripeId } from "./stripe-id.server";
import type { StripeState } from "./stripe-state.server";

/** API version of events, and of requests without `Stripe-Version`: the one that the SDK pins. */
export const API_VERSION = "2026-10-28.endive";

/** One call of an endpoint, which parses `params` itself. */
interface ApiCall {
  params: unknown;
  /** The id in the path; empty if the path has none. */
  id: string;
  apiVersion: string;
}

/** Executes a call in one atomic (synchronous) step and returns the object to respond with. Throws StripeApiError. */
export type Endpoint = (call: ApiCall) => object;

/** A record of one API request, for tests that count calls. */
export interface ApiCallRecord {
  method: string;
  path: string;
  /** Null while it runs, and if the connection was cut. */
  status: number | null;
  idempotencyKey: string | null;
  /** True if the response was replayed from the idempotency key and nothing was executed. */
  replayed: boolean;
}

export interface ApiCallRunner {
  /** Runs an endpoint as Stripe does: secret key, idempotency key, injected faults, expansion, headers. */
  run(context: Context, endpoint: Endpoint): Promise<Response>;
  calls(): readonly ApiCallRecord[];
  clear(): void;
}

interface ApiResponse extends SavedResponse {
  headers: Readonly<Record<string, string>>;
}

const MAX_CALLS = 5_000;

export function createApiCallRunner(options: {
  secretKey: string;
  state: StripeState;
  faults: Faults;
  keys: IdempotencyKeys;
}): ApiCallRunner {
  const { state, faults, keys } = options;
  let calls: ApiCallRecord[] = [];

  function record(call: ApiCallRecord): ApiCallRecord {
    if (calls.length >= MAX_CALLS) calls = calls.slice(MAX_CALLS / 2);
    calls.push(call);
    return call;
  }

  /**
   * Returns the response to send and the response to save under the idempotency key. They differ if a fault is injected
   * after the effect.
   */
  async function execute(
    request: { method: string; path: string; id: string },
    call: ApiCall,
    endpoint: Endpoint,
  ): Promise<{ sent: ApiResponse | ConnectionLost; saved: ApiResponse | undefined }> {
    let done: ApiResponse | undefined;
    try {
      await faults.inject("before", request.method, request.path);
      const paths = expansions(call.params);
      assertExpandable(paths);
      const body = JSON.stringify(expandObject(endpoint(call), paths, state), null, 2);
      done = { status: 200, body, requestId: request.id, headers: {} };
      await faults.inject("after", request.method, request.path);
      return { sent: done, saved: done };
    } catch (error) {
      if (error instanceof ConnectionLost) return { sent: error, saved: done };
      const { response, executed } = errorResponse(error, request.id);
      return { sent: response, saved: executed ? response : done };
    }
  }

  async function respond(
    context: Context,
    endpoint: Endpoint,
    request: { method: string; path: string; id: string; key: string | null; apiVersion: string },
    log: ApiCallRecord,
  ): Promise<ApiResponse | ConnectionLost> {
    try {
      authenticate(context.req.header("Authorization"), options.secretKey);
      const text = request.method === "GET" ? new URL(context.req.url).search.slice(1) : await context.req.text();
      const call: ApiCall = {
        params: parseForm(text),
        id: context.req.param("id") ?? "",
        apiVersion: request.apiVersion,
      };
      if (request.key === null) return (await execute(request, call, endpoint)).sent;
      const use = keys.use(request.key, request.path, canonical(call.params));
      if (use.kind === "replay") {
        log.replayed = true;
        return {
          ...use.response,
          headers: {
            "Idempotent-Replayed": "true",
            ...(use.response.status >= 400 && { "Stripe-Should-Retry": "false" }),
          },
        };
      }
      try {
        const { sent, saved } = await execute(request, call, endpoint);
        if (saved !== undefined) use.save(saved);
        return sent;
      } finally {
        use.forgetUnlessSaved();
      }
    } catch (error) {
      return errorResponse(error, request.id).response;
    }
  }

  return {
    async run(context, endpoint) {
      const { method, path } = context.req;
      const key = method === "POST" ? (context.req.header("Idempotency-Key") ?? null) : null;
      const apiVersion = context.req.header("Stripe-Version") ?? API_VERSION;
      const request = { method, path, id: newStripeId("req"), key, apiVersion };
      const log = record({ method, path, status: null, idempotencyKey: key, replayed: false });
      const response = await respond(context, endpoint, request, log);
      if (response instanceof ConnectionLost) throw response;
      log.status = response.status;
      return new Response(response.body, {
        status: response.status,
        headers: {
          "Content-Type": "application/json",
          "Cache-Control": "no-cache, no-store",
          "Request-Id": request.id,
          "Stripe-Version": apiVersion,
          ...(key !== null && { "Idempotency-Key": key, "Original-Request": response.requestId }),
          ...response.headers,
        },
      });
    },
    calls: () => calls,
    clear() {
      calls = [];
    },
  };
}

/** Rethrows anything but a StripeApiError: a bug in the stand-in must not look like a response from Stripe. */
function errorResponse(error: unknown, requestId: string): { response: ApiResponse; executed: boolean } {
  if (!(error instanceof StripeApiError)) throw error;
  const body = JSON.stringify(error.body(requestId), null, 2);
  const headers = { "Stripe-Should-Retry": "false", ...error.headers };
  return { response: { status: error.status, body, requestId, headers }, executed: error.executed };
}

/** Accepts Bearer (the SDK) and Basic with the key as user name (`curl -u`). Throws Stripe's 401. */
function authenticate(authorization: string | undefined, secretKey: string): void {
  const [scheme = "", value = ""] = (authorization ?? "").split(" ");
  const given =
    scheme.toLowerCase() === "basic" ? (Buffer.from(value, "base64").toString().split(":")[0] ?? "") : value;
  if (given === secretKey) return;
  const message =
    given === ""
      ? "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/."
      : `Invalid API Key provided: ${given.slice(0, 8)}${"*".repeat(Math.max(0, given.length - 12))}${given.slice(-4)}`;
  throw new StripeApiError(
    401,
    { type: "invalid_request_error", message },
    { executed: false, headers: { "WWW-Authenticate": 'Basic realm="Stripe"' } },
  );
}
