import { z } from "zod";
import { MAX_ID_OR_NAME_LENGTH } from "~/catalog/catalog";
import { summed } from "~/reservations/cart-lines";
import type { Line } from "~/reservations/reservation-store";

const MAX_LINES = 200;

/** Several lines in one field of a form or URL, as JSON: `[["mug",2],["jug",1]]`. */
export const writtenLines = z
  .string()
  .transform((written, context): unknown => {
    try {
      return JSON.parse(written);
    } catch {
      context.addIssue({ code: "custom" });
      return z.NEVER;
    }
  })
  .pipe(
    z
      .array(z.tuple([z.string().min(1).max(MAX_ID_OR_NAME_LENGTH), z.number().int().min(1).max(999_999_999)]))
      .min(1)
      .max(MAX_LINES),
  )
  .transform((lines) => summed(lines.map(([productId, quantity]) => ({ productId, quantity }))));

export function writeLines(lines: readonly Line[]): string {
  return JSON.stringify(lines.map(({ productId, quantity }) => [productId, quantity]));
}
