import type { Context } from "hono";
import { assertExpandable, expandObject } from "./expand.server";
import { ConnectionLost, type Faults } from "./faults.server";
import { canonical, type IdempotencyKeys, type SavedAnswer } from "./idempotency.server";
import { expansions, parseForm } from "./request-params.server";
import { StripeApiError } from "./stripe-error.server";
import { newStripeId } from "./stripe-id.server";
import type { StripeState } from "./stripe-state.server";

/** The version that events are written in, and that a request without `Stripe-Version` gets: the one the SDK pins. */
export const API_VERSION = "2026-10-28.endive";

/** What an endpoint is given: parameters as sent, to be parsed by it. */
interface ApiCall {
  params: unknown;
  /** From the address; empty where it has none. */
  id: string;
  apiVersion: string;
}

/** Turns a call into the object to answer with, in one atomic step. Throws StripeApiError. */
export type Endpoint = (call: ApiCall) => object;

/** One request to the API as it was answered, for tests that count calls. */
export interface ApiCallRecord {
  method: string;
  path: string;
  /** Null while it runs and when the connection was cut. */
  status: number | null;
  idempotencyKey: string | null;
  /** The answer came from the idempotency key; nothing was executed. */
  replayed: boolean;
}

export interface ApiCallRunner {
  /** Runs an endpoint the way Stripe does: secret key, idempotency key, faults, expansion, headers. */
  run(context: Context, endpoint: Endpoint): Promise<Response>;
  calls(): readonly ApiCallRecord[];
  clear(): void;
}

interface Answer extends SavedAnswer {
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

  /** What the client hears, and what its idempotency key keeps: they differ when a fault strikes after the effect. */
  async function execute(
    request: { method: string; path: string; id: string },
    call: ApiCall,
    endpoint: Endpoint,
  ): Promise<{ heard: Answer | ConnectionLost; kept: Answer | undefined }> {
    let done: Answer | undefined;
    try {
      await faults.strike("before", request.method, request.path);
      const paths = expansions(call.params);
      assertExpandable(paths);
      const body = JSON.stringify(expandObject(endpoint(call), paths, state), null, 2);
      done = { status: 200, body, requestId: request.id, headers: {} };
      await faults.strike("after", request.method, request.path);
      return { heard: done, kept: done };
    } catch (error) {
      if (error instanceof ConnectionLost) return { heard: error, kept: done };
      const failed = errorAnswer(error, request.id);
      return { heard: failed.answer, kept: failed.executed ? failed.answer : done };
    }
  }

  async function answer(
    context: Context,
    endpoint: Endpoint,
    request: { method: string; path: string; id: string; key: string | null; apiVersion: string },
    log: ApiCallRecord,
  ): Promise<Answer | ConnectionLost> {
    try {
      authenticate(context.req.header("Authorization"), options.secretKey);
      const text = request.method === "GET" ? new URL(context.req.url).search.slice(1) : await context.req.text();
      const call: ApiCall = {
        params: parseForm(text),
        id: context.req.param("id") ?? "",
        apiVersion: request.apiVersion,
      };
      if (request.key === null) return (await execute(request, call, endpoint)).heard;
      const use = keys.use(request.key, request.path, canonical(call.params));
      if (use.kind === "replay") {
        log.replayed = true;
        return {
          ...use.answer,
          headers: {
            "Idempotent-Replayed": "true",
            ...(use.answer.status >= 400 && { "Stripe-Should-Retry": "false" }),
          },
        };
      }
      try {
        const { heard, kept } = await execute(request, call, endpoint);
        if (kept !== undefined) use.save(kept);
        return heard;
      } finally {
        use.forgetUnlessSaved();
      }
    } catch (error) {
      return errorAnswer(error, request.id).answer;
    }
  }

  return {
    async run(context, endpoint) {
      const { method, path } = context.req;
      const key = method === "POST" ? (context.req.header("Idempotency-Key") ?? null) : null;
      const apiVersion = context.req.header("Stripe-Version") ?? API_VERSION;
      const request = { method, path, id: newStripeId("req"), key, apiVersion };
      const log = record({ method, path, status: null, idempotencyKey: key, replayed: false });
      const given = await answer(context, endpoint, request, log);
      if (given instanceof ConnectionLost) throw given;
      log.status = given.status;
      return new Response(given.body, {
        status: given.status,
        headers: {
          "Content-Type": "application/json",
          "Cache-Control": "no-cache, no-store",
          "Request-Id": request.id,
          "Stripe-Version": apiVersion,
          ...(key !== null && { "Idempotency-Key": key, "Original-Request": given.requestId }),
          ...given.headers,
        },
      });
    },
    calls: () => calls,
    clear() {
      calls = [];
    },
  };
}

/** Rethrows what is not an answer of Stripe's: a fault of the stand-in itself must not look like one. */
function errorAnswer(error: unknown, requestId: string): { answer: Answer; executed: boolean } {
  if (!(error instanceof StripeApiError)) throw error;
  const body = JSON.stringify(error.body(requestId), null, 2);
  const headers = { "Stripe-Should-Retry": "false", ...error.headers };
  return { answer: { status: error.status, body, requestId, headers }, executed: error.executed };
}

/** Bearer, as the SDK sends it, or Basic with the key as user name, as `curl -u` does. Throws Stripe's 401. */
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
