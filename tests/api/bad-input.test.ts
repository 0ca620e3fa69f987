import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CartSessions } from "~/cart/cart-session.server";
import { expectProblem, read, reserved } from "./contract-shapes";
import { ADMIN_TOKEN, AS_OPERATOR, Operator, productId } from "./demo-shop";
import { ask, Caller, type HttpResponse, type RequestOptions } from "./http-client";
import { startStore, type StoreProcess } from "./store-process";

/** Every invalid request gets a clear error of the contract, and changes nothing. */

const MUG = productId("Tide Mug");
const JSON_TYPE = { "Content-Type": "application/json" };
const FORM_TYPE = { "Content-Type": "application/x-www-form-urlencoded" };

let store: StoreProcess;
let operator: Operator;
/** Holds two mugs during all tests. */
let holder: Caller;
let initialState: unknown;

beforeAll(async () => {
  store = await startStore({ ADMIN_TOKEN });
  operator = new Operator(store.url);
  holder = new Caller(store.url);
  read(await holder.reserve(MUG, 2), 200, reserved);
  initialState = await state();
}, 300_000);

afterAll(() => store.stop());

async function state(): Promise<unknown> {
  const { total_reservations, total_units, sessions, reservations } = await operator.holds();
  const held = reservations.map(({ product_id, session: sessionHash, quantity, state }) => ({
    product_id,
    session: sessionHash,
    quantity,
    state,
  }));
  const { inventory, available } = await operator.stock(MUG);
  return { total_reservations, total_units, sessions, held, inventory, available };
}

async function expectNothingChanged(): Promise<void> {
  expect(await state()).toEqual(initialState);
}

function post(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
): Promise<HttpResponse> {
  return ask(`${store.url}${path}`, { method: "POST", headers, body });
}

describe("a reservation with", () => {
  const item = (quantity: unknown, more: object = {}) => ({ product_id: MUG, quantity, ...more });
  const lines = (count: number) => Array.from({ length: count }, () => ({ product_id: randomUUID(), quantity: 1 }));
  const cases: [string, unknown, number, string][] = [
    ["a quantity of −1", [item(-1)], 400, "invalid_request"],
    ["a quantity of 1.5", [item(1.5)], 400, "invalid_request"],
    ["a quantity of 1e9", [item(1e9)], 422, "limit_exceeded"],
    ["a quantity beyond safe integers", [item(2 ** 53)], 400, "invalid_request"],
    ['a quantity of "2"', [item("2")], 400, "invalid_request"],
    ["a quantity of NaN, which is null in JSON", [item(Number.NaN)], 400, "invalid_request"],
    ["a quantity of true", [item(true)], 400, "invalid_request"],
    ["no quantity", [{ product_id: MUG }], 400, "invalid_request"],
    ["more than the maximum per line", [item(11)], 422, "limit_exceeded"],
    ["the same product twice, with too many units in total", [item(6), item(5)], 422, "limit_exceeded"],
    ["31 items", lines(31), 422, "limit_exceeded"],
    ["no items", [], 400, "invalid_request"],
    ["an object instead of a list of items", { 0: item(1) }, 400, "invalid_request"],
    ["an unknown product", [item(1), { product_id: randomUUID(), quantity: 1 }], 404, "unknown_product"],
    ["an id in another format", [{ product_id: "17", quantity: 1 }], 404, "unknown_product"],
    ["a number as id", [{ product_id: 17, quantity: 1 }], 404, "unknown_product"],
    [
      "an id with quotes, brackets and a NUL",
      [{ product_id: `"),(\0' or 1=1 --`, quantity: 1 }],
      404,
      "unknown_product",
    ],
    ["the name of a built-in property as id", [{ product_id: "__proto__", quantity: 1 }], 404, "unknown_product"],
    ["an unknown name", [{ name: "No Such Mug", quantity: 1 }], 404, "unknown_product"],
    ["a name with a wildcard", [{ name: "Tide%", quantity: 1 }], 404, "unknown_product"],
    ["both id and name", [item(1, { name: "Tide Mug" })], 400, "invalid_request"],
    ["neither id nor name", [{ quantity: 1 }], 400, "invalid_request"],
  ];
  it.each(cases)("%s is rejected", async (_name, items, status, code) => {
    const error = expectProblem(await post("/api/reserve-inventory", JSON.stringify({ items })), status, code);
    if (status === 400) expect(error.fields?.[0]?.field).toMatch(/^items/);
    await expectNothingChanged();
  });
});

describe("a body", () => {
  const cases: [string, string, number, string][] = [
    ["no text", "", 400, "invalid_request"],
    ["incomplete JSON", '{"items":[', 400, "invalid_request"],
    ["a list", "[]", 400, "invalid_request"],
    ["a string", '"items"', 400, "invalid_request"],
    ["null", "null", 400, "invalid_request"],
    ["a number", "1", 400, "invalid_request"],
    ["deep nesting", "[".repeat(8_000), 400, "invalid_request"],
    ["binary data", "\u0000\u0001\ufffd", 400, "invalid_request"],
  ];
  it.each(cases)("with %s instead of an object is rejected", async (_name, body, status, code) => {
    expectProblem(await post("/api/reserve-inventory", body), status, code);
    expectProblem(await post("/api/test-inventory-update", body, { ...JSON_TYPE, ...AS_OPERATOR }), status, code);
    await expectNothingChanged();
  });

  function* megabytes(count: number): Generator<Buffer> {
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    for (let i = 0; i < count; i += 1) yield chunk;
  }

  it.each([
    ["POST", "/api/reserve-inventory", JSON_TYPE],
    ["DELETE", "/api/reserve-inventory", JSON_TYPE],
    ["POST", "/api/test-inventory-update", { ...JSON_TYPE, ...AS_OPERATOR }],
    ["POST", "/api/webhooks/stripe", JSON_TYPE],
  ])("of 50 MB to %s %s is rejected, with or without a Content-Length", async (method, path, headers) => {
    const named: RequestOptions = {
      method,
      headers: { ...headers, "Content-Length": String(50 * 1024 * 1024) },
      body: megabytes(50),
    };
    expectProblem(await ask(`${store.url}${path}`, named), 413, "too_large");
    expectProblem(
      await ask(`${store.url}${path}`, {
        method,
        headers: { ...headers, "Transfer-Encoding": "chunked" },
        body: megabytes(50),
      }),
      413,
      "too_large",
    );
    await expectNothingChanged();
  });

  it("of 50 MB to a form is rejected with a page", async () => {
    for (const path of ["/cart", "/checkout"]) {
      const response = await ask(`${store.url}${path}`, {
        method: "POST",
        headers: { ...FORM_TYPE, "Transfer-Encoding": "chunked" },
        body: megabytes(50),
      });
      expect(response.status).toBe(413);
      expect(response.headers["content-type"]).toContain("text/html");
    }
    await expectNothingChanged();
  });

  it("of exactly the maximum size is read", async () => {
    const body = JSON.stringify({ items: [{ product_id: MUG, quantity: -1 }] });
    expectProblem(await post("/api/reserve-inventory", body.padEnd(16 * 1024)), 400, "invalid_request");
    expectProblem(await post("/api/reserve-inventory", body.padEnd(16 * 1024 + 1)), 413, "too_large");
  });
});

describe("a session", () => {
  const items = [{ product_id: MUG, quantity: 1 }];
  const reserve = (json: object, headers: Readonly<Record<string, string>> = {}) =>
    new Caller(store.url).post("/api/reserve-inventory", json, headers);

  it("that the server did not sign is rejected: made up, altered or signed with another secret", async () => {
    const { session_id } = read(await holder.reserve(MUG, 2), 200, reserved);
    const otherShop = new CartSessions({ secrets: ["e".repeat(32)], secure: false });
    for (const forged of [
      "my-own-choice-of-a-session",
      `${session_id}x`,
      `x${session_id}`,
      session_id.split(".")[0] ?? "",
      otherShop.token(otherShop.create()),
    ]) {
      expectProblem(await reserve({ session_id: forged, items }), 403, "invalid_session");
      expectProblem(
        await new Caller(store.url).send("DELETE", "/api/reserve-inventory", { json: { session_id: forged } }),
        403,
        "invalid_session",
      );
      expectProblem(
        await new Caller(store.url).get(`/api/reserve-inventory?session_id=${encodeURIComponent(forged)}`),
        403,
        "invalid_session",
      );
    }
    for (const session_id of ["", 5, null, {}, "x".repeat(201)])
      expectProblem(await reserve({ session_id, items }), 400, "invalid_request");
    await expectNothingChanged();
  });

  it("in the body that differs from the cookie's is rejected, an equal one is accepted", async () => {
    const { session_id } = read(await holder.reserve(MUG, 2), 200, reserved);
    const stranger = new Caller(store.url);
    await stranger.get("/");
    expect(stranger.cookie).not.toBeNull();
    expectProblem(await stranger.post("/api/reserve-inventory", { session_id, items }), 403, "invalid_session");
    expectProblem(
      await stranger.send("DELETE", "/api/reserve-inventory", { json: { session_id } }),
      403,
      "invalid_session",
    );
    expect(
      read(
        await holder.post("/api/reserve-inventory", { session_id, items: [{ product_id: MUG, quantity: 2 }] }),
        200,
        reserved,
      ).session_id,
    ).toBe(session_id);
    await expectNothingChanged();
  });

  it("in a tampered cookie is rejected, and the cookie is deleted", async () => {
    for (const cookie of [
      `${holder.cookie}x`,
      `cart=${encodeURIComponent("eyJpZCI6ImFiYyJ9")}`,
      "cart=",
      "cart=%E0%A4%A",
      "cart=a.b.c",
    ]) {
      const response = await reserve({ items }, { Cookie: cookie });
      expectProblem(response, 403, "invalid_session");
      expect(response.headers["set-cookie"]?.[0]).toMatch(/^cart=;.*Max-Age=0/);
    }
    await expectNothingChanged();
  });
});

describe("a request", () => {
  it("with headers that are too large gets a 431", async () => {
    const large = { Cookie: `cart=${"x".repeat(20_000)}` };
    expect((await ask(`${store.url}/api/availability?product_id=${MUG}`, { headers: large })).status).toBe(431);
    expect((await post("/api/reserve-inventory", "{}", { ...JSON_TYPE, "X-Padding": "y".repeat(20_000) })).status).toBe(
      431,
    );
    await expectNothingChanged();
  });

  it("with a thousand cookies or a strange host, target, type or method does no harm", async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => `c${i}=1`).join("; ");
    expect((await ask(`${store.url}/api/availability?product_id=${MUG}`, { headers: { Cookie: many } })).status).toBe(
      200,
    );
    const invalidHosts = ["[::1", "a b", "shop:99999", "u@h", "u:p@h", "a/b", "a?b", "a#b", "a\\b", "\u00c0", "%41"];
    for (const host of ["evil.example", "x".repeat(300), "[::1]:80", ...invalidHosts]) {
      const isInvalid = invalidHosts.includes(host);
      for (const [name, status] of [
        ["Host", isInvalid ? 400 : 200],
        ["X-Forwarded-Host", 200],
      ] as const) {
        const response = await ask(`${store.url}/api/availability?product_id=${MUG}`, { headers: { [name]: host } });
        expect(response.status, `${name}: ${host}`).toBe(status);
        if (status === 400) expectProblem(response, 400, "invalid_request");
      }
    }
    for (const target of [
      `http://evil.example/api/availability?product_id=${MUG}`,
      `//api/availability?product_id=${MUG}`,
      "*",
      "/%",
      "/%00",
      "/..%2f..%2fetc/passwd",
      "/api/../../x",
    ]) {
      expect((await ask(store.url, { target })).status, target).toBeLessThan(500);
    }
    for (const type of ["", ";", "application/json;charset=utf-16", "APPLICATION/JSON", "multipart/form-data"]) {
      const { status } = await post("/api/reserve-inventory", "{}", { "Content-Type": type });
      expect([400, 415], type).toContain(status);
    }
    for (const method of ["TRACE", "PROPFIND"])
      expect((await ask(`${store.url}/api/reserve-inventory`, { method })).status, method).toBe(405);
    await expectNothingChanged();
  });

  it("with invalid query parameters is rejected", async () => {
    const many = Array.from({ length: 101 }, (_, i) => `product_id=${i}`).join("&");
    for (const query of ["", "product_id=", `product_id=${"x".repeat(1_001)}`, many])
      expectProblem(await new Caller(store.url).get(`/api/availability?${query}`), 400, "invalid_request");
    for (const query of ["limit=0", "limit=1001", "limit=1.5", "limit=x", "limit=NaN", "cursor="])
      expectProblem(
        await new Caller(store.url).get(`/api/reserve-inventory?${query}`, AS_OPERATOR),
        400,
        "invalid_request",
      );
    expect((await new Caller(store.url).get("/api/reserve-inventory?cursor=made-up", AS_OPERATOR)).status).toBeLessThan(
      500,
    );
  });
});

interface Route {
  readonly name: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly json?: unknown;
  /** Status of the response to a valid request. */
  readonly status: number;
  readonly allow: readonly string[];
  /** Set if the route reads the cart cookie. */
  readonly reads?: "cookie";
  /** Set if the route changes something that pages of other sites must not change. */
  readonly changes?: true;
  /** Whether the route reads a JSON body. */
  readonly body?: "required" | "optional";
  readonly operator?: true;
}

const ROUTES: readonly Route[] = [
  // Short of stock, so that a valid call changes nothing.
  {
    name: "reserve",
    method: "POST",
    path: "/api/reserve-inventory",
    json: { items: [{ product_id: productId("Storm Lantern"), quantity: 1 }] },
    status: 409,
    allow: ["POST", "DELETE", "GET"],
    reads: "cookie",
    changes: true,
    body: "required",
  },
  {
    name: "release",
    method: "DELETE",
    path: "/api/reserve-inventory",
    json: { items: [{ product_id: productId("Storm Lantern") }] },
    status: 200,
    allow: ["POST", "DELETE", "GET"],
    reads: "cookie",
    changes: true,
    body: "optional",
  },
  {
    name: "view",
    method: "GET",
    path: "/api/reserve-inventory",
    status: 200,
    allow: ["POST", "DELETE", "GET"],
    reads: "cookie",
  },
  {
    name: "availability",
    method: "GET",
    path: `/api/availability?product_id=${MUG}`,
    status: 200,
    allow: ["GET"],
    reads: "cookie",
  },
  {
    name: "stream",
    method: "GET",
    path: `/api/availability/stream?product_id=${MUG}`,
    status: 200,
    allow: ["GET"],
    reads: "cookie",
  },
  {
    name: "test-inventory-update",
    method: "POST",
    path: "/api/test-inventory-update",
    json: { product_id: productId("Storm Lantern"), delta: 0 },
    status: 200,
    allow: ["POST"],
    changes: true,
    body: "required",
    operator: true,
  },
  {
    name: "debug-checkout",
    method: "GET",
    path: "/api/debug-checkout?checkout_id=cs_test_unknown",
    status: 404,
    allow: ["GET"],
    operator: true,
  },
  {
    name: "settle-checkout",
    method: "POST",
    path: "/api/settle-checkout",
    json: { checkout_id: "cs_test_unknown", product_id: MUG, verdict: "applied" },
    status: 404,
    allow: ["POST"],
    changes: true,
    body: "required",
    operator: true,
  },
  {
    name: "webhook without a signature",
    method: "POST",
    path: "/api/webhooks/stripe",
    json: { id: "evt_1" },
    status: 400,
    allow: ["POST"],
  },
  { name: "openapi", method: "GET", path: "/api/openapi.json", status: 200, allow: ["GET"] },
  { name: "healthz", method: "GET", path: "/healthz", status: 200, allow: ["GET"] },
  { name: "readyz", method: "GET", path: "/readyz", status: 200, allow: ["GET"] },
  { name: "metrics", method: "GET", path: "/metrics", status: 200, allow: ["GET"] },
];

describe.each(ROUTES)("$name ($method $path)", (route) => {
  const { method, path, json, status, allow, reads, changes, body, operator: isOperators } = route;

  function as(
    headers: Readonly<Record<string, string>> = {},
    changed: Partial<RequestOptions> = {},
  ): Promise<HttpResponse> {
    const content = json === undefined ? {} : { body: JSON.stringify(json) };
    const base = { ...(json === undefined ? {} : JSON_TYPE), ...(isOperators ? AS_OPERATOR : {}) };
    return ask(`${store.url}${path}`, {
      method,
      headOnly: true,
      ...content,
      ...changed,
      headers: { ...base, ...headers },
    });
  }

  it("responds without a cookie", async () => {
    expect((await as()).status).toBe(status);
    await expectNothingChanged();
  });

  it("does not accept a tampered cookie or one of another shop", async () => {
    const otherShop = new CartSessions({ secrets: ["e".repeat(32)], secure: false });
    const foreign = (await otherShop.commit(otherShop.create())).split(";")[0] ?? "";
    for (const Cookie of [`${holder.cookie}x`, foreign]) {
      const response = await as({ Cookie });
      if (reads === undefined) expect(response.status).toBe(status);
      else expectProblem(response, 403, "invalid_session");
    }
    await expectNothingChanged();
  });

  it("rejects requests of other sites' pages if they could do harm", async () => {
    for (const [header, value] of [
      ["Origin", "https://evil.example"],
      ["Origin", "null"],
      ["Origin", "no address"],
      ["Sec-Fetch-Site", "cross-site"],
    ] as const) {
      const response = await as({ [header]: value });
      if (changes === undefined) expect(response.status, `${header}: ${value}`).toBe(status);
      else expectProblem(response, 403, "cross_origin");
    }
    expect((await as({ Origin: store.url, "Sec-Fetch-Site": "same-origin" })).status).toBe(status);
    await expectNothingChanged();
  });

  it("responds to other methods with 405 and the allowed methods", async () => {
    const others = ["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"].filter((other) => !allow.includes(other));
    for (const other of others) {
      const response = await ask(`${store.url}${path}`, { method: other, headers: isOperators ? AS_OPERATOR : {} });
      expectProblem(response, 405, "method_not_allowed");
      expect(response.headers.allow, other).toBe(allow.join(", "));
    }
    const head = await ask(`${store.url}${path}`, { method: "HEAD", headers: isOperators ? AS_OPERATOR : {} });
    expect(head.status).toBe(allow.includes("GET") ? (method === "GET" ? status : 200) : 405);
    expect(head.text).toBe("");
    await expectNothingChanged();
  });

  it("limits its body's size and requires JSON, if it reads a body", async () => {
    if (body === undefined) return;
    expectProblem(await as({}, { body: JSON.stringify({ padding: "x".repeat(17_000) }) }), 413, "too_large");
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json+x", "multipart/form-data"])
      expectProblem(await as({ "Content-Type": type }), 415, "unsupported_media_type");
    const none = await as({}, { body: "" });
    if (body === "required") expectProblem(none, 400, "invalid_request");
    await expectNothingChanged();
  });

  it("requires the operator's token, if it is an operator route", async () => {
    if (isOperators !== true) return;
    for (const Authorization of ["", "Bearer wrong", `Bearer ${ADMIN_TOKEN}${ADMIN_TOKEN}`])
      expectProblem(await as({ Authorization }), 401, "unauthorized");
    await expectNothingChanged();
  });
});

describe("the operator's page", () => {
  const restock = (more: Readonly<Record<string, string>> = {}, changed: Partial<RequestOptions> = {}) =>
    ask(`${store.url}/admin`, {
      method: "POST",
      body: new URLSearchParams({ intent: "restock", product_id: MUG, delta: "5", once: randomUUID() }).toString(),
      ...changed,
      headers: { ...FORM_TYPE, ...more },
    });

  it("requires a sign-in: it rejects no cookie, a shopper's, a forged one, and a wrong token", async () => {
    const year = Math.floor(Date.now() / 1000) + 31_536_000;
    const cookies = [holder.cookie ?? "", "admin=", `admin=${year}.${"a".repeat(43)}`, "admin=%E0%A4%A"];
    const callers: Readonly<Record<string, string>>[] = [
      {},
      { Authorization: "Bearer wrong" },
      ...cookies.map((Cookie) => ({ Cookie })),
    ];
    for (const headers of callers) {
      expect((await ask(`${store.url}/admin`, { headers })).status, JSON.stringify(headers)).toBe(401);
      expect((await restock(headers)).status, JSON.stringify(headers)).toBe(401);
    }
    await expectNothingChanged();
  });

  it("is open with the token (control)", async () => {
    expect((await restock(AS_OPERATOR)).status).toBe(200);
    const { inventory } = await operator.stock(MUG);
    await operator.setStock(MUG, inventory - 5);
    await expectNothingChanged();
  });

  it("rejects requests of other sites' pages even with the token", async () => {
    for (const [header, value] of [
      ["Origin", "https://evil.example"],
      ["Origin", "null"],
      ["Sec-Fetch-Site", "cross-site"],
    ] as const) {
      expect((await restock({ ...AS_OPERATOR, [header]: value })).status, header).toBe(403);
    }
    await expectNothingChanged();
  });

  it("limits the size of forms, and rejects other content types, invalid forms and other methods", async () => {
    expect((await restock(AS_OPERATOR, { body: `intent=${"x".repeat(17_000)}` })).status).toBe(413);
    for (const type of ["application/json", "multipart/form-data", "text/plain", ""])
      expect((await restock({ ...AS_OPERATOR, "Content-Type": type })).status, type).toBe(415);
    for (const body of [
      "",
      "intent=no_such_thing",
      "intent=restock",
      `intent=restock&product_id=${MUG}&delta=5`,
      `intent=set_stock&product_id=${MUG}&inventory=0`,
      "%E0%A4%A",
      "\u0000",
    ])
      expect((await restock(AS_OPERATOR, { body })).status, body).toBe(400);
    for (const method of ["OPTIONS", "TRACE"])
      expect((await ask(`${store.url}/admin`, { method, headers: AS_OPERATOR })).status, method).toBe(405);
    await expectNothingChanged();
  });
});

describe("an API route requested as page data", () => {
  it("is a 404, since each route has one path", async () => {
    for (const { method, path } of ROUTES) {
      const [bare = "", query = ""] = path.split("?");
      expect(
        (
          await ask(`${store.url}${bare}.data?${query}`, {
            method,
            headers: { ...JSON_TYPE, ...AS_OPERATOR },
            ...(method === "GET" ? {} : { body: "{}" }),
          })
        ).status,
        path,
      ).toBe(404);
    }
    await expectNothingChanged();
  });

  it.each([
    "/%61pi/openapi.json.data",
    "/x/../api/openapi.json.data",
    "/x/%2e%2e/metrics.data",
    "/api\\openapi.json.data",
    "//metrics.data",
    "/metrics/.data",
    "http://evil.example/metrics.data",
  ])("is a 404 by any spelling: %s", async (target) => {
    expectProblem(await ask(store.url, { target }), 404, "not_found");
  });

  it("is a bad request if its escapes are malformed, and logs nothing", async () => {
    const before = store.output().length;
    for (const target of ["/%", "/%zz", "/api/%E0%A4%A"])
      expectProblem(await ask(store.url, { target }), 400, "invalid_request");
    expect(store.output().slice(before)).not.toContain("URIError");
  });
});

describe("the cart panel", () => {
  it.each(["/cart/panel", "/cart/panel/", "/CART/%70anel?a=b"])(
    "redirects direct visits to the cart, so that no unit is held for a cookie that is never set: %s",
    async (target) => {
      const form = `intent=add&product_id=${MUG}&quantity=1`;
      for (const sent of [{}, { method: "POST", headers: FORM_TYPE, body: form }]) {
        const { status, headers } = await ask(store.url, { target, ...sent });
        expect([status, headers.location]).toEqual([307, "/cart"]);
      }
      await expectNothingChanged();
    },
  );

  it("responds to the page's script, with a cart cookie", async () => {
    const { status, headers } = await ask(`${store.url}/cart/panel.data`);
    expect([status, headers["set-cookie"]?.[0]]).toEqual([200, expect.stringMatching(/^cart=/)]);
  });
});
