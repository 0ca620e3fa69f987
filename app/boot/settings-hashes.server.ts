import { createHmac } from "node:crypto";
import type { Environment } from "~/env.server";

/** What decides which products are sold, for how much, and whether their sale is noticed. */
const COMPARED = [
  "SUPABASE_URL",
  "PRODUCTS_SCHEMA",
  "PRODUCTS_TABLE",
  "PRODUCTS_COLUMNS",
  "PRODUCTS_FILTER",
  "PRICE_UNIT",
  "CURRENCY",
  "IMAGE_BASE_URL",
  "STRIPE_WEBHOOK_SECRET",
  "STRIPE_PAYMENT_METHODS",
  "STRIPE_SHIPPING_COUNTRIES",
  "STRIPE_SHIPPING_RATES",
  "STRIPE_AUTOMATIC_TAX",
  "STRIPE_PROMOTION_CODES",
] as const satisfies readonly (keyof Environment)[];

/**
 * A hash of each of these settings by its variable's name, with which `npm run doctor` sees that the running shop has other settings than
 * `.env`, without either telling its secrets. They are keyed with ADMIN_TOKEN, which doctor and the shop share if it may ask.
 */
export function settingsHashes(env: Environment): Readonly<Record<string, string>> {
  const hash = (value: unknown) =>
    createHmac("sha256", env.ADMIN_TOKEN ?? "")
      .update(JSON.stringify(value) ?? "")
      .digest("hex")
      .slice(0, 16);
  return Object.fromEntries(COMPARED.map((name) => [name, hash(env[name])]));
}
