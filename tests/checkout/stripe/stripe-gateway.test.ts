import { describe, expect, it } from "vitest";
import { PATIENCE, type Patience } from "~/checkout/stripe/ask-stripe.server";
import type { StripeGateway } from "~/checkout/stripe/gateway";
import { createStripe } from "~/checkout/stripe/stripe-client.server";
import { createStripeGateway } from "~/checkout/stripe/stripe-gateway.server";
import { UnavailableError } from "~/errors";
import { createStripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";
import { BOGUS_RESPONSES } from "./bogus-responses";

type Json = Record<string, unknown>;

const START = 1_780_000_000_000;
const PARAMS = (claim: string) => ({
  mode: "payment" as const,
  line_items: [
    {
      quantity: 1,
      metadata: { holdfast_product: "mug" },
      price_data: { currency: "eur", unit_amount: 1250, product_data: { name: "Mug" } },
    },
  ],
  success_url: "http://shop.test/orders/{CHECKOUT_SESSION_ID}",
  cancel_url: "http://shop.test/cart",
  metadata: { holdfast_claim: claim, holdfast_line_0: `"claimed" by ${claim}` },
});

/** Stripe with two paid sessions of different shoppers, one of them also refunded, and a gateway whose responses can be replaced. */
async function stripeWithTwoSales() {
  const sandbox = createStripeSandbox({
    webhookUrls: [],
    paymentPageBase: () => "http://pay.test",
    clock: { now: () => START },
    schedule: () => undefined,
  });
  let respond: (real: Response) => Response | Promise<Response> = (real) => real;
  let requests = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests += 1;
    return respond(await sandbox.httpFetch(input, init));
  };
  const waits: number[] = [];
  let now = 0;
  const patience: Patience = {
    ...PATIENCE,
    now: () => now,
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  };
  const stripe = createStripe({ secretKey: "sk_test_sandbox", fetch, timeoutMs: 5_000, maxNetworkRetries: 0 });
  const gateway = createStripeGateway(stripe, patience);
  const sell = async (claim: string) => {
    const created = await gateway.create(PARAMS(claim), claim);
    if (created.outcome !== "created") throw new Error("no payment page");
    sandbox.controls.pay(created.session.id);
    return {
      checkoutId: created.session.id,
      paymentIntentId: sandbox.controls.session(created.session.id)?.payment_intent ?? "",
    };
  };
  const open = async (claim: string) => {
    const created = await gateway.create(PARAMS(claim), claim);
    return created.outcome === "created" ? created.session.id : "";
  };
  sandbox.controls.setPrices([
    { id: "price_mug", currency: "eur", unit_amount: 1250, product_name: "Mug" },
    { id: "price_pot", currency: "eur", unit_amount: 900, product_name: "Pot" },
  ]);
  return {
    gateway,
    waits,
    sandbox,
    open,
    ann: await sell("ann"),
    bob: await sell("bob"),
    requests: () => requests,
    respondWith(next: typeof respond) {
      respond = next;
    },
  };
}

type Shop = Awaited<ReturnType<typeof stripeWithTwoSales>>;

const listAll = async <T>(list: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const one of list) all.push(one);
  return all;
};

/** Every operation of the gateway, by name. */
const OPERATIONS: Record<string, { run: (shop: Shop, checkoutId: string) => Promise<unknown>; needsOpenPage?: true }> =
  {
    create: { run: ({ gateway }) => gateway.create(PARAMS("cleo"), "cleo") },
    fetch: { run: ({ gateway, ann }) => gateway.fetch(ann.checkoutId) },
    lines: { run: ({ gateway, ann }) => gateway.lines(ann.checkoutId) },
    expire: { needsOpenPage: true, run: ({ gateway }, checkoutId) => gateway.expire(checkoutId) },
    list: { run: ({ gateway }) => listAll(gateway.list({ createdSince: START - 60_000 })) },
    listPaid: { run: ({ gateway }) => listAll(gateway.listPaid({ createdSince: START - 60_000 })) },
    writeMetadata: {
      run: ({ gateway, ann }) => gateway.writeMetadata(ann.checkoutId, { holdfast_line_0: "done", holdfast_note: "" }),
    },
    refunds: { run: ({ gateway, ann }) => gateway.refunds(ann.paymentIntentId) },
    refundOfAPart: {
      run: ({ gateway, ann }) =>
        gateway.refund({
          paymentIntentId: ann.paymentIntentId,
          amount: 300,
          metadata: {},
          idempotencyKey: "refund:ann:0",
        }),
    },
    refundedPayment: {
      run: ({ gateway, sandbox, ann }) =>
        gateway.refundedPayment(sandbox.controls.refunds(ann.checkoutId)[0]?.id ?? "re_unknown"),
    },
    findByPayment: { run: ({ gateway, ann }) => gateway.findByPayment(ann.paymentIntentId) },
    visitRefunds: { run: ({ gateway }) => gateway.visitRefunds({ createdSince: START - 60_000 }, () => undefined) },
    fetchRefunded: { run: ({ gateway, ann }) => gateway.fetch(ann.checkoutId) },
    refund: {
      run: ({ gateway, ann }) =>
        gateway.refund({ paymentIntentId: ann.paymentIntentId, metadata: {}, idempotencyKey: "refund:ann:0" }),
    },
    price: { run: ({ gateway }) => gateway.price("price_mug") },
    activePrices: { run: ({ gateway }) => listAll(gateway.activePrices()) },
  };

const NEEDS_REFUND = ["refunds", "refundedPayment", "visitRefunds", "fetchRefunded"];

async function perform(
  name: string,
  respondWith?: (real: Response, shop: Shop) => Response | Promise<Response>,
): Promise<{ shop: Shop; result: unknown }> {
  const shop = await stripeWithTwoSales();
  if (NEEDS_REFUND.includes(name))
    await shop.gateway.refund({ paymentIntentId: shop.ann.paymentIntentId, metadata: {}, idempotencyKey: "by hand" });
  const operation = OPERATIONS[name];
  if (operation === undefined) throw new Error(`no operation ${name}`);
  const checkoutId = operation.needsOpenPage ? await shop.open("dan") : "";
  if (respondWith !== undefined) shop.respondWith((real) => respondWith(real, shop));
  return { shop, result: await operation.run(shop, checkoutId).catch((error: unknown) => error) };
}

describe.each(Object.keys(OPERATIONS))("%s", (name) => {
  it("accepts Stripe's own response", async () => {
    const { result } = await perform(name);
    expect(result).not.toBeInstanceOf(Error);
  });

  it.each(Object.keys(BOGUS_RESPONSES))(
    "treats %s as an unknown outcome, with a cause that omits the body",
    async (bogus) => {
      const { result } = await perform(name, () => BOGUS_RESPONSES[bogus]?.() ?? Response.error());
      expect(result).toBeInstanceOf(UnavailableError);
      const { cause } = result as UnavailableError;
      expect(cause).toBeInstanceOf(Error);
      expect((cause as Error).message.length).toBeLessThan(400);
      expect((cause as Error).message).not.toContain("hotel");
    },
  );

  it("does not accept a valid body with an error status", async () => {
    const { result } = await perform(name, async (real) => Response.json(await real.json(), { status: 502 }));
    expect(result).toBeInstanceOf(UnavailableError);
  });
});

/** Paths of required fields; each case drops one. */
const SESSION = [
  "id",
  "object",
  "status",
  "payment_status",
  "url",
  "created",
  "amount_total",
  "currency",
  "metadata",
  "payment_intent",
];
const PAYMENT = ["id", "object", "status", "latest_charge"].map((field) => `payment_intent.${field}`);
const CHARGE = ["id", "object", "created"].map((field) => `payment_intent.latest_charge.${field}`);
const REFUND = ["id", "object", "created", "amount", "status", "payment_intent"];
const PRICE = [
  "id",
  "object",
  "active",
  "type",
  "unit_amount",
  "transform_quantity",
  "currency",
  "product",
  "product.object",
  "product.active",
];
const LINE = [
  "id",
  "object",
  "description",
  "price",
  "quantity",
  "price.object",
  "price.unit_amount",
  "price.currency",
];
const PAGE = ["object", "data", "has_more"];
const inPage = (fields: readonly string[]) => [...PAGE, ...fields.map((field) => `data.0.${field}`)];

const FIELDS: Record<string, readonly string[]> = {
  create: [...SESSION, "metadata.holdfast_claim", "metadata.holdfast_line_0"],
  fetch: [...SESSION, ...PAYMENT],
  lines: [...inPage(LINE), "url"],
  expire: SESSION,
  list: inPage(SESSION),
  listPaid: inPage([...SESSION, ...PAYMENT, ...CHARGE]),
  writeMetadata: [...SESSION, "metadata.holdfast_line_0"],
  refunds: inPage(REFUND),
  refund: REFUND,
  refundOfAPart: REFUND,
  refundedPayment: REFUND,
  findByPayment: inPage(SESSION),
  visitRefunds: inPage(REFUND),
  fetchRefunded: REFUND.map((field) => `payment_intent.latest_charge.refunds.data.0.${field}`),
  price: PRICE,
  activePrices: inPage(PRICE),
};

/** Fields that distinguish the responses of different requests, with a wrong value. */
const SWAPS: Record<string, Record<string, unknown>> = {
  create: {
    metadata: PARAMS("bob").metadata,
    "metadata.holdfast_claim": "bob",
    "metadata.holdfast_line_0": '"claimed" by bob',
  },
  fetch: { id: "cs_test_of_bob" },
  lines: {
    url: "/v1/checkout/sessions/cs_test_of_bob/line_items",
    "data.0.id": "pi_of_bob",
    "data.0.quantity": -1,
    "data.0.price.unit_amount": "free",
  },
  expire: { id: "cs_test_of_bob", status: "open" },
  list: { "data.0.id": "pi_of_bob", "data.0.object": "refund" },
  listPaid: { "data.0.id": "pi_of_bob", "data.0.payment_intent.id": "ch_of_bob" },
  writeMetadata: {
    id: "cs_test_of_bob",
    metadata: PARAMS("bob").metadata,
    "metadata.holdfast_line_0": "intent",
    "metadata.holdfast_note": "of bob",
  },
  refunds: { "data.0.payment_intent": "pi_of_bob", "data.0.id": "ch_of_bob" },
  refund: { id: "ch_of_bob", payment_intent: "pi_of_bob", status: "unheard of", amount: 0 },
  refundOfAPart: { amount: 301 },
  refundedPayment: { id: "re_of_bob", status: "unheard of", payment_intent: "ch_of_bob" },
  findByPayment: { "data.0.payment_intent": "pi_of_bob", "data.0.id": "pi_of_bob" },
  visitRefunds: { "data.0.id": "ch_of_bob", "data.0.created": 1, "data.0.status": "unheard of" },
  fetchRefunded: {
    "payment_intent.latest_charge.refunds.data.0.payment_intent": "pi_of_bob",
    "payment_intent.latest_charge.refunds.data.0.status": "unheard of",
    "payment_intent.latest_charge.refunds.data.0.amount": -1250,
  },
  price: { id: "price_pot", currency: "EURO", product: "prod_not_expanded", unit_amount: 12.5 },
  activePrices: { "data.0.active": false, "data.0.object": "plan", "data.1.product": "prod_not_expanded" },
};

function change(body: Json, path: string, value: unknown): Json {
  const copy = structuredClone(body);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const target = keys.reduce<Json>((at, key) => at[key] as Json, copy);
  if (value === undefined) delete target[last];
  else target[last] = value;
  return copy;
}

describe("generated wrong responses are never a success:", () => {
  const dropped = Object.entries(FIELDS).flatMap(([name, fields]) => fields.map((field) => [name, field] as const));
  it.each(dropped)("%s without %s", async (name, field) => {
    const { result } = await perform(name, async (real) =>
      Response.json(change((await real.json()) as Json, field, undefined)),
    );
    expect(result).toBeInstanceOf(UnavailableError);
  });

  const swapped = Object.entries(SWAPS).flatMap(([name, values]) =>
    Object.entries(values).map(([field, value]) => [name, field, value] as const),
  );
  it.each(swapped)("%s with another's %s", async (name, field, value) => {
    const { result } = await perform(name, async (real) =>
      Response.json(change((await real.json()) as Json, field, value)),
    );
    expect(result).toBeInstanceOf(UnavailableError);
  });

  it.each(["create", "fetch", "expire", "writeMetadata"])(
    "%s with the whole session of another shopper",
    async (name) => {
      const { result } = await perform(name, (_real, { sandbox, bob }) => {
        const session = sandbox.controls.session(bob.checkoutId);
        return Response.json({ ...session, payment_intent: null, status: "expired" });
      });
      expect(result).toBeInstanceOf(UnavailableError);
    },
  );

  it("a list that repeats the same page forever", async () => {
    const { result } = await perform("list", async (real) =>
      Response.json({ ...((await real.json()) as Json), has_more: true }),
    );
    // A real second page does not contain the item that it follows.
    expect(result).toBeInstanceOf(UnavailableError);
  });
});

describe("definite responses from Stripe", () => {
  it("may be an empty list", async () => {
    const { gateway } = await stripeWithTwoSales();
    expect(await listAll(gateway.list({ status: "open", createdSince: START }))).toEqual([]);
  });

  it("give null for an unknown session, and refuse to expire a page that is not open", async () => {
    const { gateway, ann } = await stripeWithTwoSales();
    expect(await gateway.fetch("cs_test_unknown")).toBeNull();
    expect(await gateway.expire("cs_test_unknown")).toBe("refused");
    expect(await gateway.expire(ann.checkoutId)).toBe("refused");
    expect(await gateway.price("price_unknown")).toEqual({ state: "unusable", problem: "missing" });
    await expect(gateway.lines("cs_test_unknown")).rejects.toThrow(UnavailableError);
  });

  it("include why a Price cannot be charged", async () => {
    const { gateway, sandbox } = await stripeWithTwoSales();
    const facts = { currency: "usd", unit_amount: 500, product_name: "Mug" };
    sandbox.controls.setPrices([
      { id: "price_off", ...facts, active: false },
      { id: "price_of_gone", ...facts, product_active: false },
      { id: "price_club", ...facts, recurring: true },
    ]);
    expect(await gateway.price("price_mug")).toEqual({ state: "usable", price: { amount: 1250, currency: "eur" } });
    expect(await gateway.price("price_off")).toEqual({ state: "unusable", problem: "inactive" });
    expect(await gateway.price("price_of_gone")).toEqual({ state: "unusable", problem: "product_inactive" });
    expect(await gateway.price("price_club")).toEqual({ state: "unusable", problem: "recurring" });
    const listed = await listAll(gateway.activePrices());
    expect(listed.map(({ id, reading }) => [id, reading.state])).toEqual([
      ["price_club", "unusable"],
      ["price_of_gone", "unusable"],
      ["price_pot", "usable"],
      ["price_mug", "usable"],
    ]);
  });

  it.each([
    ["chosen by the shopper", { unit_amount: null, custom_unit_amount: { minimum: 100 } }],
    ["per pack", { transform_quantity: { divide_by: 10, round: "up" } }],
  ])("give no unit price for a Price %s", async (_name, facts) => {
    const { result } = await perform("price", async (real) =>
      Response.json({ ...((await real.json()) as Json), ...facts }),
    );
    expect(result).toEqual({ state: "unusable", problem: "no_fixed_amount" });
  });

  it("to a replayed create describe the session as created, even after it was paid", async () => {
    const { gateway, ann } = await stripeWithTwoSales();
    expect(await gateway.create(PARAMS("ann"), "ann")).toMatchObject({
      outcome: "created",
      session: { id: ann.checkoutId },
    });
  });

  it("find no session for an unknown refund, or for a payment without a payment page", async () => {
    const { gateway } = await stripeWithTwoSales();
    expect(await gateway.refundedPayment("re_unknown")).toBeNull();
    expect(await gateway.findByPayment("pi_unknown")).toBeNull();
  });

  it.each([
    ["pending", "pending"],
    ["requires_action", "pending"],
    ["failed", "failed"],
    ["canceled", "failed"],
  ] as const)("a refund that is %s reads %s in every place", async (status, read) => {
    const { gateway, sandbox, ann } = await stripeWithTwoSales();
    await gateway.refund({ paymentIntentId: ann.paymentIntentId, metadata: {}, idempotencyKey: "by hand" });
    sandbox.controls.settleRefund(sandbox.controls.refunds(ann.checkoutId)[0]?.id ?? "", status);
    expect(await gateway.refunds(ann.paymentIntentId)).toMatchObject([{ status: read }]);
    expect((await gateway.fetch(ann.checkoutId))?.charge?.refunds).toMatchObject([{ status: read }]);
    expect(
      (await listAll(gateway.listPaid({ createdSince: START - 1_000 }))).find(({ id }) => id === ann.checkoutId)?.charge
        ?.refunds,
    ).toMatchObject([{ status: read }]);
    const visited: unknown[] = [];
    await gateway.visitRefunds({ createdSince: START - 1_000 }, (refund) => visited.push(refund));
    expect(visited).toMatchObject([{ status: read, paymentIntentId: ann.paymentIntentId }]);
  });

  it("list all refunds, including those that Stripe did not expand", async () => {
    const shop = await stripeWithTwoSales();
    const { gateway, ann } = shop;
    for (let n = 0; n < 12; n += 1)
      await gateway.refund({
        paymentIntentId: ann.paymentIntentId,
        amount: 10,
        metadata: {},
        idempotencyKey: `by hand ${n}`,
      });
    expect((await gateway.fetch(ann.checkoutId))?.charge?.refunds).toHaveLength(12);
    shop.respondWith(async (real) => {
      const body = (await real.json()) as Json;
      return Response.json(
        "payment_intent" in body ? change(body, "payment_intent.latest_charge.refunds", undefined) : body,
      );
    });
    expect((await gateway.fetch(ann.checkoutId))?.charge?.refunds).toHaveLength(12);
  });

  it("may be refunds of bank debits, whose ids look different", async () => {
    const { result } = await perform("refund", async (real) =>
      Response.json(change((await real.json()) as Json, "id", "pyr_of_ann")),
    );
    expect(result).toMatchObject({ outcome: "refunded", refund: { id: "pyr_of_ann" } });
  });

  it("name product, quantity and price of a line; a line added elsewhere has no product", async () => {
    const { gateway, sandbox, open } = await stripeWithTwoSales();
    const page = await open("dan");
    sandbox.controls.edit(page, { action: "add_line", name: "Gift wrap", unit_amount: 300, quantity: 2 });
    sandbox.controls.pay(page);

    expect(await gateway.lines(page)).toEqual([
      { productId: "mug", name: "Mug", quantity: 1, unitPrice: { amount: 1250, currency: "eur" } },
      { productId: null, name: "Gift wrap", quantity: 2, unitPrice: { amount: 300, currency: "eur" } },
    ]);
  });

  it("omit a metadata key that was written as an empty string", async () => {
    const { gateway, ann } = await stripeWithTwoSales();
    await gateway.writeMetadata(ann.checkoutId, { holdfast_note: "soon" });
    await gateway.writeMetadata(ann.checkoutId, { holdfast_note: "" });
    expect((await gateway.fetch(ann.checkoutId))?.metadata).not.toHaveProperty("holdfast_note");
  });

  it("are read to the end of a list", async () => {
    const { gateway, open } = await stripeWithTwoSales();
    for (let n = 0; n < 103; n += 1) await open(`claim ${n}`);
    const ids = (await listAll(gateway.list({ createdSince: START - 1_000 }))).map(({ id }) => id);
    expect(new Set(ids).size).toBe(105);
  });
});

const BUSY: Record<string, Json> = {
  "429 rate_limit": { type: "invalid_request_error", code: "rate_limit", message: "Request rate limit exceeded." },
  "429 lock_timeout": {
    type: "invalid_request_error",
    code: "lock_timeout",
    message: "This object cannot be accessed right now.",
  },
};

/** A Stripe that is busy for `times` responses, then normal again. */
function busyFor(times: number, error: Json | undefined, headers: Record<string, string> = {}) {
  let left = times;
  return (real: Response) => {
    if (left === 0) return real;
    left -= 1;
    return Response.json({ error }, { status: 429, headers });
  };
}

describe.each(Object.entries(BUSY))("a definite %s", (_name, error) => {
  it.each(Object.keys(OPERATIONS))("is retried after growing pauses: %s", async (name) => {
    const shop = await stripeWithTwoSales();
    const checkoutId = OPERATIONS[name]?.needsOpenPage ? await shop.open("dan") : "";
    shop.respondWith(busyFor(2, error));
    expect(await OPERATIONS[name]?.run(shop, checkoutId)).not.toBeInstanceOf(Error);
    const [first = 0, second = 0] = shop.waits;
    expect(shop.waits).toHaveLength(2);
    expect(first).toBeGreaterThanOrEqual(50);
    expect(first).toBeLessThanOrEqual(100);
    expect(second).toBeGreaterThanOrEqual(100);
    expect(second).toBeLessThanOrEqual(200);
  });

  it("that persists is given up within the time limit", async () => {
    const shop = await stripeWithTwoSales();
    const before = shop.requests();
    shop.respondWith(busyFor(Infinity, error));
    await expect(shop.gateway.fetch(shop.ann.checkoutId)).rejects.toThrow(UnavailableError);
    expect(shop.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(PATIENCE.readMs);
    expect(shop.requests() - before).toBeGreaterThan(3);
  });

  it("of a write of marks is given up while the lease is certainly still held", async () => {
    const shop = await stripeWithTwoSales();
    shop.respondWith(busyFor(Infinity, error));
    await expect(shop.gateway.writeMetadata(shop.ann.checkoutId, { holdfast_line_0: "done" })).rejects.toThrow(
      UnavailableError,
    );
    expect(shop.waits.length).toBeGreaterThan(0);
    expect(shop.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(PATIENCE.markMs);
  });

  it("with a Retry-After is retried then if that is soon, otherwise not at all", async () => {
    const shop = await stripeWithTwoSales();
    shop.respondWith(busyFor(1, error, { "retry-after": "1" }));
    await shop.gateway.fetch(shop.ann.checkoutId);
    expect(shop.waits).toEqual([1_000]);
    shop.respondWith(busyFor(1, error, { "retry-after": "30" }));
    await expect(shop.gateway.fetch(shop.ann.checkoutId)).rejects.toThrow(UnavailableError);
    expect(shop.waits).toEqual([1_000]);
  });
});

describe("an unknown outcome", () => {
  it.each([
    ["a cut connection", () => Promise.reject(new TypeError("fetch failed"))],
    ["a 503 from Stripe", () => Response.json({ error: { type: "api_error", message: "oops" } }, { status: 503 })],
    ["a 429 that is not from Stripe", () => Response.json({ message: "slow down" }, { status: 429 })],
  ])("of a write of marks is never retried: %s", async (_name, response) => {
    const shop = await stripeWithTwoSales();
    const before = shop.requests();
    shop.respondWith(response);
    await expect(shop.gateway.writeMetadata(shop.ann.checkoutId, { holdfast_line_0: "done" })).rejects.toThrow(
      UnavailableError,
    );
    expect(shop.requests() - before).toBe(1);
    expect(shop.waits).toEqual([]);
  });
});

/** Type check only: each operation of the gateway has cases. */
OPERATIONS satisfies Record<keyof StripeGateway, unknown>;
