import { createHmac } from "node:crypto";
import type { StripeEvent } from "./stripe-objects.server";

/** What to do with the events that match, until `times` of them have. */
interface WebhookRule {
  /** An event type; any when left out. */
  type?: string | undefined;
  /** How many events it applies to; without end when left out. */
  times?: number | undefined;
  /** Delivered this many times more than once. */
  duplicate?: number | undefined;
  /** Milliseconds before the first try. */
  delayMs?: number | undefined;
  /** Never delivered. `resend` still delivers it. */
  drop?: boolean | undefined;
  /** Kept back until `release`. */
  hold?: boolean | undefined;
}

/** One event on its way to one address. */
interface WebhookDelivery {
  readonly eventId: string;
  readonly type: string;
  readonly url: string;
  /** `failed`: given up after the last try. */
  state: "scheduled" | "sending" | "delivered" | "failed" | "dropped" | "held";
  /** `at` in epoch milliseconds; `status` null when no answer came. */
  readonly attempts: { at: number; status: number | null; error: string | null }[];
}

export interface WebhookControls {
  rule(rule: WebhookRule): void;
  clearRules(): void;
  /** Sends what is held, one after the other, each when the one before was answered. Ids: those events, in that order. */
  release(order?: "created" | "reversed" | readonly string[]): Promise<void>;
  /** Delivers an event once more to every address, as the Dashboard's button does. False: there is no such event. */
  resend(eventId: string): boolean;
  /** Resolves when nothing is scheduled or being sent. Held events do not count. */
  idle(): Promise<void>;
  /** Where events go from now on. */
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
const MAX_TRIES = 15;
const MAX_REMEMBERED = 10_000;
const ANSWER_WITHIN_MS = 20_000;

/** `Stripe-Signature` of a body. Source: docs.stripe.com/webhooks#verify-manually */
function signWebhook(body: string, secret: string, timestampSeconds: number): string {
  const signature = createHmac("sha256", secret)
    .update(`${String(timestampSeconds)}.${body}`)
    .digest("hex");
  return `t=${String(timestampSeconds)},v1=${signature}`;
}

/**
 * Delivers events to every address until it answers 2xx (a redirect is a failure, as with Stripe), with exponential
 * back-off from 0.5 s to 60 s, 15 times at most, and a new signature each time.
 */
export function createWebhooks(options: {
  secret: string;
  urls: readonly string[];
  schedule: (run: () => void, delayMs: number) => void;
  deliver: typeof fetch;
  /** An address has taken an event. */
  onDelivered?: (eventId: string) => void;
}): Webhooks {
  let urls = options.urls;
  let rules: { rule: WebhookRule; left: number }[] = [];
  let deliveries: WebhookDelivery[] = [];
  let waiting: (() => void)[] = [];
  const bodies = new Map<string, { type: string; body: string }>();
  const closing = new AbortController();
  const sending = new Set<Promise<void>>();

  function isIdle(): boolean {
    return closing.signal.aborted || deliveries.every(({ state }) => state !== "scheduled" && state !== "sending");
  }

  function settle(): void {
    if (waiting.length === 0 || !isIdle()) return;
    const resolvers = waiting;
    waiting = [];
    for (const resolve of resolvers) resolve();
  }

  function enqueue(eventId: string, url: string, state: WebhookDelivery["state"], delayMs: number): void {
    const delivery: WebhookDelivery = { eventId, type: bodies.get(eventId)?.type ?? "", url, state, attempts: [] };
    deliveries.push(delivery);
    if (state === "scheduled") later(delivery, delayMs);
  }

  function later(delivery: WebhookDelivery, delayMs: number): void {
    delivery.state = "scheduled";
    options.schedule(() => {
      // A reset or a release may have taken it in the meantime.
      if (delivery.state === "scheduled" && !closing.signal.aborted) void attempt(delivery);
    }, delayMs);
  }

  function attempt(delivery: WebhookDelivery): Promise<void> {
    const running = post(delivery).finally(() => {
      sending.delete(running);
      settle();
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
    // The receiver judges the age of a signature by the real time, whatever clock the stand-in was given.
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
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      await response.body?.cancel();
      delivery.attempts.push({ at, status: response.status, error: null });
      delivery.state = response.ok ? "delivered" : "failed";
      if (response.ok) options.onDelivered?.(delivery.eventId);
    } catch (error) {
      delivery.attempts.push({ at, status: null, error: error instanceof Error ? error.message : String(error) });
      delivery.state = "failed";
    }
    if (delivery.state === "delivered" || closing.signal.aborted || delivery.attempts.length >= MAX_TRIES) return;
    if (!deliveries.includes(delivery)) return;
    later(delivery, Math.min(FIRST_RETRY_MS * 2 ** (delivery.attempts.length - 1), LONGEST_RETRY_MS));
  }

  function ruleFor(type: string): WebhookRule {
    const found = rules.find(({ rule }) => rule.type === undefined || rule.type === type);
    if (found === undefined) return {};
    found.left -= 1;
    if (found.left <= 0) rules = rules.filter((other) => other !== found);
    return found.rule;
  }

  function forgetOldest(): void {
    while (deliveries.length > MAX_REMEMBERED) deliveries.shift();
    for (const id of bodies.keys()) {
      if (bodies.size <= MAX_REMEMBERED) return;
      bodies.delete(id);
    }
  }

  return {
    send(event) {
      // Pretty-printed like Stripe's, so that a receiver who serialises it again gets other bytes and a bad signature.
      bodies.set(event.id, { type: event.type, body: JSON.stringify(event, null, 2) });
      const rule = ruleFor(event.type);
      const state = rule.drop === true ? "dropped" : rule.hold === true ? "held" : "scheduled";
      for (const url of urls) {
        for (let copy = 0; copy <= (rule.duplicate ?? 0); copy += 1) enqueue(event.id, url, state, rule.delayMs ?? 0);
      }
      forgetOldest();
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
      await new Promise<void>((resolve) => waiting.push(resolve));
    },
    deliveries: () => deliveries,
    reset() {
      for (const delivery of deliveries) if (delivery.state === "scheduled") delivery.state = "dropped";
      rules = [];
      deliveries = [];
      bodies.clear();
      settle();
    },
    async close() {
      closing.abort();
      await Promise.allSettled(sending);
      settle();
    },
  };
}
