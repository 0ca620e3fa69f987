import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../api/http-client";
import { figure, parseMetrics } from "../api/metrics-text";
import { startStore, type StoreProcess } from "../api/store-process";
import { startReadmeNginx } from "./readme-nginx";

let store: StoreProcess;
let nginx: Awaited<ReturnType<typeof startReadmeNginx>>;

beforeAll(async () => {
  store = await startStore();
  nginx = await startReadmeNginx(Number(new URL(store.url).port));
});

afterAll(async () => {
  nginx.stop();
  await store.stop();
});

const OTHER_SPELLINGS = [
  "/metrics/",
  "/METRICS",
  "/metrics/.",
  "/./metrics",
  "//metrics",
  "/x/../metrics",
  "/%6detrics",
  "/metrics%2F",
  "/metrics?x",
  "/Readyz",
  "/readyz/",
  "/readyz/.",
];

describe("the README's nginx recipe", () => {
  it("forwards pages, forms and streams", async () => {
    expect((await ask(`${nginx.url}/`)).status).toBe(200);
    const posted = await ask(`${nginx.url}/api/reserve-inventory`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: '{"items":[]}',
    });
    expect(posted.status).toBe(400);
    const id = /\/products\/([\w-]{36})/.exec((await ask(`${nginx.url}/`)).text)?.[1] ?? "";
    const stream = await fetch(`${nginx.url}/api/availability/stream?product_id=${id}`);
    const first = await stream.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toContain(": welcome");
    expect(
      (await ask(`${nginx.url}/api/webhooks/stripe`, { method: "POST", body: "x".repeat(1_048_577), isProxied: true }))
        .status,
    ).toBe(413);
  });

  it.each(["/metrics", "/readyz", ...OTHER_SPELLINGS])("hides what is for operators: %s", async (target) => {
    const { status, text } = await ask(nginx.url, { target, isProxied: true });
    expect([403, 404], target).toContain(status);
    expect(text).not.toMatch(/# HELP|"dependencies"/);
  });
});

describe("the store behind any proxy", () => {
  it.each(OTHER_SPELLINGS.filter((target) => target !== "/metrics?x"))(
    "rejects other spellings of routes for programs: %s",
    async (target) => {
      const { status, text } = await ask(store.url, { target });
      expect(status).toBe(404);
      expect(text).toMatch(/exact path is \/\w+/);
    },
  );

  it("accepts the exact spelling (negative control)", async () => {
    expect((await ask(`${store.url}/metrics`)).text).toContain("# HELP");
    expect((await ask(`${store.url}/readyz`)).text).toContain('"dependencies"');
  });
});

it.each(["/products", "/products/"])("redirects %s to the list of products", async (target) => {
  const { status, headers } = await ask(store.url, { target });
  expect([status, headers.location]).toEqual([301, "/"]);
});

/** Processor time of the store for 12 requests, in seconds. */
async function cost(target: string): Promise<number> {
  const spent = async () => figure(parseMetrics((await ask(`${store.url}/metrics`)).text), "process_cpu_seconds_total");
  const before = await spent();
  for (let i = 0; i < 12; i += 1) await ask(store.url, { target });
  return (await spent()) - before;
}

it("spends at most twice the processor time of the list page on a URL of 16 kB", async () => {
  const fill = (text: string, length = 15_500) => text.repeat(Math.ceil(length / text.length)).slice(0, length);
  const addresses = [
    fill("/a"),
    fill("/"),
    fill("/products/"),
    fill("/."),
    fill("/x/.."),
    fill("%2F%61"),
    `/products/${fill("a")}`,
    `/products/${fill("%F0%9F%98%80")}`,
    `/__manifest?version=x&${fill(`p=${fill("/a", 600)}&`)}`,
    `/__manifest?p=${fill("/a")}`,
    `/?${fill("a=b&")}`,
    `/?q=${fill("a")}`,
    `/cart.data?_routes=${fill("routes%2Fcart,")}`,
    `/api/availability?${fill("product_id=a&")}`,
  ].map((address) => (address.startsWith("/") ? address : `/${address}`));
  await cost("/");
  const list = await cost("/");
  const costs: Record<string, number> = {};
  for (const address of addresses) costs[address.slice(0, 40)] = (await cost(address)) / list;
  console.log(
    `processor time for an absurd URL, relative to the list page: ${Math.max(...Object.values(costs)).toFixed(2)} at most`,
  );
  for (const [address, ratio] of Object.entries(costs))
    expect(ratio, `${address}… of ${JSON.stringify(costs)}`).toBeLessThan(2);
});
