import { describe, expect, it } from "vitest";
import { EnvironmentError, parseEnvironment } from "~/env.server";
import { SUPPORTED_CURRENCIES } from "~/sandbox/stripe/currency.server";
import { startUntilExit } from "./api/store-process";
import { CONFIGURED } from "./configured-environment";

type Source = Record<string, string | undefined>;

const configured: Source = CONFIGURED;

/** Names of the variables that the error message lists. */
function invalidVariables(source: Source): string[] {
  try {
    parseEnvironment(source);
    return [];
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return [...error.message.matchAll(/^ {2}- (\w+)/gm)].map((match) => match[1] ?? "");
  }
}

describe("an incomplete configuration", () => {
  it("lists everything that is missing in one message", () => {
    expect(invalidVariables({ SUPABASE_URL: "https://p.supabase.test" }).sort()).toEqual([
      "PUBLIC_URL",
      "SESSION_SECRET",
      "STRIPE_SECRET_KEY",
      "STRIPE_WEBHOOK_SECRET",
      "SUPABASE_SECRET_KEY",
    ]);
    expect(invalidVariables({ STRIPE_SECRET_KEY: "sk_test_1", STRIPE_WEBHOOK_SECRET: "whsec_1" }).sort()).toEqual([
      "PUBLIC_URL",
      "SESSION_SECRET",
      "SUPABASE_SECRET_KEY",
      "SUPABASE_URL",
    ]);
  });

  it("lists missing and invalid variables together", () => {
    const source = {
      ...configured,
      STRIPE_WEBHOOK_SECRET: undefined,
      SUPABASE_URL: "not a url",
      SESSION_SECRET: "short",
      RESERVATION_TTL_SECONDS: "soon",
      CURRENCY: "euro",
    };
    expect(invalidVariables(source).sort()).toEqual([
      "CURRENCY",
      "RESERVATION_TTL_SECONDS",
      "SESSION_SECRET",
      "STRIPE_WEBHOOK_SECRET",
      "SUPABASE_URL",
    ]);
  });

  it.each([
    "PUBLIC_URL",
    "SESSION_SECRET",
    "SUPABASE_URL",
    "SUPABASE_SECRET_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
  ])("is rejected if only %s is missing or blank", (name) => {
    expect(invalidVariables({ ...configured, [name]: undefined })).toEqual([name]);
    expect(invalidVariables({ ...configured, [name]: "  " })).toEqual([name]);
  });
});

describe("the sandbox", () => {
  it("rejects a public address and Redis: a deployment that lost its variables must not sell for play money", () => {
    expect(invalidVariables({ PUBLIC_URL: "https://shop.test" })).toEqual(["PUBLIC_URL"]);
    expect(invalidVariables({ PUBLIC_URL: "http://192.168.1.20:3000" })).toEqual(["PUBLIC_URL"]);
    expect(invalidVariables({ REDIS_URL: "redis://127.0.0.1:6379" })).toEqual(["REDIS_URL"]);
    expect(invalidVariables({ PUBLIC_URL: "https://localhost.shop.test", REDIS_URL: "rediss://r" })).toEqual([
      "PUBLIC_URL",
      "REDIS_URL",
    ]);
  });

  it.each(["http://localhost:3000", "http://127.0.0.1:4000", "http://[::1]:3000"])("runs on %s", (url) => {
    expect(parseEnvironment({ PUBLIC_URL: url })).toMatchObject({ isSandbox: true, publicUrl: url });
  });

  it("needs no variables, and generates a new session secret at each start", () => {
    const boots = [parseEnvironment({}), parseEnvironment({})];
    expect(boots[0]).toMatchObject({ isSandbox: true, publicUrl: "http://localhost:3000", PORT: 3000 });
    const secrets = boots.flatMap((env) => env.sessionSecrets);
    expect(new Set(secrets).size).toBe(2);
    for (const secret of secrets) expect(secret.length).toBeGreaterThanOrEqual(32);
  });
});

describe("a variable", () => {
  const invalid: [string, string[]][] = [
    ["PORT", ["http", "-1", "65536", "1.5"]],
    [
      "PUBLIC_URL",
      [
        "shop.test",
        "ftp://shop.test",
        "javascript:alert(1)",
        "https://shop.test/store",
        "https://shop.test/?a=1",
        "https://shop.test/#top",
        "https://user:password@shop.test",
      ],
    ],
    ["SESSION_SECRET", ["x".repeat(31), `${"x".repeat(32)},short`, ","]],
    [
      "SUPABASE_URL",
      [
        "project",
        "postgres://db",
        "https://abcdefghijklmnopqrst-all.supabase.co",
        "https://abcdefghijklmnopqrst-rr-us-east-1-abcde.supabase.co",
      ],
    ],
    ["STRIPE_SECRET_KEY", ["pk_test_1", "whsec_1", "sk_1"]],
    ["STRIPE_WEBHOOK_SECRET", ["sk_test_1", "whsec_1,oops", ","]],
    ["STRIPE_API_BASE", ["stripe"]],
    ["PRODUCTS_SCHEMA", ["public,shop", "two words", "größe"]],
    ["PRODUCTS_TABLE", ["products;drop", "a/b", "shop.products", "1st"]],
    ["PRODUCTS_FILTER", ["status=active", "limit=5", "status=eq.active&select=id"]],
    ["PRODUCTS_ORDER", ["name.up", "name,", "a.b.asc"]],
    ["PRODUCTS_COLUMNS", ["id", "id,name", "id,name,price,inventory,colour=c", "id,id,name,price,inventory"]],
    ["PRICE_UNIT", ["cents", "MAJOR"]],
    ["CURRENCY", ["euro", "$", "e1r", "xyz", "btc"]],
    ["RESERVATION_TTL_SECONDS", ["0", "-5", "1.5", "two", "1e9"]],
    ["RESERVATION_MAX_SECONDS", ["0", "for ever"]],
    ["CHECKOUT_TTL_SECONDS", ["0", "82801"]],
    ["FORMER_SHOP_TAGS", ["production", `${"a".repeat(32)},b`, "A".repeat(32)]],
    ["REDIS_URL", ["127.0.0.1:6379", "http://redis"]],
    ["ADMIN_TOKEN", ["short"]],
    ["MAX_UNITS_PER_LINE", ["0", "many"]],
    ["MAX_LINES_PER_CART", ["0", "31"]],
    ["MAX_UNITS_PER_CLIENT", ["-1"]],
    ["RATE_LIMIT_PER_MINUTE", ["-1", "x"]],
    ["TRUSTED_PROXY_HOPS", ["-1", "11"]],
    ["STRIPE_PAYMENT_METHODS", [",", "klara", "card,paypall", "automatic,card", "Card", "toString"]],
    ["STRIPE_SHIPPING_COUNTRIES", ["UK", "USA", "US,EU", "Germany"]],
    ["STRIPE_SHIPPING_RATES", ["express", "shr_1,2", "shr_1,shr_2,shr_3,shr_4,shr_5,shr_6"]],
    ["STRIPE_AUTOMATIC_TAX", ["yes"]],
    ["STRIPE_PROMOTION_CODES", ["1"]],
    ["LOG_LEVEL", ["loud"]],
    ["NODE_ENV", ["prod"]],
  ];
  it.each(invalid)("%s is listed by name if its value is invalid", (name, values) => {
    for (const value of values) expect(invalidVariables({ ...configured, [name]: value }), value).toEqual([name]);
  });

  it("PRODUCTS_TABLE may have capitals, hyphens and spaces, and a schema in it points to PRODUCTS_SCHEMA", () => {
    for (const table of ["Product", "shop-items", "My Products", "produits_été", "order"])
      expect(parseEnvironment({ ...configured, PRODUCTS_TABLE: table }).PRODUCTS_TABLE).toBe(table);
    expect(() => parseEnvironment({ ...configured, PRODUCTS_TABLE: "shop.My Products" })).toThrow(
      "set PRODUCTS_SCHEMA=shop and PRODUCTS_TABLE=My Products",
    );
  });

  it("that only a checkout could prove wrong is explained at boot", () => {
    const problems = (changes: Source) => {
      try {
        return parseEnvironment({ ...configured, ...changes });
      } catch (error) {
        return error instanceof EnvironmentError ? error.message : error;
      }
    };
    expect(problems({ STRIPE_PAYMENT_METHODS: "card,klara,Sepa-debit" })).toContain(
      'STRIPE_PAYMENT_METHODS: "klara" is not a payment method at Stripe; did you mean klarna? "Sepa-debit" is not a payment method at Stripe; did you mean sepa_debit?',
    );
    expect(problems({ STRIPE_SHIPPING_COUNTRIES: "us,uk,xx" })).toContain(
      "STRIPE_SHIPPING_COUNTRIES: Stripe does not collect addresses in: UK, XX (use two-letter country codes, such as US,CA,GB)",
    );
  });

  it.each<[string, string, string]>([
    ["PUBLIC_URL", "shop.test", "must be a URL that starts with https:// or http://, such as https://shop.example.com"],
    ["PORT", "http", "must be a whole number from 0 to 65535"],
    ["PORT", "65536", "must be a whole number from 0 to 65535"],
    ["PRICE_UNIT", "cents", "must be one of: major, minor"],
  ])("%s=%s is told what is expected", (name, value, expected) => {
    expect(() => parseEnvironment({ ...configured, [name]: value })).toThrow(
      new EnvironmentError(`Configuration errors:\n  - ${name}: ${expected}`),
    );
  });

  it.each(["sk_live_1", "rk_live_1"])("PUBLIC_URL must be https with a live key, %s, except on this machine", (key) => {
    const live = { ...configured, STRIPE_SECRET_KEY: key };
    expect(invalidVariables({ ...live, PUBLIC_URL: "http://shop.test" })).toEqual(["PUBLIC_URL"]);
    expect(invalidVariables({ ...live, PUBLIC_URL: "http://localhost:3000" })).toEqual([]);
    expect(invalidVariables({ ...live, PUBLIC_URL: "https://shop.test" })).toEqual([]);
    expect(invalidVariables({ ...configured, PUBLIC_URL: "http://shop.test" })).toEqual([]);
  });

  it("CURRENCY may be whatever Stripe charges in, and so may the stand-in", () => {
    for (const code of SUPPORTED_CURRENCIES) expect(invalidVariables({ ...configured, CURRENCY: code })).toEqual([]);
    const others = Intl.supportedValuesOf("currency").filter((code) => !SUPPORTED_CURRENCIES.has(code.toLowerCase()));
    for (const code of others) expect(invalidVariables({ ...configured, CURRENCY: code })).toEqual(["CURRENCY"]);
  });

  it("has its documented default if unset or blank", () => {
    const blank: Source = Object.fromEntries(invalid.map(([name]) => [name, ""]));
    expect(parseEnvironment({ ...blank, ...configured })).toMatchObject({
      PORT: 3000,
      PRODUCTS_SCHEMA: "public",
      PRODUCTS_TABLE: "products",
      PRODUCTS_FILTER: [],
      PRICE_UNIT: "major",
      CURRENCY: "usd",
      RESERVATION_TTL_SECONDS: 120,
      RESERVATION_MAX_SECONDS: 1200,
      CHECKOUT_TTL_SECONDS: 900,
      MAX_UNITS_PER_LINE: 10,
      MAX_LINES_PER_CART: 30,
      MAX_UNITS_PER_CLIENT: 50,
      RATE_LIMIT_PER_MINUTE: 120,
      TRUSTED_PROXY_HOPS: 0,
      STRIPE_PAYMENT_METHODS: ["card"],
      SHOP_ENVIRONMENT: "production",
      FORMER_SHOP_TAGS: [],
      STRIPE_AUTOMATIC_TAX: false,
      STRIPE_PROMOTION_CODES: false,
      LOG_LEVEL: "info",
      isSandbox: false,
    });
  });

  it("is normalized: origins, currency codes and lists", () => {
    const env = parseEnvironment({
      ...configured,
      PUBLIC_URL: "https://shop.test/",
      CURRENCY: "EUR",
      SESSION_SECRET: `${"n".repeat(32)}, ${"o".repeat(40)}`,
      STRIPE_WEBHOOK_SECRET: "whsec_new,whsec_old",
      STRIPE_PAYMENT_METHODS: "card, sepa_debit",
      STRIPE_SHIPPING_COUNTRIES: "us, Gb",
      STRIPE_SHIPPING_RATES: "shr_1,shr_2",
      IMAGE_HOSTS: "cdn.test,img.test",
      REDIS_URL: "rediss://user:pw@redis.test:6380/1",
    });
    expect(env.publicUrl).toBe("https://shop.test");
    expect(env.CURRENCY).toBe("eur");
    expect(env.sessionSecrets).toEqual(["n".repeat(32), "o".repeat(40)]);
    expect(env.stripe.webhookSecrets).toEqual(["whsec_new", "whsec_old"]);
    expect(env.STRIPE_PAYMENT_METHODS).toEqual(["card", "sepa_debit"]);
    expect(env.STRIPE_SHIPPING_COUNTRIES).toEqual(["US", "GB"]);
    expect(env.STRIPE_SHIPPING_RATES).toEqual(["shr_1", "shr_2"]);
    expect(env.IMAGE_HOSTS).toEqual(["cdn.test", "img.test"]);
    expect(env.supabase).toEqual({ url: "https://project.supabase.test", key: "sb_secret_1" });
  });

  it("SUPABASE_SERVICE_ROLE_KEY is a fallback for SUPABASE_SECRET_KEY", () => {
    const older = { ...configured, SUPABASE_SECRET_KEY: undefined, SUPABASE_SERVICE_ROLE_KEY: "service" };
    expect(parseEnvironment(older).supabase.key).toBe("service");
    expect(parseEnvironment({ ...older, SUPABASE_SECRET_KEY: "secret" }).supabase.key).toBe("secret");
  });
});

describe("the address before pictures that are paths", () => {
  it.each([
    "https://p.supabase.co/storage/v1/object/public/shop",
    "https://cdn.test/",
    "http://localhost:54321/storage/v1/object/public/shop",
    "http://127.0.0.1:54321",
  ])("may be %s", (IMAGE_BASE_URL) => {
    expect(parseEnvironment({ ...configured, IMAGE_BASE_URL }).IMAGE_BASE_URL).toBe(IMAGE_BASE_URL);
  });

  it.each([
    "http://cdn.test",
    "/storage",
    "ftp://cdn.test",
    "https://cdn.test/?bucket=shop",
    "https://cdn.test/#shop",
    "https://me:secret@cdn.test/",
    "cdn.test",
  ])("may not be %s", (IMAGE_BASE_URL) => {
    expect(invalidVariables({ ...configured, IMAGE_BASE_URL })).toEqual(["IMAGE_BASE_URL"]);
  });
});

describe("the shop's logo", () => {
  it.each(["https://cdn.test/logo.svg?v=2", "http://127.0.0.1:8080/logo.png", "http://localhost/logo.png"])(
    "may be %s",
    (SHOP_LOGO_URL) => {
      expect(parseEnvironment({ ...configured, SHOP_LOGO_URL }).SHOP_LOGO_URL).toBe(SHOP_LOGO_URL);
    },
  );

  it("is an address as browsers write it, which no header or page takes for more", () => {
    const SHOP_LOGO_URL = ' https://cdn.test/my logo.svg?a="><b>; ';
    expect(parseEnvironment({ ...configured, SHOP_LOGO_URL }).SHOP_LOGO_URL).toBe(
      "https://cdn.test/my%20logo.svg?a=%22%3E%3Cb%3E;",
    );
  });

  it.each([
    "http://cdn.test/logo.png",
    "/logo.png",
    "data:image/png;base64,AA==",
    "https://me:secret@cdn.test/",
    "logo",
  ])("may not be %s", (SHOP_LOGO_URL) => {
    expect(invalidVariables({ ...configured, SHOP_LOGO_URL })).toEqual(["SHOP_LOGO_URL"]);
  });
});

describe("the shop's accent", () => {
  it.each(["nope", "transparent", "#12345680", "rgb(1 2 3 / 50%)", "currentcolor", "var(--brand)"])(
    "may not be %s",
    (SHOP_ACCENT) => {
      expect(invalidVariables({ ...configured, SHOP_ACCENT })).toEqual(["SHOP_ACCENT"]);
    },
  );
});

describe("the shop's identity", () => {
  it("is the demo's in the sandbox, and the merchant's host otherwise", () => {
    expect(parseEnvironment({})).toMatchObject({ shopName: "Slipway", SHOP_LINKS: [], SHOP_LOCALE: "en" });
    const own = parseEnvironment({ ...configured, PUBLIC_URL: "https://mugs.test:8443" });
    expect(own).toMatchObject({ shopName: "mugs.test:8443", shopTagline: null });
    expect(parseEnvironment({ ...configured, SHOP_NAME: " Mugs & Co " }).shopName).toBe("Mugs & Co");
  });

  it("has links, whose addresses may contain the signs that separate them", () => {
    const SHOP_LINKS = "Terms = https://mugs.test/terms?a=b&c=d%2C, Imprint=https://mugs.test/imprint";
    expect(parseEnvironment({ ...configured, SHOP_LINKS }).SHOP_LINKS).toEqual([
      { label: "Terms", url: "https://mugs.test/terms?a=b&c=d%2C" },
      { label: "Imprint", url: "https://mugs.test/imprint" },
    ]);
  });

  it.each([
    ["SHOP_LINKS", "Terms"],
    ["SHOP_LINKS", "=https://mugs.test"],
    ["SHOP_LINKS", "Terms=javascript:alert(1)"],
    ["SHOP_LINKS", "Terms=http://mugs.test"],
    ["SUPPORT_EMAIL", "mugs.test"],
    ["SHOP_TIME_ZONE", "Vienna"],
    ["SHOP_NAME", "x".repeat(61)],
  ])("refuses %s=%s", (name, value) => {
    expect(invalidVariables({ ...configured, [name]: value })).toEqual([name]);
  });

  it.each(["en", "en-GB", "de-AT", "fr", "FR-ca"])("speaks %s", (SHOP_LOCALE) => {
    expect(invalidVariables({ ...configured, SHOP_LOCALE })).toEqual([]);
  });

  it.each(["es", "en_GB", "constructor", "x", "*"])(
    "refuses the language %s, and lists those it has",
    (SHOP_LOCALE) => {
      expect(() => parseEnvironment({ ...configured, SHOP_LOCALE })).toThrow(/SHOP_LOCALE: .*en, de, fr/);
    },
  );
});

describe("startup", { timeout: 300_000 }, () => {
  it("exits with status 1 on an incomplete configuration, listing every variable but no value", async () => {
    const { status, output } = await startUntilExit({
      SUPABASE_URL: "https://p.supabase.test",
      STRIPE_SECRET_KEY: "oops_secret_value",
      RESERVATION_TTL_SECONDS: "soon",
    });
    expect(status).toBe(1);
    const named = [...output.matchAll(/^ {2}- (\w+)/gm)].map((match) => match[1]);
    expect(named.sort()).toEqual([
      "PUBLIC_URL",
      "RESERVATION_TTL_SECONDS",
      "SESSION_SECRET",
      "STRIPE_SECRET_KEY",
      "STRIPE_WEBHOOK_SECRET",
      "SUPABASE_SECRET_KEY",
    ]);
    expect(output).not.toContain("oops_secret_value");
    expect(output).not.toContain("    at ");
  });

  it("exits with status 1 if the sandbox has a public address", async () => {
    const { status, output } = await startUntilExit({ PUBLIC_URL: "https://shop.test" });
    expect(status).toBe(1);
    expect(output).toContain("PUBLIC_URL");
  });
});
