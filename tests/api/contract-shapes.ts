import { expect } from "vitest";
import { z } from "zod";
import type { HttpResponse } from "./http-client";

/** The exact responses of the API: any additional or missing field would change the contract. */

const moment = z.iso.datetime();
const session = z.string().regex(/^[\w-]{16}$/);

export const problem = z.strictObject({
  success: z.literal(false),
  error: z.strictObject({
    code: z.string(),
    message: z.string().min(10),
    fields: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
  }),
});

const grantedLine = z.strictObject({
  product_id: z.string(),
  name: z.string().nullable(),
  success: z.literal(true),
  quantity: z.int().min(0),
  available: z.int().min(0),
  remaining: z.int().min(0),
});
const shortLine = z.strictObject({
  product_id: z.string(),
  name: z.string().nullable(),
  success: z.literal(false),
  requested: z.int().min(1),
  available: z.int().min(0),
  reason: z.enum(["sold_out", "held_by_others"]),
});

export const reserved = z.strictObject({
  success: z.literal(true),
  session_id: z.string(),
  expires_at: moment.nullable(),
  expires_in_seconds: z.int().min(0).nullable(),
  results: z.array(grantedLine).min(1),
  total_active_reservations: z.int().min(0),
});

export const refused = z.strictObject({
  success: z.literal(false),
  session_id: z.string(),
  expires_at: z.null(),
  expires_in_seconds: z.null(),
  results: z.array(z.union([grantedLine, shortLine])).min(1),
  total_active_reservations: z.int().min(0),
  error: z.strictObject({ code: z.literal("insufficient_inventory"), message: z.string() }),
});

export const released = z.strictObject({
  success: z.literal(true),
  released: z.int().min(0),
  total_active_reservations: z.int().min(0),
});

const reservation = z.strictObject({
  product_id: z.string(),
  product_name: z.string().nullable(),
  session,
  quantity: z.int().min(1),
  state: z.enum(["shopping", "checkout"]),
  checkout_id: z.string().nullable(),
  expires_at: moment.nullable(),
  expires_in_seconds: z.int().min(0).nullable(),
});

export const ownReservations = z.strictObject({
  total_reservations: z.int(),
  total_units: z.int(),
  reservations: z.array(reservation),
});

export const allReservations = z.strictObject({
  total_reservations: z.int(),
  total_units: z.int(),
  sessions: z.int(),
  store_bytes: z.int().min(0),
  reservations: z.array(reservation),
  cursor: z.string().nullable(),
});

export const availability = z.strictObject({
  products: z.array(
    z.strictObject({
      product_id: z.string(),
      inventory: z.int().min(0),
      held: z.int().min(0),
      available: z.int().min(0),
      held_by_you: z.int().min(0),
      next_release_at: moment.nullable(),
    }),
  ),
});

export const stockMoved = z.strictObject({
  success: z.literal(true),
  product_id: z.string(),
  before: z.int(),
  after: z.int(),
});

export const inspection = z.strictObject({
  checkout_id: z.string(),
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
      lines: z.array(z.strictObject({ product_id: z.string(), quantity: z.int() })),
    })
    .nullable(),
  verdict: z.literal("refund").nullable(),
  lines: z.array(
    z.strictObject({
      product_id: z.string(),
      quantity: z.int(),
      mark: z.string(),
      from: z.int().nullable(),
      to: z.int().nullable(),
      inventory: z.int().nullable(),
    }),
  ),
  refunds: z.array(
    z.strictObject({
      refund_id: z.string().min(1),
      amount: z.int().positive(),
      status: z.enum(["succeeded", "pending", "failed"]),
    }),
  ),
  charged: z
    .array(
      z.strictObject({
        product_id: z.string().nullable(),
        name: z.string(),
        quantity: z.int(),
        unit_amount: z.int().nullable(),
        currency: z.string().nullable(),
      }),
    )
    .nullable(),
  webhooks: z.strictObject({
    received: z.array(
      z.strictObject({ event_id: z.string().startsWith("evt_"), type: z.string().min(5), received_at: moment }),
    ),
    last_rejected_at: moment.nullable(),
  }),
  settings: z.array(
    z.strictObject({ variable: z.string().regex(/^[A-Z_]+$/), hash: z.string().regex(/^[0-9a-f]{16}$/) }),
  ),
  next: z.string().min(5),
});

export const readiness = z.looseObject({
  status: z.enum(["rebuilding", "ready", "degraded"]),
  dependencies: z.record(z.string(), z.enum(["ok", "failing", "unknown", "memory"])),
  warnings: z.array(z.string()),
});

/** Parses a JSON response. Fails, showing the response, if its status, headers or shape differ. */
export function read<Schema extends z.ZodType>(
  response: HttpResponse,
  status: number,
  shape: Schema,
): z.output<Schema> {
  expect(response.status, response.text.slice(0, 500)).toBe(status);
  expect(response.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(response.headers["cache-control"]).toContain("no-store");
  const parsed = shape.safeParse(JSON.parse(response.text));
  if (!parsed.success) throw new Error(`${z.prettifyError(parsed.error)}\n${response.text.slice(0, 500)}`);
  return parsed.data;
}

/** Expects an error of the contract with this status and code, and returns it. */
export function expectProblem(response: HttpResponse, status: number, code: string): z.output<typeof problem>["error"] {
  const { error } = read(response, status, problem);
  expect(error.code).toBe(code);
  return error;
}
