import type { WebhookEvent } from "./verify-webhook.server";

interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** Which webhooks have reached this server lately, so that operators and `npm run doctor` can tell a wrong secret from a missing endpoint. */
export interface ReceivedEvents {
  verified(event: WebhookEvent): void;
  /** A webhook whose signature none of the secrets verifies. */
  rejected(): void;
  /** Verified events about this checkout, oldest first. */
  about(checkoutId: string): readonly ReceivedEvent[];
  /** Epoch milliseconds; null if no webhook was rejected since this server started. */
  readonly lastRejectedAt: number | null;
}

const MAX_REMEMBERED = 200;

/** In memory, for this server only. `now` is in epoch milliseconds. */
export function createReceivedEvents(now: () => number): ReceivedEvents {
  const events: (ReceivedEvent & { readonly checkoutId: string | null })[] = [];
  let lastRejectedAt: number | null = null;
  return {
    verified({ id, type, checkoutId }) {
      events.push({ id, type, checkoutId, receivedAt: now() });
      if (events.length > MAX_REMEMBERED) events.shift();
    },
    rejected() {
      lastRejectedAt = now();
    },
    about: (checkoutId) => events.filter((event) => event.checkoutId === checkoutId),
    get lastRejectedAt() {
      return lastRejectedAt;
    },
  };
}
