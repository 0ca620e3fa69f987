import type { z } from "zod";
import { REVIEW_REASONS, WAYS_OUT } from "~/checkout/fulfil/ways-out";
import type { ProblemCode } from "~/http/problem-codes";
import * as answers from "./answers";
import {
  availabilityQuery,
  checkoutQuery,
  inventoryUpdate,
  releaseRequest,
  reservationsQuery,
  reserveRequest,
  settleRequest,
} from "./schemas";

/** An answer that is not a problem: JSON in one of the shapes, or what else it is. */
export type Content =
  | { readonly shapes: readonly z.ZodType[] }
  | { readonly type: "text/plain" | "text/event-stream"; readonly events?: z.ZodType }
  | "empty";

export interface DocumentedAnswer {
  readonly says: string;
  readonly content: Content;
  /** Problems that share the status. */
  readonly codes?: readonly ProblemCode[];
  /** Headers that every response has. */
  readonly headers?: readonly string[];
}

export interface Operation {
  readonly summary: string;
  /** `cart`: the cookie or a `session_id` names the cart, and neither is needed. */
  readonly callers: readonly ("cart" | "operator" | "anybody")[];
  readonly query?: z.ZodObject;
  readonly body?: { readonly schema: z.ZodType; readonly required: boolean } | "stripe";
  readonly answers: Readonly<Record<number, DocumentedAnswer | readonly ProblemCode[]>>;
}

export type Method = "get" | "post" | "delete";

const shaped = (says: string, ...shapes: z.ZodType[]): DocumentedAnswer => ({ says, content: { shapes } });

const waysOut = REVIEW_REASONS.map((reason) => `${reason} (${WAYS_OUT[reason].join(", ")})`).join(", ");

/** What every route may answer besides: see `openApiDocument`. */
export const ROUTES: Readonly<Record<string, Partial<Record<Method, Operation>>>> = {
  "/api/reserve-inventory": {
    post: {
      summary: "Sets this cart's quantity of each product named (0 releases it), all or none",
      callers: ["cart"],
      body: { schema: reserveRequest, required: true },
      answers: {
        200: { ...shaped("All of it is held.", answers.reserved), headers: ["Set-Cookie"] },
        400: ["invalid_request", "ambiguous_product"],
        403: ["invalid_session", "cross_origin"],
        404: ["unknown_product"],
        409: {
          ...shaped(
            "Not everything could be held, or a payment page is open for this cart; nothing changed.",
            answers.refused,
          ),
          codes: ["checkout_open"],
        },
        413: ["too_large"],
        415: ["unsupported_media_type"],
        422: ["limit_exceeded"],
        429: ["rate_limited"],
        503: ["unavailable", "selling_paused"],
      },
    },
    delete: {
      summary: "Gives back what this cart holds: the products named, or all",
      callers: ["cart"],
      body: { schema: releaseRequest, required: false },
      answers: {
        200: shaped("Given back; 0 when nothing was held.", answers.released),
        400: ["invalid_request"],
        403: ["invalid_session", "cross_origin"],
        409: ["checkout_open"],
        413: ["too_large"],
        415: ["unsupported_media_type"],
        429: ["rate_limited"],
        503: ["unavailable"],
      },
    },
    get: {
      summary: "The caller's own holds; for an operator all",
      callers: ["cart", "operator"],
      query: reservationsQuery,
      answers: {
        200: shaped("The holds.", answers.ownReservations, answers.allReservations),
        403: ["invalid_session"],
        503: ["unavailable"],
      },
    },
  },
  "/api/availability": {
    get: {
      summary: "Live figures of products; those that do not exist are left out",
      callers: ["cart"],
      query: availabilityQuery,
      answers: {
        200: shaped("The figures, never cached.", answers.availability),
        403: ["invalid_session"],
        404: ["unknown_product"],
        503: ["unavailable"],
      },
    },
  },
  "/api/availability/stream": {
    get: {
      summary:
        "The same figures as server-sent events `availability`, at most one per product and 250 ms, and a comment every 15 s",
      callers: ["cart"],
      query: availabilityQuery,
      answers: {
        200: {
          says: "All products at first, then each when it changes for the caller.",
          content: { type: "text/event-stream", events: answers.productAvailability },
        },
        403: ["invalid_session"],
        429: ["rate_limited"],
        503: ["unavailable"],
      },
    },
  },
  "/api/webhooks/stripe": {
    post: {
      summary: "Where Stripe tells of checkout sessions and refunds, signed with the webhook secret",
      callers: ["anybody"],
      body: "stripe",
      answers: {
        200: shaped("The work is proven done, or is not ours.", answers.received),
        413: ["too_large"],
        503: ["unavailable"],
      },
    },
  },
  "/api/test-inventory-update": {
    post: {
      summary: "Sets or moves a row's inventory, without undoing a sale that happens meanwhile",
      callers: ["operator"],
      body: { schema: inventoryUpdate, required: true },
      answers: {
        200: shaped("What was replaced, and by what.", answers.stockMoved),
        401: ["unauthorized"],
        403: ["cross_origin"],
        404: ["unknown_product"],
        409: ["row_refused"],
        413: ["too_large"],
        415: ["unsupported_media_type"],
        422: ["limit_exceeded", "invalid_request"],
        503: ["unavailable"],
      },
    },
  },
  "/api/debug-checkout": {
    get: {
      summary: "What is known of a checkout, and what would be done next, without doing it",
      callers: ["operator"],
      query: checkoutQuery,
      answers: {
        200: shaped("The Stripe session, its hold, the marks and the rows.", answers.inspection),
        401: ["unauthorized"],
        404: ["not_found"],
        503: ["unavailable"],
      },
    },
  },
  "/api/settle-checkout": {
    post: {
      summary: `An operator's decision about an order that needs review; then whatever is left of the checkout is done. By reason: ${waysOut}`,
      callers: ["operator"],
      body: { schema: settleRequest, required: true },
      answers: {
        200: shaped("Where the checkout stands then.", answers.settled),
        400: ["invalid_request"],
        401: ["unauthorized"],
        403: ["cross_origin"],
        404: ["not_found"],
        409: ["not_applicable"],
        413: ["too_large"],
        415: ["unsupported_media_type"],
        503: ["unavailable"],
      },
    },
  },
  "/api/openapi.json": {
    get: {
      summary: "This document",
      callers: ["anybody"],
      answers: {
        200: { says: "OpenAPI 3.1.", content: { shapes: [] }, headers: ["ETag"] },
        304: { says: "The caller has it already.", content: "empty", headers: ["ETag"] },
      },
    },
  },
  "/healthz": {
    get: { summary: "The process is alive", callers: ["anybody"], answers: { 200: shaped("It is.", answers.health) } },
  },
  "/readyz": {
    get: {
      summary: "Whether holds are rebuilt, and how the services outside are",
      callers: ["anybody"],
      answers: {
        200: shaped("Ready, perhaps degraded.", answers.readiness),
        503: { ...shaped("Holds are not rebuilt yet.", answers.readiness), headers: ["Retry-After"] },
      },
    },
  },
  "/metrics": {
    get: {
      summary: "Figures for Prometheus",
      callers: ["anybody"],
      answers: { 200: { says: "Prometheus' text format.", content: { type: "text/plain" } } },
    },
  },
};
