import { createHmac } from "node:crypto";
import type { StripeEvent } from "./stripe-objects.server";

/** Changes how matching events are delivered. */
interface WebhookRule {
  /** An event type. Default: any. */
  type?: string | undefined;
  /** Number of events that it applies to. Default: all. */
  times?: number | undefined;
  /** Number of additional deliveries of each event. */
  duplicate?: number | undefined;
  /** Milliseconds before the first attempt. */
  delayMs?: number | undefined;
  /** Does not deliver the event; `resend` still can. */
  drop?: boolean | undefined;
  /** Holds the event until `release`. */
  hold?: boolean | undefined;
}

/** The delivery of one event to one URL. */
interface WebhookDelivery {
  readonly eventId: string;
  readonly type: string;
  readonly url: string;
  /** `failed`: given up after the last attempt. */
  state: "scheduled" | "sending" | "delivered" | "failed" | "dropped" | "held";
  /** `at` in epoch milliseconds; `status` null if there was no response. */
  readonly attempts: { at: number; status: number | null; error: string | null }[];
}

export interface WebhookControls {
  rule(rule: WebhookRule): void;
  clearRules(): void;
  /** Sends held events, each after the response to the one before. Ids: only those, in their order. */
  release(order?: "created" | "reversed" | readonly string[]): Promise<void>;
  /** Delivers an event again to every URL, like the button in Stripe's dashboard. False if there is no such event. */
  resend(eventId: string): boolean;
  /** Resolves once no delivery is scheduled or in progress. Held events do not count. */
  idle(): Promise<void>;
  /** Sets the URLs for further events. */
  setUrls(urls: readonly string[]): void;
  deliveries(): readonly WebhookDelivery[];
}

export interface Webhooks extends WebhookControls {
  send(event: StripeEvent): void;
  urls(): readonly string[];
  reset(): void;
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 60_000;
const MAX_ATTEMPTS = 15;
const MAX_REMEMBERED = 10_000;
const RESPONSE_TIMEOUT_MS = 20_000;

/** The `Stripe-Signature` header for a body. Source: https://docs.stripe.com/webhooks#verify-manually */
function signWebhook(body: string, secret: string, timestampSeconds: number): string {
  const signature = createHmac("sha256", secret)
    .update(`${String(timestampSeconds)}.${body}`)
    .digest("hex");
  return `t=${String(timestampSeconds)},v1=${signature}`;
}

/**
 * Delivers events to every URL until it responds with 2xx (a redirect is a failure, as at Stripe): at most 15 attempts,
 * with exponential back-off from 0.5 s to 60 s and a new signature each time.
 */
export function createWebhooks(options: {
  secret: string;
  urls: readonly string[];
  schedule: (run: () => void, delayMs: number) => void;
  deliver: typeof fetch;
  /** Called when a URL has accepted an event. */
  onDelivered?: (eventId: string) => void;
}): Webhooks {
  let urls = options.urls;
  let rules: { rule: WebhookRule; left: number }[] = [];
  let deliveries: WebhookDelivery[] = [];
  let idleResolvers: (() => void)[] = [];
  const bodies = new Map<string, { type: string; body: string }>();
  const closing = new AbortController();
  const sending = new Set<Promise<void>>();

  function isIdle(): boolean {
    return closing.signal.aborted || deliveries.every(({ state }) => state !== "scheduled" && state !== "sending");
  }

  function resolveIfIdle(): void {
    if (idleResolvers.length === 0 || !isIdle()) return;
    const resolvers = idleResolvers;
    idleResolvers = [];
    for (const resolve of resolvers) resolve();
  }

  function enqueue(eventId: string, url: string, state: WebhookDelivery["state"], delayMs: number): void {
    const delivery: WebhookDelivery = { eventId, type: bodies.get(eventId)?.type ?? "", url, state, attempts: [] };
    deliveries.push(delivery);
    if (state === "scheduled") schedule(delivery, delayMs);
  }

  function schedule(delivery: WebhookDelivery, delayMs: number): void {
    delivery.state = "scheduled";
    options.schedule(() => {
      // A reset may have dropped it in the meantime.
      if (delivery.state === "scheduled" && !closing.signal.aborted) void attempt(delivery);
    }, delayMs);
  }

  function attempt(delivery: WebhookDelivery): Promise<void> {
    const running = post(delivery).finally(() => {
      sending.delete(running);
      resolveIfIdle();
    });
    sending.add(running);
    return running;
  }

  async function post(delivery: WebhookDelivery): Promise<void> {
    const body = bodies.get(delivery.eventId)?.body;
    if (body === undefined) {
      delivery.state = "failed";
      return;
    }
    delivery.state = "sending";
    // Real time, not the stand-in's clock: receivers reject signatures that are too old.
    const at = Date.now();
    try {
      const response = await options.deliver(delivery.url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json; charset=utf-8",
          "Stripe-Signature": signWebhook(body, options.secret, Math.floor(at / 1000)),
          "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(RESPONSE_TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      delivery.attempts.push({ at, status: response.status, error: null });
      delivery.state = response.ok ? "delivered" : "failed";
      if (response.ok) options.onDelivered?.(delivery.eventId);
    } catch (error) {
      delivery.attempts.push({ at, status: null, error: error instanceof Error ? error.message : String(error) });
      delivery.state = "failed";
    }
    if (delivery.state === "delivered" || closing.signal.aborted || delivery.attempts.length >= MAX_ATTEMPTS) return;
    if (!deliveries.includes(delivery)) return;
    schedule(delivery, Math.min(FIRST_RETRY_MS * 2 ** (delivery.attempts.length - 1), LONGEST_RETRY_MS));
  }

  function ruleFor(type: string): WebhookRule {
    const found = rules.find(({ rule }) => rule.type === undefined || rule.type === type);
    if (found === undefined) return {};
    found.left -= 1;
    if (found.left <= 0) rules = rules.filter((other) => other !== found);
    return found.rule;
  }

  function evictOldest(): void {
    while (deliveries.length > MAX_REMEMBERED) deliveries.shift();
    for (const id of bodies.keys()) {
      if (bodies.size <= MAX_REMEMBERED) return;
      bodies.delete(id);
    }
  }

  return {
    send(event) {
      // Pretty-printed like Stripe's, so that the signature does not match if a receiver serializes the body again.
      bodies.set(event.id, { type: event.type, body: JSON.stringify(event, null, 2) });
      const rule = ruleFor(event.type);
      const state = rule.drop === true ? "dropped" : rule.hold === true ? "held" : "scheduled";
      for (const url of urls) {
        for (let copy = 0; copy <= (rule.duplicate ?? 0); copy += 1) enqueue(event.id, url, state, rule.delayMs ?? 0);
      }
      evictOldest();
    },
    urls: () => urls,
    setUrls(next) {
      urls = [...next];
    },
    rule(rule) {
      rules.push({ rule, left: rule.times ?? Infinity });
    },
    clearRules() {
      rules = [];
    },
    async release(order = "created") {
      const held = deliveries.filter(({ state }) => state === "held");
      const ordered =
        order === "created"
          ? held
          : order === "reversed"
            ? held.reverse()
            : order.flatMap((id) => held.filter(({ eventId }) => eventId === id));
      for (const delivery of ordered) await attempt(delivery);
    },
    resend(eventId) {
      if (!bodies.has(eventId)) return false;
      for (const url of urls) enqueue(eventId, url, "scheduled", 0);
      return true;
    },
    async idle() {
      if (isIdle()) return;
      await new Promise<void>((resolve) => idleResolvers.push(resolve));
    },
    deliveries: () => deliveries,
    reset() {
      for (const delivery of deliveries) if (delivery.state === "scheduled") delivery.state = "dropped";
      rules = [];
      deliveries = [];
      bodies.clear();
      resolveIfIdle();
    },
    async close() {
      closing.abort();
      await Promise.allSettled(sending);
      resolveIfIdle();
    },
  };
}
