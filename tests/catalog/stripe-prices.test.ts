import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";
import { PATIENCE } from "~/checkout/stripe/ask-stripe.server";
import { createPriceBook } from "~/checkout/stripe/price-book.server";
import { createStripe } from "~/checkout/stripe/stripe-client.server";
import { createStripeGateway } from "~/checkout/stripe/stripe-gateway.server";
import { examinePrices } from "~/doctor/examine-prices";
import { createStripeSandbox, type StripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";
import { openTestDatabase, type TestDatabase } from "../sandbox/test-database";

const COLUMNS = "id,name,inventory=inventory_count,active=shown,stripe_price";

let database: TestDatabase;
let stripe: StripeSandbox;
let logged: string[];

beforeAll(async () => {
  database = await openTestDatabase({
    schema:
      "create table priced (id text primary key, name text, price numeric, currency text, inventory_count integer, shown boolean, stripe_price text);",
  });
});
afterAll(() => database.close());

beforeEach(async () => {
  logged = [];
  stripe = createStripeSandbox({
    webhookUrls: [],
    paymentPageBase: () => "http://pay.test",
    schedule: () => undefined,
  });
  const facts = { currency: "usd", unit_amount: 9900, product_name: "Mug" };
  stripe.controls.setPrices([
    { id: "price_mug", ...facts },
    { id: "price_yen", ...facts, currency: "jpy", unit_amount: 500 },
    { id: "price_off", ...facts, active: false },
    { id: "price_club", ...facts, recurring: true },
    { id: "price_isk", ...facts, currency: "isk", unit_amount: 1050 },
  ]);
  const row = (id: string, stripe_price: string | null, others = {}) => ({
    id,
    name: `The ${id}`,
    price: "28.00",
    currency: null,
    inventory_count: 3,
    shown: true,
    stripe_price,
    ...others,
  });
  await database.setRows(
    [
      row("mug", "price_mug"),
      row("yen", " price_yen "),
      row("off", "price_off"),
      row("club", "price_club"),
      row("isk", "price_isk"),
      row("gone", "price_gone"),
      row("own", null),
      row("blank", " "),
      row("hidden", "price_hidden", { shown: false }),
    ],
    "priced",
  );
});

function open(columns = COLUMNS, secretKey = "sk_test_sandbox"): SupabaseCatalog {
  const sdk = createStripe({ secretKey, fetch: stripe.httpFetch, timeoutMs: 5_000, maxNetworkRetries: 0 });
  const prices = createPriceBook({
    gateway: createStripeGateway(sdk, { ...PATIENCE, readMs: 0 }),
    now: () => performance.now(),
  });
  return database.catalogWith({
    table: "priced",
    columns,
    prices,
    log: { info: () => undefined, warn: (_fields, message) => void logged.push(message) },
  });
}

const priceOf = async (catalog: SupabaseCatalog, id: string) => (await catalog.products([id])).get(id)?.price;

describe.each([
  ["alone", COLUMNS],
  ["beside a price of their own", `${COLUMNS},price`],
])("Stripe Prices that are mapped %s", (_how, columns) => {
  it("are the rows' prices, in their own currency, in a list and one by one", async () => {
    const catalog = open(columns);
    expect(await priceOf(catalog, "mug")).toEqual({ amount: 9900, currency: "usd" });
    expect(await priceOf(catalog, "yen")).toEqual({ amount: 500, currency: "jpy" });
    const listed = (await catalog.list({ page: 1, pageSize: 20 })).products;
    expect(listed.filter(({ price }) => price !== null && price.amount !== 2800).map(({ id }) => id)).toEqual([
      "mug",
      "yen",
    ]);
    expect((await catalog.productsNamed(["The mug"])).get("The mug")).toMatchObject([{ price: { amount: 9900 } }]);
  });

  it.each([
    ["off", "inactive"],
    ["club", "for a subscription"],
    ["isk", "that Stripe does not charge in isk"],
    ["gone", "does not exist in this Stripe account and mode"],
  ])("make the product %s unavailable, whatever its row says, and are logged once", async (id, why) => {
    const catalog = open(columns);
    expect(await priceOf(catalog, id)).toBeNull();
    expect(await priceOf(catalog, id)).toBeNull();
    expect(logged).toEqual([expect.stringContaining(why)]);
    expect(catalog.oddities).toEqual(logged);
    expect(logged[0]).toContain(`"The ${id}" (${id}) is unavailable`);
  });
});

it("a row without a Stripe Price has the price from its own columns, if one is mapped", async () => {
  expect(await Promise.all(["own", "blank"].map((id) => priceOf(open(`${COLUMNS},price`), id)))).toEqual([
    { amount: 2800, currency: "usd" },
    { amount: 2800, currency: "usd" },
  ]);
  expect(await Promise.all(["own", "blank"].map((id) => priceOf(open(), id)))).toEqual([null, null]);
});

describe("the check of all rows", () => {
  it("finds every unavailable product before a shopper does, and notices when it is available again", async () => {
    const catalog = open(`${COLUMNS},price`);
    const report = await catalog.checkPrices();
    expect(report.rows).toBe(6);
    expect(report.problems).toHaveLength(4);
    expect(report.differing).toEqual([
      '"The mug" (mug): 2800 usd in the table, 9900 usd at Stripe',
      '"The yen" (yen): 2800 usd in the table, 500 jpy at Stripe',
    ]);
    expect(catalog.unavailable).toBe(4);
    const calls = stripe.controls.calls().length;
    expect(await priceOf(catalog, "mug")).toEqual({ amount: 9900, currency: "usd" });
    expect(stripe.controls.calls()).toHaveLength(calls);

    await database.exec(
      "delete from priced where id = 'gone'; update priced set stripe_price = 'price_mug' where id = 'off'",
    );
    expect((await catalog.checkPrices()).problems).toHaveLength(2);
    expect(catalog.oddities).toHaveLength(2);
    expect(logged).toHaveLength(4);
  });

  it("reports that the Stripe key may not read Prices", async () => {
    const catalog = open(COLUMNS, "rk_test_without_prices");
    await expect(catalog.checkPrices()).rejects.toThrow();
    expect(catalog.oddities).toEqual([expect.stringContaining("Some Stripe Prices could not be read")]);
    expect(await examinePrices(catalog)).toMatchObject([{ state: "failed" }]);
  });

  it("calls nothing if no such column is mapped", async () => {
    expect(await open("id,name,price,inventory=inventory_count").checkPrices()).toEqual({
      rows: 0,
      problems: [],
      differing: [],
    });
    expect(stripe.controls.calls()).toEqual([]);
  });

  it("lists a few products and the number of the others", async () => {
    await database.exec(
      "update priced set stripe_price = 'price_none_' || id; insert into priced (id, name, inventory_count, shown, stripe_price) select n, n, 1, true, 'price_none' from generate_series(1, 20) n",
    );
    const catalog = open();
    await catalog.checkPrices();
    expect(catalog.oddities).toHaveLength(11);
    expect(catalog.oddities.at(-1)).toContain("18 more products are unavailable");
    expect(logged).toHaveLength(10);
  });

  it("gives doctor its findings: products that can be sold, those that cannot, and different prices in the table", async () => {
    const findings = await examinePrices(open(`${COLUMNS},price`));
    expect(findings.map(({ state }) => state)).toEqual([
      "ok",
      "failed",
      "failed",
      "failed",
      "failed",
      "note",
      "note",
      "note",
    ]);
    expect(findings[0]?.text).toBe("2 of 6 products with a Stripe Price can be sold at it.");
  });
});
