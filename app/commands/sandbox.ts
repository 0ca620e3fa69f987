/**
 * `npm run sandbox`: runs only the stand-ins for Supabase and Stripe, so that several app servers can share them.
 * Prints the variables to start those servers with, then `ready` once both stand-ins accept requests.
 */
import { z } from "zod";
import { siteOf } from "~/boot/site.server";
import { parseEnvironment } from "~/env.server";
import { listen } from "~/sandbox/listen.server";
import { createStripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";
import { SANDBOX_DUMP_FILE } from "~/sandbox/supabase/sandbox-dump-file";
import { createSupabaseSandbox, SANDBOX_SUPABASE_KEY } from "~/sandbox/supabase/supabase-sandbox.server";
import { isSupportedLocale, LANGUAGE_CODES } from "~/words/languages.server";
import { setSite } from "~/words/site";

const port = (fallback: number) => z.coerce.number().int().min(0).max(65535).default(fallback);
const env = z
  .object({
    SANDBOX_SUPABASE_PORT: port(55321),
    SANDBOX_STRIPE_PORT: port(55322),
    SANDBOX_WEBHOOK_URLS: z.string().default(""),
    SHOP_LOCALE: z
      .string()
      .default("en")
      .refine(isSupportedLocale, { error: `must be a language tag of one of ${LANGUAGE_CODES.join(", ")}` }),
  })
  .safeParse(Object.fromEntries(Object.entries(process.env).filter(([, value]) => value?.trim() !== "")));
if (!env.success) {
  process.stderr.write(`${z.prettifyError(env.error)}\n`);
  process.exit(1);
}

// The language of the payment page.
setSite(siteOf(parseEnvironment({ SHOP_LOCALE: env.data.SHOP_LOCALE })));
const supabase = await createSupabaseSandbox({ dumpFile: SANDBOX_DUMP_FILE });
const database = await listen((request) => supabase.fetch(request), env.data.SANDBOX_SUPABASE_PORT);
const webhookUrls = env.data.SANDBOX_WEBHOOK_URLS.split(",")
  .map((url) => url.trim())
  .filter((url) => url !== "");
const stripe = createStripeSandbox({ webhookUrls, paymentPageBase: () => `http://127.0.0.1:${payments.port}` });
const payments = await listen(stripe.fetch, env.data.SANDBOX_STRIPE_PORT);

process.stdout.write(
  `Supabase: SUPABASE_URL=http://127.0.0.1:${database.port} SUPABASE_SECRET_KEY=${SANDBOX_SUPABASE_KEY}\n`,
);
process.stdout.write(
  `Stripe:   STRIPE_API_BASE=http://127.0.0.1:${payments.port} STRIPE_SECRET_KEY=sk_test_sandbox STRIPE_WEBHOOK_SECRET=whsec_sandbox\n`,
);
process.stdout.write(`Webhooks: ${webhookUrls.join(", ") || "none"}\n`);
process.stdout.write("ready\n");

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));
