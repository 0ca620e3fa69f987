import Stripe from "stripe";
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
import type { ChargedLine, StripeGateway, StripeSession } from "./gateway";
import { pages, since, type After } from "./list-pages.server";
import { readSideBySide, type Slice } from "./read-side-by-side";
import type { Metadata } from "./session-metadata";
import { createRefundOperations } from "./stripe-refunds.server";
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
} from "./stripe-responses";

/**
 * Pages of a list read in parallel. At Stripe's usual 250 ms per page this reaches its limit per endpoint (docs.stripe.com/rate-limits).
 */
const LANES = 8;

/** `patience`: how long requests that Stripe was too busy to execute are retried. */
export function createStripeGateway(stripe: Stripe, patience: Patience = PATIENCE): StripeGateway {
  type SessionQuery = Pick<Stripe.Checkout.SessionListParams, "status" | "created" | "expand">;

  async function* listSessions(what: string, query: SessionQuery): AsyncGenerator<StripeSession> {
    const page = (after: After) =>
      ask({ what, schema: pageFollowing(sessionPage, after.starting_after), patience }, () =>
        stripe.checkout.sessions.list({ limit: 100, ...query, ...after }),
      );
    for await (const session of pages(what, page)) yield withRefunds(toSession(session));
  }

  const refundOperations = createRefundOperations(stripe, patience);

  /** Reads all refunds of the charge; Stripe expands only the latest ten. */
  async function withRefunds({ hasMoreRefunds, ...session }: SessionOfPage): Promise<StripeSession> {
    if (!hasMoreRefunds || session.charge === null || session.payment === null) return session;
    return { ...session, charge: { ...session.charge, refunds: await refundOperations.refunds(session.payment.id) } };
  }

  return {
    ...refundOperations,

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
        // Without the SDK's retries, which could outlast the lease.
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
        if (isRefusal(error)) return { state: "unusable", problem: "missing" };
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
