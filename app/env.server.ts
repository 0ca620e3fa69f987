import { randomBytes } from "node:crypto";
import { z } from "zod";
import { parseProductColumns, tableNameProblem } from "~/catalog/product-columns";
import { parseRowFilter } from "~/catalog/row-filter";
import { parseRowOrder } from "~/catalog/row-order";
import { isStripeCurrency } from "~/checkout/stripe/currencies";
import { paymentMethodsProblem } from "~/checkout/stripe/payment-methods";
import { isShippingCountry } from "~/checkout/stripe/shipping-countries";
import { httpUrl, list, oneOf, parsedBy, wholeNumber } from "~/env-fields";
import { isLoopback } from "~/http/loopback";
import { isPictureBase, isPictureUrl } from "~/http/picture-url.server";
import { accentPalette } from "~/look/accent.server";
import { isSupportedLocale, LANGUAGE_CODES } from "~/words/languages.server";
import { isTimeZone } from "~/words/time-zone";

/** An invalid environment. The message lists every missing or invalid variable, one per line. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

export type Environment = z.output<typeof schema> & {
  /** True if no Supabase and no Stripe variable is set. */
  readonly isSandbox: boolean;
  /** Origin, without a trailing slash. */
  readonly publicUrl: string;
  /** What shoppers know the shop by. */
  readonly shopName: string;
  readonly shopTagline: string | null;
  /** The first secret signs; all of them verify. */
  readonly sessionSecrets: readonly string[];
  readonly supabase: { readonly url: string; readonly key: string };
  readonly stripe: { readonly secretKey: string; readonly webhookSecrets: readonly string[] };
};

const SANDBOX_SUPABASE = { url: "http://sandbox.supabase.local", key: "sb_secret_sandbox" };
const SANDBOX_NAME = "Slipway";
const SANDBOX_TAGLINE = "Pottery and kitchenware from a harbourside workshop";
const SANDBOX_STRIPE = { secretKey: "sk_test_sandbox", webhookSecrets: ["whsec_sandbox"] };

/** Hosts of Supabase's load balancer for read replicas, and of a single replica. */
const REPLICA_HOST = /^[a-z0-9]+-(all|rr-[a-z0-9-]+)\.supabase\./i;
const REPLICA_PROBLEM =
  "points to read replicas, which lag behind, so the same item could be sold twice; use the primary's address (https://<project>.supabase.co)";
/** A shop is served at the root of its host: a path here would be missing from every link and from Stripe's way back. */
const origin = httpUrl("https://shop.example.com").refine(
  (url) => !/^https?:/.test(url) || !URL.canParse(url) || new URL(url).href === `${new URL(url).origin}/`,
  "must have no path, query or password: the shop is served at the root of its host",
);
/** Of the API's `shipping_options`. */
const MAX_SHIPPING_RATES = 5;

const schema = z.object({
  NODE_ENV: oneOf(["development", "production", "test"]).default("production"),
  PORT: wholeNumber(3000, 0, 65535),
  PUBLIC_URL: origin.optional(),
  SESSION_SECRET: list
    .refine(
      (secrets) => secrets.length > 0 && secrets.every((secret) => secret.length >= 32),
      "each secret must have at least 32 characters",
    )
    .optional(),
  SUPABASE_URL: httpUrl("https://<project>.supabase.co")
    .refine((url) => !URL.canParse(url) || !REPLICA_HOST.test(new URL(url).hostname), REPLICA_PROBLEM)
    .optional(),
  SUPABASE_SECRET_KEY: z.string().optional(),
  SUPABASE_SERVICE_ROLE_KEY: z.string().optional(),
  // Sent as a header.
  PRODUCTS_SCHEMA: z
    .string()
    .regex(/^[\x21-\x2b\x2d-\x7e]+$/, "must be the name of a single schema")
    .default("public"),
  PRODUCTS_TABLE: parsedBy((name) => {
    const problem = tableNameProblem(name);
    if (problem !== null) throw new Error(problem);
    return name;
  }).default("products"),
  PRODUCTS_COLUMNS: parsedBy(parseProductColumns).optional(),
  PRODUCTS_FILTER: parsedBy(parseRowFilter).default([]),
  PRODUCTS_ORDER: parsedBy(parseRowOrder).optional(),
  PRICE_UNIT: oneOf(["major", "minor"]).default("major"),
  CURRENCY: z
    .string()
    .regex(/^[A-Za-z]{3}$/, "must be a three-letter currency code")
    .transform((code) => code.toLowerCase())
    .refine(isStripeCurrency, "must be a currency that Stripe can charge in: https://docs.stripe.com/currencies")
    .default("usd"),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^[sr]k_(test|live)_/, "must start with sk_test_, sk_live_, rk_test_ or rk_live_")
    .optional(),
  STRIPE_WEBHOOK_SECRET: list
    .refine(
      (secrets) => secrets.length > 0 && secrets.every((secret) => secret.startsWith("whsec_")),
      "each secret must start with whsec_",
    )
    .optional(),
  STRIPE_API_BASE: httpUrl("http://127.0.0.1:55322").optional(),
  STRIPE_CHECKOUT_ORIGIN: httpUrl("https://pay.example.com")
    .transform((url) => new URL(url).origin)
    .default("https://checkout.stripe.com"),
  RESERVATION_TTL_SECONDS: wholeNumber(120, 1, 86_400),
  RESERVATION_MAX_SECONDS: wholeNumber(1200, 1, 604_800),
  // Checkout Sessions expire after at most 24 hours; one hour is kept as a margin for clock differences.
  CHECKOUT_TTL_SECONDS: wholeNumber(900, 1, 82_800),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, "must start with redis:// or rediss://")
    .optional(),
  ADMIN_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  MAX_UNITS_PER_LINE: wholeNumber(10, 1, 1_000_000),
  // Each line uses one metadata key of the Stripe session (`KEY_BUDGET` in app/checkout/stripe/session-metadata.ts).
  MAX_LINES_PER_CART: wholeNumber(30, 1, 30),
  MAX_UNITS_PER_CLIENT: wholeNumber(50, 0, 1_000_000),
  RATE_LIMIT_PER_MINUTE: wholeNumber(120, 0, 1_000_000),
  TRUSTED_PROXY_HOPS: wholeNumber(0, 0, 10),
  STRIPE_PAYMENT_METHODS: list
    .superRefine((methods, context) => {
      const message = paymentMethodsProblem(methods);
      if (message !== null) context.addIssue({ code: "custom", message });
    })
    .default(["card"]),
  SHOP_ENVIRONMENT: z.string().min(1).default("production"),
  FORMER_SHOP_TAGS: list
    .refine(
      (tags) => tags.every((tag) => /^[0-9a-f]{32}$/.test(tag)),
      "each tag must be 32 lower-case hexadecimal digits, as logged at startup",
    )
    .default([]),
  IMAGE_HOSTS: list.optional(),
  IMAGE_BASE_URL: z
    .string()
    .refine(isPictureBase, "must be an https URL (http only on this machine) without a query, fragment or password")
    .optional(),
  STRIPE_SHIPPING_COUNTRIES: list
    .transform((codes) => codes.map((code) => code.toUpperCase()))
    .refine((codes) => codes.every(isShippingCountry), {
      error: ({ input }) =>
        `Stripe does not collect addresses in: ${(input as string[]).filter((code) => !isShippingCountry(code)).join(", ")} (use two-letter country codes, such as US,CA,GB)`,
    })
    .optional(),
  STRIPE_SHIPPING_RATES: list
    .refine(
      (ids) => ids.every((id) => /^shr_\w+$/.test(id)),
      "each must be the id of a shipping rate, which starts with shr_",
    )
    .refine((ids) => ids.length <= MAX_SHIPPING_RATES, `Stripe accepts at most ${MAX_SHIPPING_RATES} shipping rates`)
    .optional(),
  STRIPE_AUTOMATIC_TAX: oneOf(["true", "false"])
    .default("false")
    .transform((flag) => flag === "true"),
  STRIPE_PROMOTION_CODES: oneOf(["true", "false"])
    .default("false")
    .transform((flag) => flag === "true"),
  SHOP_NAME: z.string().trim().max(60, "must have at most 60 characters").optional(),
  SHOP_TAGLINE: z.string().trim().max(200, "must have at most 200 characters").optional(),
  SHOP_ACCENT: parsedBy(accentPalette).optional(),
  SHOP_LOGO_URL: z
    .string()
    .trim()
    .refine(isPictureUrl, "must be an https URL (http only on this machine) without a password")
    .transform((address) => new URL(address).href)
    .optional(),
  SUPPORT_EMAIL: z.email("must be an e-mail address").optional(),
  SHOP_LINKS: list
    .transform((pairs) => pairs.map(shopLink))
    .refine(
      (links) => links.every(({ label, url }) => label !== "" && URL.canParse(url) && url.startsWith("https://")),
      "must be Label=https://… pairs, separated by commas (write a comma inside an address as %2C)",
    )
    .default([]),
  SHOP_LOCALE: z
    .string()
    .refine(
      isSupportedLocale,
      `must be one of ${LANGUAGE_CODES.join(", ")}, with a region if you like (en-GB, de-AT): other languages are not translated yet, see "Make it yours" in the README`,
    )
    .default("en"),
  SHOP_TIME_ZONE: z
    .string()
    .refine(isTimeZone, "must be an IANA time zone, such as Europe/Berlin or America/New_York")
    .default("UTC"),
  LOG_LEVEL: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** What is read here; `HOST` is read by the server that serves the build. */
export const ENVIRONMENT_VARIABLES: readonly string[] = Object.keys(schema.shape);

/**
 * Parses and validates the environment. A blank variable counts as unset.
 * @throws {EnvironmentError} listing every problem at once.
 * @example
 * parseEnvironment({}).isSandbox; // true
 * parseEnvironment({ CURRENCY: "euro" }); // Configuration errors: CURRENCY: must be a three-letter currency code
 */
export function parseEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const parsed = schema.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);

  const supabaseKey = given.SUPABASE_SECRET_KEY ?? given.SUPABASE_SERVICE_ROLE_KEY;
  const services: Record<string, string | undefined> = {
    SUPABASE_URL: given.SUPABASE_URL,
    SUPABASE_SECRET_KEY: supabaseKey,
    STRIPE_SECRET_KEY: given.STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: given.STRIPE_WEBHOOK_SECRET,
  };
  const missing = Object.keys(services).filter((name) => services[name] === undefined);
  const isSandbox = missing.length === Object.keys(services).length;

  if (isSandbox) {
    problems.push(...sandboxProblems(given));
  } else {
    if (missing.length > 0)
      problems.push(
        ...missing.map(
          (name) => `${name}: missing (set all Supabase and Stripe variables, or none of them to run the sandbox)`,
        ),
      );
    for (const name of ["PUBLIC_URL", "SESSION_SECRET"])
      if (given[name] === undefined) problems.push(`${name}: required outside the sandbox`);
    if (isLiveOverHttp(given))
      problems.push(
        "PUBLIC_URL: must start with https:// when STRIPE_SECRET_KEY is a live key: Stripe never returns shoppers to an http address",
      );
  }
  if (problems.length > 0 || !parsed.success)
    throw new EnvironmentError(`Configuration errors:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);

  const env = parsed.data;
  const publicUrl = new URL(env.PUBLIC_URL ?? `http://localhost:${env.PORT}`);
  return {
    ...env,
    isSandbox,
    publicUrl: publicUrl.origin,
    shopName: env.SHOP_NAME ?? (isSandbox ? SANDBOX_NAME : publicUrl.host),
    shopTagline: env.SHOP_TAGLINE ?? (isSandbox ? SANDBOX_TAGLINE : null),
    sessionSecrets: env.SESSION_SECRET ?? [randomBytes(32).toString("base64url")],
    supabase: isSandbox ? SANDBOX_SUPABASE : { url: env.SUPABASE_URL ?? "", key: supabaseKey ?? "" },
    stripe: isSandbox
      ? SANDBOX_STRIPE
      : { secretKey: env.STRIPE_SECRET_KEY ?? "", webhookSecrets: env.STRIPE_WEBHOOK_SECRET ?? [] },
  };
}

/** A link of the footer, from `Label=https://…`. Addresses contain more of the sign, labels none. */
function shopLink(pair: string): { readonly label: string; readonly url: string } {
  const [label = "", ...address] = pair.split("=");
  return { label: label.trim(), url: address.join("=").trim() };
}

/** On this machine a live key may be tried over http. */
function isLiveOverHttp({
  PUBLIC_URL: url = "",
  STRIPE_SECRET_KEY: key = "",
}: Readonly<Record<string, string | undefined>>): boolean {
  if (!/^[sr]k_live_/.test(key) || !URL.canParse(url)) return false;
  return new URL(url).protocol === "http:" && !isLoopback(new URL(url));
}

/** Signs that this is a real deployment that lost its variables: it must not sell for play money. */
function sandboxProblems(given: Readonly<Record<string, string | undefined>>): string[] {
  const problems: string[] = [];
  if (given.PUBLIC_URL !== undefined && URL.canParse(given.PUBLIC_URL) && !isLoopback(new URL(given.PUBLIC_URL))) {
    problems.push(
      "PUBLIC_URL: must be a loopback address in the sandbox, which serves only this machine (no Supabase or Stripe variable is set)",
    );
  }
  if (given.REDIS_URL !== undefined)
    problems.push(
      "REDIS_URL: not supported in the sandbox, which is a single server (no Supabase or Stripe variable is set)",
    );
  return problems;
}
