import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { durationText } from "~/components/shop/duration-text";
import { t } from "~/words/words";
import { productId } from "../api/demo-shop";
import { ask, Caller, pay, type HttpResponse } from "../api/http-client";
import { startStore, type StoreProcess } from "../api/store-process";
import { setSiteOf } from "../words/site";

const MUG = productId("Gannet Egg Cup");
const calls = z.object({ calls: z.array(z.unknown()) });
const session = z.object({ session_id: z.string() });

let store: StoreProcess;

beforeAll(async () => {
  setSiteOf();
  store = await startStore();
});

afterAll(() => store.stop());

async function holding(units = 1): Promise<{ caller: Caller; token: string; cookie: string }> {
  const caller = new Caller(store.url);
  const answer = await caller.reserve(MUG, units);
  return { caller, token: session.parse(JSON.parse(answer.text)).session_id, cookie: caller.cookie ?? "" };
}

const view = (headers: Record<string, string>, token?: string) =>
  ask(`${store.url}/api/reserve-inventory${token === undefined ? "" : `?session_id=${encodeURIComponent(token)}`}`, {
    headers,
  });

const unitsIn = ({ text }: HttpResponse) => z.object({ total_units: z.number() }).parse(JSON.parse(text)).total_units;

describe("a session", () => {
  it("is not logged, even if it is in the URL", async () => {
    const { token } = await holding();
    expect(unitsIn(await view({}, token))).toBe(1);
    await expect.poll(store.output).toMatch(/GET \/api\/reserve-inventory/);
    expect(store.output()).not.toContain(token);
    expect(store.output()).not.toContain(token.split(".")[0]);
  });

  it("needs its own kind of signature: a token is no cookie, and a cookie no token", async () => {
    const { token, cookie } = await holding();
    const value = decodeURIComponent(cookie.slice("cart=".length));
    expect(unitsIn(await view({}, token))).toBe(1);
    expect(unitsIn(await view({ Cookie: cookie }))).toBe(1);
    expect((await view({ Cookie: `cart=${encodeURIComponent(token)}` })).status).toBe(403);
    // 400: longer than any token.
    expect([400, 403]).toContain((await view({}, value)).status);
  });

  it("cannot be taken over by an injected cookie: the first counts, and a forged one is rejected", async () => {
    const { cookie } = await holding();
    expect((await view({ Cookie: `cart=forged.x; ${cookie}` })).status).toBe(403);
    expect(unitsIn(await view({ Cookie: `other=1; ${cookie}; cart=forged.x` }))).toBe(1);
  });
});

describe("the sandbox's payment page and controls", () => {
  it.each([{ Origin: "https://evil.example" }, { "Sec-Fetch-Site": "cross-site" }])(
    "reject requests from another site's page (%o)",
    async (foreign) => {
      const { caller } = await holding();
      const page = new URL(await caller.openPaymentPage());
      const form = { "Content-Type": "application/x-www-form-urlencoded" };
      const headers = Object.fromEntries(Object.entries(foreign));
      expect(
        (
          await ask(`${store.url}${page.pathname}`, {
            method: "POST",
            headers: { ...form, ...headers },
            body: "action=pay",
          })
        ).status,
      ).toBe(403);
      const command = {
        method: "POST",
        headers: { "Content-Type": "text/plain", ...headers },
        body: JSON.stringify({ action: "set_urls", urls: [] }),
      };
      expect((await ask(`${store.url}/sandbox/_sandbox/webhooks`, command)).status).toBe(403);
      // Negative control: requests from its own page work.
      const own = { Origin: new URL(store.url).origin, "Sec-Fetch-Site": "same-origin" };
      expect(
        (
          await ask(`${store.url}${page.pathname}`, {
            method: "POST",
            headers: { ...form, ...own },
            body: "action=pay",
          })
        ).status,
      ).toBe(303);
    },
  );
});

it("tools with the key can read the sandbox's table, with GET and HEAD", async () => {
  const read = (method: string, headers: Record<string, string>) =>
    ask(`${store.url}/sandbox/rest/v1/products?select=id`, { method, headers });
  for (const method of ["GET", "HEAD"]) {
    expect((await read(method, { apikey: "sb_secret_sandbox", "User-Agent": "a tool" })).status, method).toBe(200);
    expect((await read(method, { "User-Agent": "a tool" })).status, method).toBe(401);
  }
});

describe("an order", () => {
  it("of another browser looks like one that does not exist; it is settled once, and made-up ids cost no call to Stripe", async () => {
    const { caller } = await holding();
    const checkoutId = new URL(await caller.openPaymentPage()).pathname.split("/").at(-1) ?? "";
    const made = async () =>
      calls.parse(JSON.parse((await ask(`${store.url}/sandbox/_sandbox/calls`)).text)).calls.length;
    const before = await made();
    for (const madeUp of ["cs_live_a1b2c3", "cs_test_a-b", "nothing", `${checkoutId}.x`])
      expect((await ask(`${store.url}/orders/${madeUp}`)).status).toBe(404);
    expect(await made()).toBe(before);
    const page = await ask(`${store.url}/orders/${checkoutId}`);
    expect([
      page.status,
      page.text.includes("You can only view this order in the browser you paid with"),
      page.text.includes("noindex"),
    ]).toEqual([404, true, true]);
    const words = (text: string) => text.replaceAll(/[A-Za-z0-9+/=_-]{8,}/g, "");
    expect(words(page.text)).toBe(words((await ask(`${store.url}/orders/${checkoutId.slice(0, -8)}AAAAAAAA`)).text));
    await expect.poll(made).toBe(before + 2);
    expect((await ask(`${store.url}/orders/${checkoutId}`)).status).toBe(404);
    expect((await ask(`${store.url}/orders/${checkoutId}.data`)).status).toBe(404);
    expect(await made()).toBe(before + 2);
    expect((await caller.get(`/orders/${checkoutId}`)).status).toBe(200);
    expect(await made()).toBeGreaterThan(before);
  });

  it("is shown without the cookie at the URL that Stripe returns to, whose key is never logged", async () => {
    const { caller } = await holding();
    const back = new URL(await pay(await caller.openPaymentPage()));
    const key = back.searchParams.get("key") ?? "";
    expect(key.length).toBeGreaterThan(43);
    const other = new Caller(store.url);
    expect((await other.get(back.pathname)).status).toBe(404);
    const exchanged = await other.get(back.pathname + back.search);
    expect([exchanged.status, exchanged.headers.location]).toEqual([302, back.pathname]);
    const seen = await other.get(back.pathname);
    expect(seen.status).toBe(200);
    expect(seen.text).not.toContain(key);
    await expect.poll(store.output).toMatch(/GET \/orders\/cs_test_\w+ 200/);
    expect(store.output()).not.toContain(key);
    expect(store.output()).not.toContain("?key");
  });
});

describe("event streams", () => {
  it("cannot all be taken by one cart, are freed when they end, and a rejection is not logged as an error", async () => {
    const { cookie } = await holding();
    const opened: AbortController[] = [];
    const open = async (headers: Record<string, string>) => {
      const abort = new AbortController();
      opened.push(abort);
      return (await fetch(`${store.url}/api/availability/stream?product_id=${MUG}`, { headers, signal: abort.signal }))
        .status;
    };
    try {
      for (let i = 0; i < 8; i += 1) expect(await open({ Cookie: cookie })).toBe(200);
      const refused = await ask(`${store.url}/api/availability/stream?product_id=${MUG}`, {
        headers: { Cookie: cookie },
      });
      expect(refused.status).toBe(429);
      expect(refused.headers["retry-after"]).toMatch(/^\d+$/);
      expect(await open({ Cookie: (await holding()).cookie })).toBe(200);
      opened[0]?.abort();
      await expect.poll(() => open({ Cookie: cookie }), { timeout: 20_000 }).toBe(200);
    } finally {
      for (const abort of opened) abort.abort();
    }
    expect(store.output()).not.toContain('"level":"error"');
  });
});

describe("a rate-limited page", { timeout: 300_000 }, () => {
  it("has the Retry-After header that its message names", async () => {
    const busy = await startStore({ RATE_LIMIT_PER_MINUTE: "1" });
    try {
      const first = await ask(`${busy.url}/cart`, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: "intent=clear",
      });
      const cookie = String(first.headers["set-cookie"]).split(";", 1)[0] ?? "";
      const clear = () =>
        ask(`${busy.url}/cart`, {
          method: "POST",
          headers: { "Content-Type": "application/x-www-form-urlencoded", Cookie: cookie },
          body: "intent=clear",
        });
      await clear();
      const refused = await clear();
      const seconds = Number(refused.headers["retry-after"]);
      expect(refused.status).toBe(429);
      expect(refused.text).toContain(t("failure.rateLimited", { duration: durationText(1000 * seconds) }));
    } finally {
      await busy.stop();
    }
  });
});

describe("a method that a page does not support", () => {
  it("gets an error page, and is not logged as an error", async () => {
    const page = await ask(`${store.url}/`, { method: "POST", headers: { "Content-Type": "text/plain" }, body: "x" });
    expect([page.status, page.headers["content-type"]]).toEqual([405, "text/html; charset=utf-8"]);
    expect((await ask(`${store.url}/products/${MUG}`, { method: "OPTIONS" })).status).toBe(405);
    await expect.poll(store.output).toMatch(/OPTIONS \/products.* 405/);
    expect(store.output()).not.toContain('"level":"error"');
  });
});

describe("an invalid Host", () => {
  it("is rejected with a message", async () => {
    for (const path of ["/", "/cart", "/healthz"]) {
      const answer = await ask(`${store.url}${path}`, { headers: { Host: "u@h" } });
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("Host header")]);
    }
  });
});
