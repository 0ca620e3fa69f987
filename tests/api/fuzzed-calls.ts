import fc from "fast-check";
import { ROUTES } from "~/api/documented-routes";
import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import { ADMIN_TOKEN } from "./demo-shop";

/** The session of a call (`which`, modulo the number of sessions so far), and how the call names it. */
export interface Credentials {
  readonly which: number;
  readonly by:
    "cookie" | "body" | "query" | "cookie and body" | "two sessions" | "forged cookie" | "forged body" | "nothing";
}

/** A valid or invalid call. */
export interface FuzzedCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  /** JSON, to which a session may be added, or raw text; null for no body. */
  readonly body: { readonly json: unknown } | { readonly text: string } | null;
}

/** Few products, so that calls compete for them. */
export const FUZZED_PRODUCTS = DEMO_PRODUCTS.slice(0, 4);

const UNUSUAL_NUMBERS = [-1, 1.5, 11, 1e9, 2 ** 53, 1e308, -0] as const;

const quantity = fc.oneof(
  { weight: 6, arbitrary: fc.nat(4) },
  fc.constantFrom<unknown>(...UNUSUAL_NUMBERS, "2", null, true, [], {}),
);
const productId = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<unknown>(...FUZZED_PRODUCTS.map(({ id }) => id)) },
  fc.string({ unit: "binary" }),
  fc.integer(),
  fc.constantFrom<unknown>("__proto__", "", null, {}, "a".repeat(1_001)),
);
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...FUZZED_PRODUCTS.map((product) => product.name)) },
  fc.string({ unit: "binary" }),
  fc.constantFrom<unknown>("%", "*", "Tide%"),
);
const item = fc.oneof(
  { weight: 8, arbitrary: fc.record({ product_id: productId, quantity }) },
  { weight: 2, arbitrary: fc.record({ name, quantity }) },
  fc.record({ product_id: productId, name, quantity }, { requiredKeys: [] }),
  fc.jsonValue(),
);
const items = fc.oneof(
  { weight: 12, arbitrary: fc.array(item, { minLength: 1, maxLength: 3 }) },
  fc.array(item, { maxLength: 40 }),
  fc.jsonValue(),
);
const stock = fc.record(
  {
    product_id: productId,
    inventory: fc.oneof(fc.nat(30), quantity),
    delta: fc.oneof(fc.integer({ min: -3, max: 3 }), quantity),
  },
  { requiredKeys: ["product_id"] },
);
const settling = fc.record({
  checkout_id: fc.oneof(fc.string(), fc.constant("cs_test_unknown")),
  product_id: productId,
  verdict: fc.constantFrom<unknown>("applied", "not_applied", "maybe"),
});

const body = fc.oneof(
  { weight: 8, arbitrary: fc.record({ json: fc.record({ items }) }) },
  { weight: 3, arbitrary: fc.record({ json: stock }) },
  fc.record({ json: settling }),
  fc.record({ json: fc.jsonValue() }),
  fc.record({ text: fc.string({ unit: "binary" }) }),
  fc.record({ text: fc.constantFrom("", "{", "[".repeat(5_000), "{}".padEnd(16_385), "null") }),
  fc.constant(null),
);

const queryPair = fc.tuple(
  fc.constantFrom("product_id", "limit", "cursor", "checkout_id", "_data", "index"),
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(...FUZZED_PRODUCTS.map(({ id }) => id), "1", "50", "0", "cs_test_unknown"),
    },
    fc.string({ unit: "binary" }),
  ),
);
const query = fc.oneof(
  { weight: 6, arbitrary: fc.array(queryPair, { maxLength: 3 }).map((pairs) => new URLSearchParams(pairs).toString()) },
  fc.constantFrom("product_id=%", "product_id=%E0%A4%A", "%00", "&&&=", "limit=NaN", "product_id[]=1"),
);

/** Any text that is allowed in a header's value. */
const headerValue = fc
  .string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 40,
  })
  .map((text) => text.trim());
const header = fc.oneof(
  fc.tuple(
    fc.constant("Content-Type"),
    fc.constantFrom(
      "application/json",
      "application/json; charset=utf-8",
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "",
    ),
  ),
  fc.tuple(
    fc.constant("Authorization"),
    fc.oneof(fc.constantFrom(`Bearer ${ADMIN_TOKEN}`, "Bearer", "Basic x"), headerValue),
  ),
  fc.tuple(
    fc.constant("Origin"),
    fc.oneof(fc.constantFrom("null", "https://evil.example", "http://127.0.0.1"), headerValue),
  ),
  fc.tuple(fc.constant("Sec-Fetch-Site"), fc.constantFrom("cross-site", "same-origin", "none")),
  fc.tuple(
    fc.constantFrom("Host", "X-Forwarded-Host"),
    fc.oneof(fc.constantFrom("u@h", "a b", "", "evil.example", "[::1]", "h:99999", "a/b"), headerValue),
  ),
  fc.tuple(
    fc.constantFrom(
      "X-Forwarded-For",
      "X-Forwarded-Proto",
      "Accept-Language",
      "Accept-Encoding",
      "Accept",
      "If-None-Match",
      "Range",
      "Stripe-Signature",
      "X-HTTP-Method-Override",
      "X-Open-Request",
    ),
    headerValue,
  ),
  fc.tuple(fc.stringMatching(/^X-[A-Za-z]{1,10}$/), headerValue),
);

const credentials: fc.Arbitrary<Credentials> = fc.record({
  which: fc.nat(9),
  by: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Credentials["by"]>("cookie", "body") },
    fc.constantFrom<Credentials["by"]>(
      "query",
      "cookie and body",
      "two sessions",
      "forged cookie",
      "forged body",
      "nothing",
    ),
  ),
});

const path = fc.oneof(
  { weight: 10, arbitrary: fc.constant("/api/reserve-inventory") },
  { weight: 6, arbitrary: fc.constantFrom(...Object.keys(ROUTES)) },
  fc.constantFrom(
    ...Object.keys(ROUTES).flatMap((route) => [
      `${route}/`,
      `${route}.data`,
      `${route}/more`,
      `/${route}`,
      route.toUpperCase(),
      `${route}%00`,
      `${route}%2f`,
    ]),
  ),
  fc.string({ unit: "binary" }).map((text) => `/api/${encodeURIComponent(text)}`),
);

/** Valid calls, so that units are held. */
const validCall: fc.Arbitrary<FuzzedCall> = fc.record({
  method: fc.oneof({ weight: 5, arbitrary: fc.constant("POST") }, fc.constant("DELETE")),
  path: fc.constant("/api/reserve-inventory"),
  query: fc.constant(""),
  headers: fc.constant({ "Content-Type": "application/json" }),
  credentials: fc.record({ which: fc.nat(3), by: fc.constantFrom<Credentials["by"]>("cookie", "body", "nothing") }),
  body: fc.record({
    json: fc.record({
      items: fc.array(
        fc.record({ product_id: fc.constantFrom(...FUZZED_PRODUCTS.map(({ id }) => id)), quantity: fc.nat(6) }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  }),
});

const randomCall: fc.Arbitrary<FuzzedCall> = fc.record({
  method: fc.oneof(
    { weight: 8, arbitrary: fc.constant("POST") },
    { weight: 5, arbitrary: fc.constantFrom("GET", "DELETE") },
    fc.constantFrom("PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH", "QUERY", "PURGE"),
  ),
  path,
  query,
  headers: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom<Record<string, string>>(
        { "Content-Type": "application/json" },
        { "Content-Type": "application/json", Authorization: `Bearer ${ADMIN_TOKEN}` },
      ),
    },
    fc.array(header, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
  ),
  credentials,
  body,
});

export const fuzzedCall: fc.Arbitrary<FuzzedCall> = fc.oneof(
  { weight: 1, arbitrary: validCall },
  { weight: 2, arbitrary: randomCall },
);
