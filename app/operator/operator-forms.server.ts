import { z } from "zod";
import { isAboutALine, SETTLE_VERDICTS } from "~/checkout/fulfil/ways-out";

const checkoutId = z
  .string()
  .trim()
  .regex(/^cs_[A-Za-z0-9_]{1,250}$/, "A checkout's id begins with cs_.");
const productId = z.string().trim().min(1, "Name a product by its id.").max(1000);
const session = z.string().min(1).max(64);
const wholeNumber = (wanted: string) =>
  z
    .string()
    .trim()
    .regex(/^[+-]?\d{1,9}$/, wanted)
    .transform(Number);

/** What an operator's form asks for. */
const command = z.discriminatedUnion("intent", [
  z.object({ intent: z.enum(["pause", "resume", "audit"]) }),
  z.object({ intent: z.literal("release_hold"), session, product_id: productId.optional() }),
  z.object({ intent: z.literal("close_page"), checkout_id: checkoutId }),
  z.object({
    intent: z.literal("end_unknown_page"),
    checkout_id: checkoutId,
    confirmed: z.literal("yes", "Confirm that nobody paid on this page, in any Stripe account."),
  }),
  z.object({
    intent: z.literal("restock"),
    product_id: productId,
    delta: wholeNumber("Give a whole number of units to add.").refine(
      (delta) => delta !== 0,
      "Adding 0 changes nothing.",
    ),
    /** The same for a form that is sent twice. */
    once: z.string().min(1).max(40),
  }),
  z.object({
    intent: z.literal("set_stock"),
    product_id: productId,
    inventory: wholeNumber("Give the number of units.").refine(
      (inventory) => inventory >= 0,
      "The stock cannot be below 0.",
    ),
    confirmed: z.literal("yes", "Confirm that the number counts, whatever was sold meanwhile."),
  }),
  z
    .object({
      intent: z.literal("settle"),
      checkout_id: checkoutId,
      product_id: productId.optional(),
      verdict: z.enum(SETTLE_VERDICTS),
    })
    .refine(
      ({ product_id: named, verdict }) => named !== undefined || !isAboutALine(verdict),
      "Name the line that the verdict is about.",
    ),
  z.object({ intent: z.enum(["inspect", "fulfil"]), checkout_id: checkoutId }),
]);

export type OperatorCommand = z.output<typeof command>;

export type ReadCommand =
  | { readonly outcome: "read"; readonly command: OperatorCommand }
  /** `message` is for a person. */
  | { readonly outcome: "not_understood"; readonly message: string };

export function readCommand(form: Readonly<Record<string, string>>): ReadCommand {
  const parsed = command.safeParse(form);
  if (parsed.success) return { outcome: "read", command: parsed.data };
  const isKnown = parsed.error.issues.every(({ code }) => code !== "invalid_union");
  return {
    outcome: "not_understood",
    message: isKnown
      ? parsed.error.issues.map(({ message }) => message).join(" ")
      : "The page could not make sense of this form.",
  };
}

/** What the address of the page asks to see of the log; what makes no sense is left out, so that an old link still opens. */
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
