import { z } from "zod";
import { MAX_ID_OR_NAME_LENGTH } from "~/catalog/catalog";
import { isAboutALine, SETTLE_VERDICTS } from "~/checkout/fulfil/settle-verdicts";

const idOrName = z.string().min(1).max(MAX_ID_OR_NAME_LENGTH);
/** Ids are strings in responses; requests may send a number if the table has numbers. */
const productId = z.union([idOrName, z.int().transform(String)]);
const sessionId = z.string().min(1).max(200).optional();

/** Quantities are whole numbers from 0; the maximum is a limit of the shop, not of the format. */
const item = z
  .object({ product_id: productId.optional(), name: idOrName.optional(), quantity: z.int().min(0) })
  .refine((given) => (given.product_id === undefined) !== (given.name === undefined), "send either product_id or name")
  .meta({ oneOf: [{ required: ["product_id"] }, { required: ["name"] }] });

export const reserveRequest = z.object({ session_id: sessionId, items: z.array(item).min(1).max(1000) });
export type ReserveItem = z.output<typeof item>;

export const releaseRequest = z.object({
  session_id: sessionId,
  items: z
    .array(z.object({ product_id: productId }))
    .max(1000)
    .optional(),
});

export const reservationsQuery = z.object({
  session_id: sessionId,
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().min(1).max(1000).optional(),
});

export const availabilityQuery = z.object({ product_id: z.array(idOrName).min(1).max(100) });

export const inventoryUpdate = z
  .object({
    product_id: productId,
    inventory: z.int().min(0).max(1_000_000_000).optional(),
    delta: z.int().min(-1_000_000_000).max(1_000_000_000).optional(),
  })
  .refine((given) => (given.inventory === undefined) !== (given.delta === undefined), "send either inventory or delta")
  .meta({ oneOf: [{ required: ["inventory"] }, { required: ["delta"] }] });

/** The id of a Stripe Checkout Session. */
const checkoutId = z.string().regex(/^cs_[A-Za-z0-9_]{1,250}$/, "must be a checkout id (cs_…)");

export const checkoutQuery = z.object({ checkout_id: checkoutId });

/** Which verdicts an order takes depends on its reason for a review (`VERDICTS_BY_REASON`); those about a line name it. */
export const settleRequest = z
  .object({ checkout_id: checkoutId, product_id: productId.optional(), verdict: z.enum(SETTLE_VERDICTS) })
  .refine(({ product_id: named, verdict }) => named !== undefined || !isAboutALine(verdict), {
    path: ["product_id"],
    message: "name the line that the verdict applies to",
  })
  .meta({
    if: { properties: { verdict: { enum: SETTLE_VERDICTS.filter(isAboutALine) } } },
    then: { required: ["product_id"] },
  });
