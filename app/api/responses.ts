import { z } from "zod";
import { REVIEW_REASONS } from "~/checkout/fulfil/settle-verdicts";
import { PROBLEM_CODES } from "~/http/problem-codes";

/** Schemas of all API responses, for `/api/openapi.json` and for tests, which validate every real response. */

const units = z.int().min(0);
const moment = z.iso.datetime();
const checkoutId = z.string().regex(/^cs_/);
/** A hash of the session id, which is secret and never shown; `late:` and a claim id if a payment arrived after its hold had ended. */
const session = z.string().regex(/^([\w-]{16}|late:[\w-]{1,100})$/);

export const problem = z
  .strictObject({
    success: z.literal(false),
    error: z.strictObject({
      code: z.enum(PROBLEM_CODES),
      message: z.string().min(1).describe("For people."),
      fields: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
    }),
  })
  .meta({ id: "Problem" });

const heldLine = z
  .strictObject({
    product_id: z.string(),
    name: z.string().nullable().describe("Null if the product is no longer in the table."),
    success: z.literal(true),
    quantity: units,
    available: units.describe(
      "inventory − held by others: units that this session may hold in all, including its own.",
    ),
    remaining: units.describe("available − quantity"),
  })
  .meta({ id: "HeldLine" });

const shortLine = z
  .strictObject({
    product_id: z.string(),
    name: z.string().nullable(),
    success: z.literal(false),
    requested: units,
    available: units,
    reason: z.enum(["sold_out", "held_by_others"]),
  })
  .meta({ id: "ShortLine" });

export const reserved = z
  .strictObject({
    success: z.literal(true),
    session_id: z.string().describe("A signed token: send it to change, view or release the same cart."),
    expires_at: moment.nullable(),
    expires_in_seconds: units.nullable(),
    results: z.array(heldLine).min(1),
    total_active_reservations: units,
  })
  .meta({ id: "Reserved" });

export const refused = z
  .strictObject({
    success: z.literal(false),
    session_id: z.string(),
    expires_at: z.null(),
    expires_in_seconds: z.null(),
    results: z.array(z.union([heldLine, shortLine])).min(1),
    total_active_reservations: units,
    error: z.strictObject({ code: z.literal("insufficient_inventory"), message: z.string().min(1) }),
  })
  .meta({ id: "Refused", description: "Not all items could be held, so nothing changed." });

export const released = z
  .strictObject({
    success: z.literal(true),
    released: units.describe("Number of released lines."),
    total_active_reservations: units,
  })
  .meta({ id: "Released" });

const reservation = z
  .strictObject({
    product_id: z.string(),
    product_name: z.string().nullable(),
    session,
    quantity: z.int().min(1),
    state: z.enum(["shopping", "checkout"]),
    checkout_id: checkoutId.nullable(),
    expires_at: moment.nullable().describe("Null during payment, which ends by proof, not by time."),
    expires_in_seconds: units.nullable(),
  })
  .meta({ id: "Reservation" });

export const ownReservations = z
  .strictObject({ total_reservations: units, total_units: units, reservations: z.array(reservation) })
  .meta({ id: "OwnReservations" });

export const allReservations = z
  .strictObject({
    total_reservations: units,
    total_units: units,
    sessions: units,
    store_bytes: units,
    reservations: z.array(reservation),
    cursor: z.string().nullable().describe("Start of the next page; null on the last one."),
  })
  .meta({ id: "AllReservations" });

export const productAvailability = z
  .strictObject({
    product_id: z.string(),
    inventory: units,
    held: units,
    available: units.describe("Units that the caller may hold in all, including their own."),
    held_by_you: units,
    next_release_at: moment.nullable().describe("When the next unit in another cart may become available."),
  })
  .meta({ id: "Availability" });

export const availability = z
  .strictObject({ products: z.array(productAvailability).min(1) })
  .meta({ id: "Availabilities" });

export const stockMoved = z
  .strictObject({ success: z.literal(true), product_id: z.string(), before: z.int(), after: units })
  .meta({ id: "StockMoved" });

export const inspection = z
  .strictObject({
    checkout_id: checkoutId,
    session: z.strictObject({
      status: z.enum(["open", "complete", "expired"]),
      payment_status: z.enum(["paid", "unpaid", "no_payment_required"]),
      ours: z.boolean(),
    }),
    hold: z
      .strictObject({
        claim_id: z.string(),
        session,
        claimed_at: moment,
        lines: z.array(z.strictObject({ product_id: z.string(), quantity: units })),
      })
      .nullable(),
    verdict: z.literal("refund").nullable(),
    lines: z.array(
      z.strictObject({
        product_id: z.string(),
        quantity: units,
        mark: z.enum(["claimed", "intent", "done", "return_intent", "returned", "needs_review"]),
        from: z.int().nullable(),
        to: z.int().nullable(),
        inventory: z.int().nullable().describe("The row's current inventory; null if it cannot be read or is gone."),
      }),
    ),
    refunds: z
      .array(
        z.strictObject({ refund_id: z.string(), amount: units, status: z.enum(["succeeded", "pending", "failed"]) }),
      )
      .describe(
        "Refunds of the payment as reported by Stripe, in minor units. `pending`: on its way; `failed`: failed or canceled, even weeks later.",
      ),
    charged: z
      .array(
        z.strictObject({
          product_id: z.string().nullable().describe("Null for a line without a product of this shop."),
          name: z.string(),
          quantity: units,
          unit_amount: units.nullable(),
          currency: z.string().nullable(),
        }),
      )
      .nullable()
      .describe(
        "The lines that Stripe charged; null before the payment page is complete, and while Stripe is unavailable.",
      ),
    webhooks: z
      .strictObject({
        received: z.array(z.strictObject({ event_id: z.string(), type: z.string(), received_at: moment })),
        last_rejected_at: moment.nullable().describe("When a webhook last had a signature that no secret verifies."),
      })
      .describe("Verified events about this checkout that reached the responding server, of its latest 200."),
    settings: z
      .array(z.strictObject({ variable: z.string(), hash: z.string() }))
      .describe("A hash of each setting that decides what is sold, for `npm run doctor` to compare."),
    next: z.string().min(1).describe("The next step, in a sentence."),
  })
  .meta({ id: "Inspection" });

const settledOutcomes = ["done", "refunded", "needs_review", "awaiting_payment", "released"] as const;

export const settled = z
  .strictObject({
    success: z.literal(true),
    checkout_id: checkoutId,
    outcome: z.enum([...settledOutcomes, "open", "left"]),
    reason: z.enum(REVIEW_REASONS).optional().describe("With `needs_review` only: what the order is waiting for."),
  })
  .meta({ id: "Settled" });

export const received = z
  .strictObject({ received: z.literal(true), outcome: z.enum([...settledOutcomes, "not_ours", "ignored"]) })
  .meta({ id: "Received" });

export const health = z.strictObject({ status: z.literal("ok") }).meta({ id: "Health" });

const dependencyState = z.enum(["ok", "failing", "unknown"]);

export const readiness = z
  .strictObject({
    status: z.enum(["rebuilding", "ready", "degraded"]),
    payments: z.enum(["sandbox", "test", "live"]),
    dependencies: z.strictObject({
      database: dependencyState,
      stripe: dependencyState,
      holds: z.enum(["memory", "ok", "failing"]),
    }),
    table_faults: z.array(z.string()),
    warnings: z.array(z.string()),
  })
  .meta({ id: "Readiness" });
