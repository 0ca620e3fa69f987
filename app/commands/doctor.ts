/**
 * `npm run doctor`: checks the merchant's configuration against the real Supabase and against Stripe in test mode.
 * Prints one line per check and exits with 1 if any failed.
 * `--write ID`: takes one unit of this product out of stock and puts it back, the only proof that sales can.
 * `--ignore COLUMN` (repeatable): this unmapped column does not decide what is sold.
 * `DOCTOR_WAIT_SECONDS` (300): how long it waits for you to pay on its test payment page.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { catalogSettings } from "~/boot/catalog-settings.server";
import { holdTimeWarning } from "~/boot/hold-times";
import { settingsHashes } from "~/boot/settings-hashes.server";
import { checkoutConfig } from "~/boot/settings.server";
import { identityOf } from "~/boot/shop-identity.server";
import { createProductsTable, type ProductsTable } from "~/catalog/products-table.server";
import { createSupabaseCatalog } from "~/catalog/supabase-catalog.server";
import { createPriceBook } from "~/checkout/stripe/price-book.server";
import { createStripe } from "~/checkout/stripe/stripe-client.server";
import { createStripeGateway } from "~/checkout/stripe/stripe-gateway.server";
import { examineIdentity } from "~/doctor/examine-identity";
import { examinePayment } from "~/doctor/examine-payment";
import { examinePrices } from "~/doctor/examine-prices";
import { examineStripe } from "~/doctor/examine-stripe.server";
import { examineTable, type TableSettings } from "~/doctor/examine-table.server";
import type { Finding } from "~/doctor/finding";
import { lineForSale } from "~/doctor/line-for-sale";
import { EnvironmentError, parseEnvironment, type Environment } from "~/env.server";
import { allowsPictureFrom } from "~/http/page-headers.server";
import { readDotenv } from "./read-dotenv.js";

const LABELS = { ok: "ok    ", failed: "FAILED", note: "note  " } as const;

/** For one query of a thousand rows. */
const DATABASE_MS = 10_000;

let failures = 0;
function print({ state, text }: Finding): void {
  if (state === "failed") failures += 1;
  process.stdout.write(`${LABELS[state]} ${text}\n`);
}

function readEnvironment(): Environment | null {
  try {
    const env = parseEnvironment(process.env);
    if (!env.isSandbox) return env;
    print({ state: "failed", text: "Nothing to check: Supabase and Stripe are not configured." });
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    print({ state: "failed", text: error.message });
  }
  return null;
}

/** A Stripe stand-in serves its own payment pages. */
function checkoutOrigin({ STRIPE_API_BASE: base, STRIPE_CHECKOUT_ORIGIN: origin }: Environment): string {
  return base === undefined ? origin : new URL(base).origin;
}

/** The table as the public may use it. Only doctor reads this key. */
function publicTable(env: Environment): ProductsTable | null {
  const key = (process.env["SUPABASE_PUBLISHABLE_KEY"] ?? process.env["SUPABASE_ANON_KEY"] ?? "").trim();
  return key === "" ? null : createProductsTable({ ...catalogSettings(env), key, timeoutMs: DATABASE_MS });
}

async function examine(env: Environment): Promise<void> {
  const currency = env.CURRENCY;
  const { secretKey } = env.stripe;
  const stripe = createStripe({ secretKey, apiBase: env.STRIPE_API_BASE, timeoutMs: 10_000 });
  const prices = createPriceBook({ gateway: createStripeGateway(stripe), now: () => performance.now() });
  const catalog = createSupabaseCatalog({ ...catalogSettings(env), prices });
  const { values } = parseArgs({ options: { write: { type: "string" }, ignore: { type: "string", multiple: true } } });
  const settings: TableSettings = {
    catalog,
    table: createProductsTable({ ...catalogSettings(env), timeoutMs: DATABASE_MS }),
    filter: env.PRODUCTS_FILTER,
    priceUnit: env.PRICE_UNIT,
    isPriceUnitSet: (process.env["PRICE_UNIT"] ?? "").trim() !== "",
    currency,
    ignored: new Set(values.ignore),
    publicTable: publicTable(env),
    writeTo: values.write ?? null,
  };
  const mayLoad = (address: URL) => allowsPictureFrom(address, env.publicUrl, env);
  for await (const finding of examineTable(settings, { fetch, publicUrl: env.publicUrl, mayLoad })) print(finding);
  const { shopTag, live } = identityOf(env);
  print({
    state: "note",
    text: `This shop tags its Stripe sessions with ${shopTag}. Keep this tag: if you later change SUPABASE_URL, PRODUCTS_SCHEMA, PRODUCTS_TABLE or SHOP_ENVIRONMENT, list it in FORMER_SHOP_TAGS.`,
  });

  const holdTimes = holdTimeWarning(env);
  if (holdTimes !== null) print({ state: "note", text: holdTimes });

  for (const finding of examineIdentity({ given: process.env, shopName: env.shopName })) print(finding);

  // Columns that are detected are never Stripe Prices.
  if (typeof env.PRODUCTS_COLUMNS?.stripePrice === "string")
    for (const finding of await examinePrices(catalog)) print(finding);

  const payment = Number(process.env["DOCTOR_WAIT_SECONDS"] ?? 300) * 1000;
  const account = {
    stripe,
    live,
    config: checkoutConfig(env, { shopTag, orderKey: () => "doctor" }),
    line: await lineForSale(catalog.offers),
    publicUrl: env.publicUrl,
    checkoutOrigin: checkoutOrigin(env),
    currency,
    waitMs: { event: 20_000, payment },
    sleep,
  };
  const receiver = {
    publicUrl: env.publicUrl,
    port: env.PORT,
    adminToken: env.ADMIN_TOKEN ?? null,
    webhookSecrets: env.stripe.webhookSecrets,
    settings: settingsHashes(env),
  };
  for await (const finding of examineStripe(account, receiver)) print(finding);
  if (live) return;
  if (failures > 0)
    print({
      state: "note",
      text: "Not tested: a payment and its refund. Doctor asks for a test payment once all other checks pass.",
    });
  else for await (const finding of examinePayment(account)) print(finding);
}

readDotenv();
const env = readEnvironment();
if (env !== null) await examine(env);
process.stdout.write(
  failures === 0 ? "All checks passed.\n" : `${failures} ${failures === 1 ? "check" : "checks"} failed.\n`,
);
process.exitCode = failures === 0 ? 0 : 1;
