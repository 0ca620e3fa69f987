/**
 * `npm run doctor`: checks the merchant's own set-up, with real keys and Stripe in test mode. A line each, exit 1 on a fault.
 * `--write ID`: takes one unit of that product from the stock and gives it back, the only proof that a sale can.
 * `DOCTOR_WAIT_SECONDS` (300): how long it waits for somebody to pay its test page.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { examinePrices } from "~/catalog/examine-prices";
import { proveWrite } from "~/catalog/prove-write";
import { createSupabaseCatalog } from "~/catalog/supabase-catalog.server";
import { examineStripe, type Finding } from "~/checkout/stripe/examine-stripe.server";
import { createPriceBook } from "~/checkout/stripe/price-book.server";
import { shopTag } from "~/checkout/stripe/shop-tag.server";
import { createStripe, isLiveKey } from "~/checkout/stripe/stripe-client.server";
import { createStripeGateway } from "~/checkout/stripe/stripe-gateway.server";
import { EnvironmentError, parseEnvironment, type Environment } from "~/env.server";

const SIGNS = { ok: "ok   ", fault: "FAULT", note: "     " } as const;

let faults = 0;
function say({ state, text }: Finding): void {
  if (state === "fault") faults += 1;
  process.stdout.write(`${SIGNS[state]} ${text}\n`);
}

function readEnvironment(): Environment | null {
  try {
    const env = parseEnvironment(process.env);
    if (!env.isSandbox) return env;
    say({ state: "fault", text: "Neither Supabase nor Stripe is configured: there is no set-up to check." });
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    say({ state: "fault", text: error.message });
  }
  return null;
}

/** A stand-in shows its pages itself. */
function checkoutOrigin({ STRIPE_API_BASE: base, STRIPE_CHECKOUT_ORIGIN: origin }: Environment): string {
  return base === undefined ? origin : new URL(base).origin;
}

async function examine(env: Environment): Promise<void> {
  const { PRODUCTS_TABLE: table, PRODUCTS_COLUMNS: columns, PRICE_UNIT: priceUnit, CURRENCY: currency } = env;
  const { secretKey } = env.stripe;
  const stripe = createStripe({ secretKey, apiBase: env.STRIPE_API_BASE, timeoutMs: 10_000 });
  const prices = createPriceBook({ gateway: createStripeGateway(stripe), now: () => performance.now() });
  const catalog = createSupabaseCatalog({ ...env.supabase, table, columns, priceUnit, currency, prices });
  const report = await catalog.probe();
  if (report.ok)
    say({ state: "ok", text: `The table "${table}" has the columns, and its rows can be read and updated.` });
  for (const text of report.faults) say({ state: "fault", text });
  for (const text of report.warnings) say({ state: "note", text });
  const { values } = parseArgs({ options: { write: { type: "string" } } });
  say(await proveWrite(catalog, values.write ?? null));
  const tag = shopTag({ supabaseUrl: env.supabase.url, table, environment: env.SHOP_ENVIRONMENT });
  say({
    state: "note",
    text: `The tag of this shop's Stripe sessions is ${tag}; note it down before you change SUPABASE_URL, PRODUCTS_TABLE or SHOP_ENVIRONMENT.`,
  });

  for (const finding of await examinePrices(catalog)) say(finding);

  const payment = Number(process.env["DOCTOR_WAIT_SECONDS"] ?? 300) * 1000;
  const examination = {
    stripe,
    live: isLiveKey(secretKey),
    publicUrl: env.publicUrl,
    checkoutOrigin: checkoutOrigin(env),
    currency,
    waitMs: { event: 20_000, payment },
    sleep,
  };
  for await (const finding of examineStripe(examination)) say(finding);
}

const env = readEnvironment();
if (env !== null) await examine(env);
process.stdout.write(
  faults === 0 ? "Everything that the shop needs is there.\n" : `${faults} ${faults === 1 ? "fault" : "faults"}.\n`,
);
process.exitCode = faults === 0 ? 0 : 1;
