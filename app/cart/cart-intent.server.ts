import { z } from "zod";
import { MAX_ID_OR_NAME_LENGTH } from "~/catalog/catalog";
import type { Line } from "~/reservations/reservation-store";
import { writtenLines } from "./written-lines.server";

/** A change that a form of the shop requests. */
export type CartIntent =
  /** `operation`: idempotency key of the form; it is applied once, however often it is sent. */
  | { readonly intent: "add"; readonly productId: string; readonly quantity: number; readonly operation: string | null }
  /** Sets the quantities of all these lines, or of none. Several lines are never 0. */
  | { readonly intent: "set"; readonly lines: readonly Line[] }
  | { readonly intent: "remove"; readonly productId: string }
  | { readonly intent: "clear" | "extend" | "hold" };

export type ReadIntent =
  /** `clickedAt`: see `FormOrder`. */
  | { readonly outcome: "read"; readonly intent: CartIntent; readonly clickedAt: number | null }
  /** Shown next to the line: people mistype numbers. */
  | { readonly outcome: "bad_quantity"; readonly productId: string }
  /** Not from one of our forms. */
  | { readonly outcome: "invalid" };

const productId = z.string().min(1).max(MAX_ID_OR_NAME_LENGTH);
// Number() would accept "1e9", "0x1f", " 2 " and "".
const quantity = z
  .string()
  .trim()
  .regex(/^\d{1,9}$/)
  .transform(Number);

const operation = z
  .string()
  .regex(/^[\w-]{8,24}$/)
  .nullable()
  .default(null);

const setLines = z.object({ intent: z.literal("set"), lines: writtenLines });

const intentSchema = z.discriminatedUnion("intent", [
  z.object({
    intent: z.literal("add"),
    product_id: productId,
    quantity: quantity.refine((units) => units > 0),
    operation,
  }),
  z.object({ intent: z.literal("set"), product_id: productId, quantity }),
  z.object({ intent: z.literal("remove"), product_id: productId }),
  z.object({ intent: z.enum(["clear", "extend", "hold"]) }),
]);

export function readIntent(form: Readonly<Record<string, string>>): ReadIntent {
  const clickedAt = /^\d{1,15}$/.test(form.clicked_at ?? "") ? Number(form.clicked_at) : null;
  const several = setLines.safeParse(form);
  if (several.success) return { outcome: "read", intent: several.data, clickedAt };
  const parsed = intentSchema.safeParse(form);
  if (parsed.success) {
    const fields = parsed.data;
    switch (fields.intent) {
      case "add":
        return {
          outcome: "read",
          intent: {
            intent: "add",
            productId: fields.product_id,
            quantity: fields.quantity,
            operation: fields.operation,
          },
          clickedAt,
        };
      case "set":
        return {
          outcome: "read",
          intent: { intent: "set", lines: [{ productId: fields.product_id, quantity: fields.quantity }] },
          clickedAt,
        };
      case "remove":
        return { outcome: "read", intent: { intent: fields.intent, productId: fields.product_id }, clickedAt };
      case "clear":
      case "extend":
      case "hold":
        return { outcome: "read", intent: { intent: fields.intent }, clickedAt };
    }
  }
  const isOnlyQuantity = parsed.error.issues.every((issue) => issue.path[0] === "quantity");
  if (!isOnlyQuantity || form.product_id === undefined) return { outcome: "invalid" };
  return { outcome: "bad_quantity", productId: form.product_id };
}
