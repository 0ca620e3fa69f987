import Stripe from "stripe";

import type { Money } from "~/catalog/catalog";

import { TIME_LIMITS } from "./leases/time-limits.server";
import type { Metadata } from "./session-metadata";
import { ask, isFailure, isMissing, isRefusal, isReplayedFailure, type Patience, PATIENCE, unknownOutcome } from "./stripe/ask-stripe.server";
import { readSideBySide, type Slice } from "./stripe/read-side-by-side";
import {
  createdSession,
  expiredSession,
  pageFollowing,
  priceOf,
  refundOf,
  refundPage,
  sessionOf,
  sessionPage,
  sessionPageWithin,
  toRefund,
  toSession,
  writtenSession,
} from "./stripe/stripe-answers";

/** A Stripe Checkout Session as far as this shop cares. Times are epoch milliseconds. */
export interface StripeSession {
  readonly id: string;
  readonly status: "open" | "complete" | "expired";
  readonly paymentStatus: "paid" | "unpaid" | "no_payment_required";
  readonly url: string | null;
  readonly createdAt: number;
  readonly total: Money;
  readonly metadata: Metadata;
  /** Null before a payment was tried, and for ever when nothing is to pay. `status` is null in lists. */
  readonly payment: { readonly id: string; readonly status: string | null } | null;
  /** The latest try to take the money; null where there was none. Known from `listPaid` only. */
  readonly charge: { readonly createdAt: number; readonly refundedAmount: number; readonly isRefunded: boolean } | null;
}

export type CreateOutcome =
  | { readonly outcome: "created"; readonly session: StripeSession }
  /** Stripe understood and said no: nothing was created. `param`: what it names as wrong, in Stripe's own spelling. */
  | { readonly outcome: "refused"; readonly code: string; readonly message: string; readonly param?: string | undefined }
  /** This key was already used with other parameters: that call's session may exist. */
  | { readonly outcome: "key_used" }
  /** Stripe replays the error of an earlier call for as long as it keeps the key: no call with it ever heard of a session. */
  | { readonly outcome: "failed"; readonly cause: unknown }
  /** Another call with this key is on its way: a second tab. Ask again, and hear what it heard. */
  | { readonly outcome: "busy" };

export interface Refund {
  readonly id: string;
  readonly amount: number;
  /** False when it failed or was canceled: that money is not on its way. */
  readonly counts: boolean;
}

export type RefundOutcome =
  | { readonly outcome: "refunded"; readonly refund: Refund }
  | { readonly outcome: "already_refunded" }
  /** Stripe understood and said no, a disputed charge for instance: trying again would hear the same. */
  | { readonly outcome: "refused"; readonly cause: unknown }
  /** A definite 5xx, which Stripe saved under the key: the same key would only hear it again. */
  | { readonly outcome: "failed"; readonly cause: unknown };

/**
 * The operations of Stripe that this shop uses. Each throws `UnavailableError` when the outcome is unknown (network, timeout,
 * 5xx, 429, or a response that does not say what it must) or the key has no right to it; what Stripe definitely answered is returned.
 */
export interface StripeGateway {
  /** Idempotent by key: the same key and parameters give the same session. */
  create(params: Stripe.Checkout.SessionCreateParams, idempotencyKey: string): Promise<CreateOutcome>;
  /** Null: Stripe knows no such session. */
  fetch(checkoutId: string): Promise<StripeSession | null>;
  /** `refused`: it is not open any more (or unknown); only a fetch tells what it is. */
  expire(checkoutId: string): Promise<"expired" | "refused">;
  /** Newest first, all pages. */
  list(query: { status?: "open" | "complete"; createdSince: number }): AsyncIterable<StripeSession>;
  /**
   * Visits the same, several pages at once and in no order, each session once. Rejects when a page cannot be read: some were then
   * visited, and others not.
   */
  visit(query: { status: "open" | "complete"; createdSince: number }, visit: (session: StripeSession) => void): Promise<void>;
  /** Complete ones with their payments and charges; newest first, all pages. */
  listPaid(query: { createdSince: number }): AsyncIterable<StripeSession>;
  /** Merges these keys into the session's metadata, in one update. */
  writeMetadata(checkoutId: string, metadata: Metadata): Promise<void>;
  refunds(paymentIntentId: string): Promise<readonly Refund[]>;
  /** All that is left of the payment. */
  refund(request: { paymentIntentId: string; metadata: Metadata; idempotencyKey: string }): Promise<RefundOutcome>;
  /** Null when there is no such Price, or none of one fixed whole amount. */
  price(priceId: string): Promise<Money | null>;
}

/** Pages of a list that are read at once: with Stripe's usual 250 ms for each, what it allows of one endpoint (docs.stripe.com/rate-limits). */
const LANES = 8;

/** `patience`: how long a request that Stripe was too busy to look at is tried again. */
export function createStripeGateway(stripe: Stripe, patience: Patience = PATIENCE): StripeGateway {
  type SessionQuery = Pick<Stripe.Checkout.SessionListParams, "status" | "created" | "expand">;

  async function* listSessions(what: string, query: SessionQuery): AsyncGenerator<StripeSession> {
    const page = (after: After) =>
      ask({ what, schema: pageFollowing(sessionPage, after.starting_after), patience }, () => stripe.checkout.sessions.list({ limit: 100, ...query, ...after }));
    for await (const session of pages(what, page)) yield toSession(session);
  }

  return {
    async create(params, idempotencyKey) {
      const what = "create a payment page";
      try {
        const schema = createdSession(writtenBy(params));
        const session = await ask({ what, schema, patience }, () => stripe.checkout.sessions.create(params, { idempotencyKey }));
        return { outcome: "created", session: toSession(session) };
      } catch (error) {
        if (error instanceof Stripe.errors.StripeIdempotencyError) return { outcome: "key_used" };
        if (isRefusal(error)) return { outcome: "refused", code: error.code ?? error.type, message: error.message, param: error.param };
        if (isReplayedFailure(error)) return { outcome: "failed", cause: error };
        if (error instanceof Stripe.errors.StripeError && error.code === "idempotency_key_in_use") return { outcome: "busy" };
        throw unknownOutcome(what, error);
      }
    },

    async fetch(checkoutId) {
      const what = "read a payment page";
      try {
        const schema = sessionOf(checkoutId);
        return toSession(await ask({ what, schema, patience }, () => stripe.checkout.sessions.retrieve(checkoutId, { expand: ["payment_intent"] })));
      } catch (error) {
        if (isMissing(error)) return null;
        throw unknownOutcome(what, error);
      }
    },

    async expire(checkoutId) {
      const what = "expire a payment page";
      try {
        await ask({ what, schema: expiredSession(checkoutId), patience }, () => stripe.checkout.sessions.expire(checkoutId));
        return "expired";
      } catch (error) {
        if (isRefusal(error)) return "refused";
        throw unknownOutcome(what, error);
      }
    },

    list: ({ status, createdSince }) =>
      listSessions("list payment pages", { created: since(createdSince), ...(status === undefined ? {} : { status }) }),

    async visit({ status, createdSince }, visit) {
      const what = "list payment pages";
      const readPage = async ({ since: gte, until, after }: Slice) => {
        const created = until === null ? { gte } : { gte, lte: until };
        const query = { limit: 100, status, created, ...(after === undefined ? {} : { starting_after: after }) };
        const schema = pageFollowing(sessionPageWithin(created), after);
        const page = await ask({ what, schema, patience }, () => stripe.checkout.sessions.list(query));
        return { items: page.data.map(toSession), hasMore: page.has_more };
      };
      try {
        await readSideBySide({ since: since(createdSince).gte, lanes: LANES }, readPage, visit);
      } catch (error) {
        throw unknownOutcome(what, error);
      }
    },

    listPaid: ({ createdSince }) =>
      listSessions("list payments", { created: since(createdSince), status: "complete", expand: ["data.payment_intent.latest_charge"] }),

    async writeMetadata(checkoutId, metadata) {
      const what = "write marks";
      try {
        const schema = writtenSession(checkoutId, metadata);
        // Not repeated by the SDK, which would take longer than the lease is sure to last.
        await ask({ what, schema, patience, tryForMs: patience.markMs }, () =>
          stripe.checkout.sessions.update(checkoutId, { metadata: { ...metadata } }, { maxNetworkRetries: 0, timeout: TIME_LIMITS.markMs }),
        );
      } catch (error) {
        throw unknownOutcome(what, error);
      }
    },

    async refunds(paymentIntentId) {
      const what = "read refunds";
      const page = (after: After) =>
        ask({ what, schema: pageFollowing(refundPage(paymentIntentId), after.starting_after), patience }, () =>
          stripe.refunds.list({ payment_intent: paymentIntentId, limit: 100, ...after }),
        );
      const refunds: Refund[] = [];
      for await (const refund of pages(what, page)) refunds.push(toRefund(refund));
      return refunds;
    },

    async refund({ paymentIntentId, metadata, idempotencyKey }) {
      const what = "refund";
      try {
        const params = { payment_intent: paymentIntentId, metadata: { ...metadata } };
        const schema = refundOf(paymentIntentId);
        const refund = await ask({ what, schema, patience }, () => stripe.refunds.create(params, { idempotencyKey, maxNetworkRetries: 0 }));
        return { outcome: "refunded", refund: toRefund(refund) };
      } catch (error) {
        if (isRefusal(error)) return error.code === "charge_already_refunded" ? { outcome: "already_refunded" } : { outcome: "refused", cause: error };
        if (isFailure(error)) return { outcome: "failed", cause: error };
        throw unknownOutcome(what, error);
      }
    },

    async price(priceId) {
      const what = "read a price";
      try {
        const price = await ask({ what, schema: priceOf(priceId), patience }, () => stripe.prices.retrieve(priceId));
        return price.unit_amount === null || price.type !== "one_time" ? null : { amount: price.unit_amount, currency: price.currency };
      } catch (error) {
        if (isRefusal(error)) return null;
        throw unknownOutcome(what, error);
      }
    },
  };
}

const since = (createdSince: number) => ({ gte: Math.floor(createdSince / 1000) });

function writtenBy({ metadata }: Stripe.Checkout.SessionCreateParams): Metadata {
  return Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, String(value ?? "")]));
}

type After = Pick<Stripe.PaginationParams, "starting_after">;

/** All items of a list, page by page. */
async function* pages<Item extends { id: string }>(
  what: string,
  readPage: (after: After) => Promise<{ data: Item[]; has_more: boolean }>,
): AsyncGenerator<Item> {
  try {
    for (let last: Item | undefined; ; ) {
      const page = await readPage(last === undefined ? {} : { starting_after: last.id });
      yield* page.data;
      if (!page.has_more) return;
      last = page.data.at(-1);
    }
  } catch (error) {
    throw unknownOutcome(what, error);
  }
}
