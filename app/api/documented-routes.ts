import type { z } from "zod";
import { REVIEW_REASONS, VERDICTS_BY_REASON } from "~/checkout/fulfil/settle-verdicts";
import type { ProblemCode } from "~/http/problem-codes";
import * as responses from "./responses";
import {
  availabilityQuery,
  checkoutQuery,
  inventoryUpdate,
  releaseRequest,
  reservationsQuery,
  reserveRequest,
  settleRequest,
} from "./schemas";

/** Content of a response other than a problem: JSON in one of the shapes, another type, or nothing. */
export type Content =
  | { readonly shapes: readonly z.ZodType[] }
  | { readonly type: "text/plain" | "text/event-stream"; readonly events?: z.ZodType }
  | "empty";

export interface DocumentedResponse {
  readonly description: string;
  readonly content: Content;
  /** Codes of problems with the same status. */
  readonly codes?: readonly ProblemCode[];
  /** Headers of every such response. */
  readonly headers?: readonly string[];
}

export interface Operation {
  readonly summary: string;
  /** `cart`: the cookie or a `session_id` names the cart; both are optional. */
  readonly callers: readonly ("cart" | "operator" | "public")[];
  readonly query?: z.ZodObject;
  readonly body?: { readonly schema: z.ZodType; readonly required: boolean } | "stripe";
  readonly responses: Readonly<Record<number, DocumentedResponse | readonly ProblemCode[]>>;
}

export type Method = "get" | "post" | "delete";

const shaped = (description: string, ...shapes: z.ZodType[]): DocumentedResponse => ({
  description,
  content: { shapes },
});

const verdictsByReason = REVIEW_REASONS.map((reason) => `${reason} (${VERDICTS_BY_REASON[reason].join(", ")})`).join(
  ", ",
);

/** All documented routes. For responses that any route may return, see `openApiDocument`. */
export const ROUTES: Readonly<Record<string, Partial<Record<Method, Operation>>>> = {
  "/api/reserve-inventory": {
    post: {
      summary: "Sets this cart's quantity of each given product (0 releases it), all or none",
      callers: ["cart"],
      body: { schema: reserveRequest, required: true },
      responses: {
        200: { ...shaped("All items are held.", responses.reserved), headers: ["Set-Cookie"] },
        400: ["invalid_request", "ambiguous_product"],
        403: ["invalid_session", "cross_origin"],
        404: ["unknown_product"],
        409: {
          ...shaped(
            "Not all items could be held, or a payment page is open for this cart; nothing changed.",
            responses.refused,
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
      summary: "Releases this cart's holds: those on the given products, or all",
      callers: ["cart"],
      body: { schema: releaseRequest, required: false },
      responses: {
        200: shaped("Released; 0 if nothing was held.", responses.released),
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
      summary: "The caller's own holds; all holds for an operator",
      callers: ["cart", "operator"],
      query: reservationsQuery,
      responses: {
        200: shaped("The holds.", responses.ownReservations, responses.allReservations),
        403: ["invalid_session"],
        503: ["unavailable"],
      },
    },
  },
  "/api/availability": {
    get: {
      summary: "Live availability of products; unknown ones are omitted",
      callers: ["cart"],
      query: availabilityQuery,
      responses: {
        200: shaped("The availability, never cached.", responses.availability),
        403: ["invalid_session"],
        404: ["unknown_product"],
        503: ["unavailable"],
      },
    },
  },
  "/api/availability/stream": {
    get: {
      summary:
        "The same data as server-sent `availability` events, at most one per product and 250 ms, and a comment every 15 s",
      callers: ["cart"],
      query: availabilityQuery,
      responses: {
        200: {
          description: "All products at first, then each one when it changes for the caller.",
          content: { type: "text/event-stream", events: responses.productAvailability },
        },
        403: ["invalid_session"],
        429: ["rate_limited"],
        503: ["unavailable"],
      },
    },
  },
  "/api/webhooks/stripe": {
    post: {
      summary: "Receives Stripe's events about checkout sessions and refunds, signed with the webhook secret",
      callers: ["public"],
      body: "stripe",
      responses: {
        200: shaped("The work is proven done, or the event is not this shop's.", responses.received),
        413: ["too_large"],
        503: ["unavailable"],
      },
    },
  },
  "/api/test-inventory-update": {
    post: {
      summary: "Sets or changes a row's inventory without undoing concurrent sales",
      callers: ["operator"],
      body: { schema: inventoryUpdate, required: true },
      responses: {
        200: shaped("The inventory before and after.", responses.stockMoved),
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
      summary: "State of a checkout and its next step, without running it",
      callers: ["operator"],
      query: checkoutQuery,
      responses: {
        200: shaped("The Stripe session, its hold, the marks and the rows.", responses.inspection),
        401: ["unauthorized"],
        404: ["not_found"],
        503: ["unavailable"],
      },
    },
  },
  "/api/settle-checkout": {
    post: {
      summary: `Applies an operator's decision about an order that needs review, then completes the checkout. Decisions by reason: ${verdictsByReason}`,
      callers: ["operator"],
      body: { schema: settleRequest, required: true },
      responses: {
        200: shaped("The checkout's new state.", responses.settled),
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
      callers: ["public"],
      responses: {
        200: { description: "OpenAPI 3.1.", content: { shapes: [] }, headers: ["ETag"] },
        304: { description: "Not modified.", content: "empty", headers: ["ETag"] },
      },
    },
  },
  "/healthz": {
    get: {
      summary: "The process is alive",
      callers: ["public"],
      responses: { 200: shaped("Alive.", responses.health) },
    },
  },
  "/readyz": {
    get: {
      summary: "Whether holds are rebuilt, and the state of external services",
      callers: ["public"],
      responses: {
        200: shaped("Ready, possibly degraded.", responses.readiness),
        503: { ...shaped("Holds are not rebuilt yet.", responses.readiness), headers: ["Retry-After"] },
      },
    },
  },
  "/metrics": {
    get: {
      summary: "Metrics for Prometheus",
      callers: ["public"],
      responses: { 200: { description: "Prometheus text format.", content: { type: "text/plain" } } },
    },
  },
};
