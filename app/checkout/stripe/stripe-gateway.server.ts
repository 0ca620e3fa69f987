import Stripe from "stripe";
import type { Money } from "~/catalog/catalog";
import type { PriceReading } from "~/catalog/price-source";
import { TIME_LIMITS } from "~/checkout/leases/time-limits.server";
import {
  ask,
  isMissing,
  isRefusal,
  isReplayedFailure,
  PATIENCE,
  unknownOutcome,
  type Patience,
} from "./ask-stripe.server";
import { pages, since, type After } from "./list-pages.server";
import { readSideBySide, type Slice } from "./read-side-by-side";
import type { Metadata } from "./session-metadata";
import {
  activePricePage,
  createdSession,
  expiredSession,
  lineItemPage,
  pageFollowing,
  priceOf,
  sessionOf,
  sessionPage,
  sessionPageWithin,
  toChargedLine,
  toPrice,
  toSession,
  writtenSession,
  type SessionOfPage,
} from "./stripe-answers";
import { createRefundCalls } from "./stripe-refunds.server";

/** A Stripe Checkout Session as far as this shop cares. Times are epoch milliseconds. */
export interface StripeSession {
  readonly id: string;
  readonly status: "open" | "complete" | "expired";
  readonly paymentStatus: "paid" | "unpaid" | "no_payment_required";
  readonly url: string | null;
  readonly createdAt: number;
  readonly total: Money;
  /** What the total is made of, in minor units; null where Stripe does not say. `tax` may be contained in the prices. */
  readonly parts: {
    readonly subtotal: number;
    readonly discount: number;
    readonly shipping: number;
    readonly tax: number;
  } | null;
  readonly metadata: Metadata;
  /** Null before a payment was tried, and for ever when nothing is to pay. `status` is null in lists. */
  readonly payment: { readonly id: string; readonly status: string | null } | null;
  /** The latest try to take the money, with all refunds of it, newest first; null where there was none. Known from `fetch` and `listPaid` only. */
  readonly charge: { readonly createdAt: number; readonly refunds: readonly Refund[] } | null;
}

type CreateOutcome =
  | { readonly outcome: "created"; readonly session: StripeSession }
  /** Stripe understood and said no: nothing was created. `param`: what it names as wrong, in Stripe's own spelling. */
  | {
      readonly outcome: "refused";
      readonly code: string;
      readonly message: string;
      readonly param?: string | undefined;
    }
  /** This key was already used with other parameters: that call's session may exist. */
  | { readonly outcome: "key_used" }
  /** Stripe replays the error of an earlier call for as long as it keeps the key: no call with it ever heard of a session. */
  | { readonly outcome: "failed"; readonly cause: unknown }
  /** Another call with this key is on its way: a second tab. Ask again, and hear what it heard. */
  | { readonly outcome: "busy" };

/** A line of a payment page, as the shopper bought it there. */
export interface ChargedLine {
  /** Null: nothing says whose it is, because it was added on the page, or the page was opened by the version before. */
  readonly productId: string | null;
  readonly name: string;
  readonly quantity: number;
  /** Before discounts and taxes; null where Stripe names no fixed price. */
  readonly unitPrice: Money | null;
}

export interface Refund {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly amount: number;
  /**
   * `pending`: on its way, or it waits for the buyer (Stripe's `requires_action`). `failed`: it failed or was canceled, which may be weeks
   * after it read `succeeded`; the money is the merchant's again (docs.stripe.com/refunds, "Failed refunds").
   */
  readonly status: "succeeded" | "pending" | "failed";
}

type RefundOutcome =
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
  /** All lines of a page that Stripe knows. */
  lines(checkoutId: string): Promise<readonly ChargedLine[]>;
  /** `refused`: it is not open any more (or unknown); only a fetch tells what it is. */
  expire(checkoutId: string): Promise<"expired" | "refused">;
  /** Newest first, all pages. */
  list(query: { status?: "open" | "complete"; createdSince: number }): AsyncIterable<StripeSession>;
  /**
   * Visits the same, several pages at once and in no order, each session once. Rejects when a page cannot be read: some were then
   * visited, and others not. Both ends count whole seconds, so that what is created since a moment and before it is the whole list.
   */
  visit(
    query: { status: "open" | "complete"; createdSince: number; createdBefore?: number },
    visit: (session: StripeSession) => void,
  ): Promise<void>;
  /** Complete ones with their payments and charges; newest first, all pages. */
  listPaid(query: { createdSince: number }): AsyncIterable<StripeSession>;
  /** Merges these keys into the session's metadata, in one update. */
  writeMetadata(checkoutId: string, metadata: Metadata): Promise<void>;
  refunds(paymentIntentId: string): Promise<readonly Refund[]>;
  /** All that is left of the payment, unless there is an `amount`. */
  refund(request: {
    paymentIntentId: string;
    amount?: number | undefined;
    metadata: Metadata;
    idempotencyKey: string;
  }): Promise<RefundOutcome>;
  /** The PaymentIntent that a refund is of; null when Stripe knows no such refund, or it is of none. */
  refundedPayment(refundId: string): Promise<string | null>;
  /** The session that a PaymentIntent belongs to; null when it was not made by a payment page. */
  findByPayment(paymentIntentId: string): Promise<StripeSession | null>;
  /** Visits all refunds of the account, other shops' included, as `visit` does. */
  visitRefunds(
    query: { createdSince: number },
    visit: (refund: Refund & { readonly paymentIntentId: string | null }) => void,
  ): Promise<void>;
  price(priceId: string): Promise<PriceReading>;
  /** All active Prices, newest first, page by page; inline ones are not among them. */
  activePrices(): AsyncIterable<{ readonly id: string; readonly reading: PriceReading }>;
}

/** Pages of a list that are read at once: with Stripe's usual 250 ms for each, what it allows of one endpoint (docs.stripe.com/rate-limits). */
const LANES = 8;

/** `patience`: how long a request that Stripe was too busy to look at is tried again. */
export function createStripeGateway(stripe: Stripe, patience: Patience = PATIENCE): StripeGateway {
  type SessionQuery = Pick<Stripe.Checkout.SessionListParams, "status" | "created" | "expand">;

  async function* listSessions(what: string, query: SessionQuery): AsyncGenerator<StripeSession> {
    const page = (after: After) =>
      ask({ what, schema: pageFollowing(sessionPage, after.starting_after), patience }, () =>
        stripe.checkout.sessions.list({ limit: 100, ...query, ...after }),
      );
    for await (const session of pages(what, page)) yield withRefunds(toSession(session));
  }

  const refundCalls = createRefundCalls(stripe, patience);

  /** Stripe expands the latest ten of them. */
  async function withRefunds({ hasMoreRefunds, ...session }: SessionOfPage): Promise<StripeSession> {
    if (!hasMoreRefunds || session.charge === null || session.payment === null) return session;
    return { ...session, charge: { ...session.charge, refunds: await refundCalls.refunds(session.payment.id) } };
  }

  return {
    ...refundCalls,

    async create(params, idempotencyKey) {
      const what = "create a payment page";
      try {
        const schema = createdSession(writtenBy(params));
        const session = await ask({ what, schema, patience }, () =>
          stripe.checkout.sessions.create(params, { idempotencyKey }),
        );
        return { outcome: "created", session: toSession(session) };
      } catch (error) {
        if (error instanceof Stripe.errors.StripeIdempotencyError) return { outcome: "key_used" };
        if (isRefusal(error))
          return { outcome: "refused", code: error.code ?? error.type, message: error.message, param: error.param };
        if (isReplayedFailure(error)) return { outcome: "failed", cause: error };
        if (error instanceof Stripe.errors.StripeError && error.code === "idempotency_key_in_use")
          return { outcome: "busy" };
        throw unknownOutcome(what, error);
      }
    },

    async fetch(checkoutId) {
      const what = "read a payment page";
      try {
        const schema = sessionOf(checkoutId);
        const expand = ["payment_intent.latest_charge.refunds"];
        return await withRefunds(
          toSession(
            await ask({ what, schema, patience }, () => stripe.checkout.sessions.retrieve(checkoutId, { expand })),
          ),
        );
      } catch (error) {
        if (isMissing(error)) return null;
        throw unknownOutcome(what, error);
      }
    },

    async lines(checkoutId) {
      const what = "read the lines of a payment page";
      const page = (after: After) =>
        ask({ what, schema: pageFollowing(lineItemPage(checkoutId), after.starting_after), patience }, () =>
          stripe.checkout.sessions.listLineItems(checkoutId, { limit: 100, ...after }),
        );
      const lines: ChargedLine[] = [];
      for await (const item of pages(what, page)) lines.push(toChargedLine(item));
      return lines;
    },

    async expire(checkoutId) {
      const what = "expire a payment page";
      try {
        await ask({ what, schema: expiredSession(checkoutId), patience }, () =>
          stripe.checkout.sessions.expire(checkoutId),
        );
        return "expired";
      } catch (error) {
        if (isRefusal(error)) return "refused";
        throw unknownOutcome(what, error);
      }
    },

    list: ({ status, createdSince }) =>
      listSessions("list payment pages", { created: since(createdSince), ...(status === undefined ? {} : { status }) }),

    async visit({ status, createdSince, createdBefore }, visit) {
      const what = "list payment pages";
      const readPage = async ({ since: gte, until, after }: Slice) => {
        const created = until === null ? { gte } : { gte, lte: until };
        const query = { limit: 100, status, created, ...(after === undefined ? {} : { starting_after: after }) };
        const schema = pageFollowing(sessionPageWithin(created), after);
        const page = await ask({ what, schema, patience }, () => stripe.checkout.sessions.list(query));
        return { items: page.data.map(toSession), hasMore: page.has_more };
      };
      try {
        const until = createdBefore === undefined ? null : since(createdBefore).gte - 1;
        await readSideBySide({ since: since(createdSince).gte, until, lanes: LANES }, readPage, visit);
      } catch (error) {
        throw unknownOutcome(what, error);
      }
    },

    listPaid: ({ createdSince }) =>
      listSessions("list payments", {
        created: since(createdSince),
        status: "complete",
        expand: ["data.payment_intent.latest_charge.refunds"],
      }),

    async writeMetadata(checkoutId, metadata) {
      const what = "write marks";
      try {
        const schema = writtenSession(checkoutId, metadata);
        // Not repeated by the SDK, which would take longer than the lease is sure to last.
        await ask({ what, schema, patience, tryForMs: patience.markMs }, () =>
          stripe.checkout.sessions.update(
            checkoutId,
            { metadata: { ...metadata } },
            { maxNetworkRetries: 0, timeout: TIME_LIMITS.markMs },
          ),
        );
      } catch (error) {
        throw unknownOutcome(what, error);
      }
    },

    async price(priceId) {
      const what = "read a price";
      try {
        return toPrice(
          await ask({ what, schema: priceOf(priceId), patience }, () =>
            stripe.prices.retrieve(priceId, { expand: ["product"] }),
          ),
        );
      } catch (error) {
        if (isRefusal(error)) return { state: "unusable", fault: "missing" };
        throw unknownOutcome(what, error);
      }
    },

    async *activePrices() {
      const what = "list prices";
      const query = { active: true, limit: 100, expand: ["data.product"] };
      const page = (after: After) =>
        ask({ what, schema: pageFollowing(activePricePage, after.starting_after), patience }, () =>
          stripe.prices.list({ ...query, ...after }),
        );
      for await (const price of pages(what, page)) yield { id: price.id, reading: toPrice(price) };
    },
  };
}

function writtenBy({ metadata }: Stripe.Checkout.SessionCreateParams): Metadata {
  return Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, String(value ?? "")]));
}
