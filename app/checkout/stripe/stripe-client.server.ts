import Stripe from "stripe";

export interface StripeOptions {
  readonly secretKey: string;
  /** Another base URL, for stand-ins; Stripe's own when absent. Its path is ignored: the SDK knows none. */
  readonly apiBase?: string | undefined;
  /** Reaches a stand-in in the same process. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Of one request. Stripe's default of 80 s would outlive every budget here. */
  readonly timeoutMs: number;
  /** Of one request, after network errors, 409 and 5xx; each POST bears an idempotency key. 1 when absent. */
  readonly maxNetworkRetries?: number | undefined;
}

/** The SDK, pinned to the API version that its types describe. */
export function createStripe(options: StripeOptions): Stripe {
  return new Stripe(options.secretKey, {
    ...(options.apiBase === undefined ? {} : address(new URL(options.apiBase))),
    httpClient: Stripe.createFetchHttpClient(objectsOnly(options.fetch ?? fetch)),
    timeout: options.timeoutMs,
    maxNetworkRetries: options.maxNetworkRetries ?? 1,
    telemetry: false,
    appInfo: { name: "holdfast" },
  });
}

/**
 * Empties responses that are no JSON object, which the SDK then calls invalid. A bare word or `null` in JSON makes it throw where
 * nothing catches: the call would never end, and Node would end the process.
 */
function objectsOnly(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const text = await response.text();
    const { status, headers } = response;
    return isBodiless(status)
      ? response
      : new Response(text.trimStart().startsWith("{") ? text : "", { status, headers });
  };
}

/** Statuses with which a `Response` can't be made. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** A key of live mode: events of test mode are then none of ours, and the other way round. */
export function isLiveKey(secretKey: string): boolean {
  return /^[sr]k_live_/.test(secretKey);
}

function address(base: URL): { protocol: "http" | "https"; host: string; port: string } {
  const isHttp = base.protocol === "http:";
  return { protocol: isHttp ? "http" : "https", host: base.hostname, port: base.port || (isHttp ? "80" : "443") };
}
