import { z } from "zod";
import { MAX_ID_OR_NAME_LENGTH } from "~/catalog/catalog";
import { isAboutALine, SETTLE_VERDICTS } from "~/checkout/fulfil/settle-verdicts";

const checkoutId = z
  .string()
  .trim()
  .regex(/^cs_[A-Za-z0-9_]{1,250}$/, "Enter a checkout id that starts with cs_.");
const productId = z.string().trim().min(1, "Enter a product id.").max(MAX_ID_OR_NAME_LENGTH);
const session = z.string().min(1).max(64);
const wholeNumber = (message: string) =>
  z
    .string()
    .trim()
    .regex(/^[+-]?\d{1,9}$/, message)
    .transform(Number);

/** The action that an operator's form submits. */
const command = z.discriminatedUnion("intent", [
  z.object({ intent: z.enum(["pause", "resume", "audit"]) }),
  z.object({ intent: z.literal("release_hold"), session, product_id: productId.optional() }),
  z.object({ intent: z.literal("close_page"), checkout_id: checkoutId }),
  z.object({
    intent: z.literal("end_unknown_page"),
    checkout_id: checkoutId,
    confirmed: z.literal("yes", "Confirm that this payment page wasn't paid in any Stripe account."),
  }),
  z.object({
    intent: z.literal("restock"),
    product_id: productId,
    delta: wholeNumber("Enter a whole number of items to add.").refine(
      (delta) => delta !== 0,
      "Enter a number other than 0.",
    ),
    /** Token of the rendered form; the same when it is submitted again. */
    once: z.string().min(1).max(40),
  }),
  z.object({
    intent: z.literal("set_stock"),
    product_id: productId,
    inventory: wholeNumber("Enter the number of items on hand.").refine(
      (inventory) => inventory >= 0,
      "Stock can't be below 0.",
    ),
    confirmed: z.literal("yes", "Confirm that nothing was sold since you counted."),
  }),
  z
    .object({
      intent: z.literal("settle"),
      checkout_id: checkoutId,
      product_id: productId.optional(),
      verdict: z.enum(SETTLE_VERDICTS),
    })
    .refine(
      ({ product_id: product, verdict }) => product !== undefined || !isAboutALine(verdict),
      "This decision needs a product id.",
    ),
  z.object({ intent: z.enum(["inspect", "fulfil"]), checkout_id: checkoutId }),
]);

export type OperatorCommand = z.output<typeof command>;

export type ReadCommand =
  | { readonly outcome: "read"; readonly command: OperatorCommand }
  /** `message` is shown to the operator. */
  | { readonly outcome: "invalid"; readonly message: string };

export function readCommand(form: Readonly<Record<string, string>>): ReadCommand {
  const parsed = command.safeParse(form);
  if (parsed.success) return { outcome: "read", command: parsed.data };
  const isKnown = parsed.error.issues.every(({ code }) => code !== "invalid_union");
  return {
    outcome: "invalid",
    message: isKnown
      ? parsed.error.issues.map(({ message }) => message).join(" ")
      : "Unknown action. Reload the page and try again.",
  };
}

/** Log filter in the page's query string. Ignores invalid values, so that old links still work. */
export const logQuery = z.object({
  q: z.string().trim().max(200).catch("").default(""),
  level: z.enum(["debug", "info", "warn", "error"]).optional().catch(undefined),
  event: z
    .string()
    .max(200)
    .optional()
    .catch(undefined)
    .transform((event) => (event === "" ? undefined : event)),
});

export type LogQuery = z.output<typeof logQuery>;
