import type { UnverifiedReason } from "~/checkout/stripe/verify-webhook.server";

const WARN_EVERY_MS = 60_000;

const MESSAGES: Record<UnverifiedReason, string> = {
  unsigned: "webhook rejected: it has no Stripe-Signature header",
  wrong_secret:
    "webhook rejected: STRIPE_WEBHOOK_SECRET does not verify its signature; it must be the endpoint's signing secret, and proxies must pass the body on unchanged",
  too_old: "webhook rejected: it was signed more than 5 minutes ago, or this server's clock is wrong",
};

interface RejectedWebhooksOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: { warn(facts: object, message: string): void };
}

/** Logs why webhooks are rejected, once a minute for each reason: any client can send one, and its content cannot be trusted. */
export function createRejectedWebhooks({ now, log }: RejectedWebhooksOptions): (reason: UnverifiedReason) => void {
  const warnedAt = new Map<UnverifiedReason, number>();
  return (reason) => {
    const at = now();
    if (at - (warnedAt.get(reason) ?? -Infinity) < WARN_EVERY_MS) return;
    warnedAt.set(reason, at);
    log.warn({ reason }, MESSAGES[reason]);
  };
}
