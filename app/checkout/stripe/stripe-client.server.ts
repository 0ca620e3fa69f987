import Stripe from "stripe";

export interface StripeOptions {
  readonly secretKey: string;
  /** Base URL of a stand-in; defaults to Stripe's. Its path is ignored, since the SDK supports none. */
  readonly apiBase?: string | undefined;
  /** Replaces the global `fetch`: for stand-ins in this process, rate limits and monitoring. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Per request. The SDK's default of 80 s is longer than every time budget here. */
  readonly timeoutMs: number;
  /** Per request, after network errors, 409 and 5xx; each POST has an idempotency key. Default: 1. */
  readonly maxNetworkRetries?: number | undefined;
}

/** Creates the SDK client, pinned to the API version that its types describe. */
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
 * Empties responses that are not JSON objects; the SDK then reports them as invalid. A bare word or `null` as JSON makes the SDK throw
 * where nothing catches: the call would never settle, and Node would end the process.
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

/** Statuses that a `Response` with a body cannot have. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** Whether the key is for live mode. Events of the other mode are not this shop's. */
export function isLiveKey(secretKey: string): boolean {
  return /^[sr]k_live_/.test(secretKey);
}

function address(base: URL): { protocol: "http" | "https"; host: string; port: string } {
  const isHttp = base.protocol === "http:";
  return { protocol: isHttp ? "http" : "https", host: base.hostname, port: base.port || (isHttp ? "80" : "443") };
}
