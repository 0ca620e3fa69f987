import { DomUtils, parseDocument } from "htmlparser2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { parseEnvironment } from "~/env.server";
import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import { t } from "~/words/words";
import { ADMIN_TOKEN } from "../api/demo-shop";
import { ask, Caller, type HttpResponse } from "../api/http-client";
import { down, startStandIns, type StandIns } from "../api/stand-ins";
import { freePort, startStore, type StoreProcess } from "../api/store-process";
import { setSiteOf } from "../words/site";

/** Characters that would end an element, an attribute or a script, and a word from right to left. */
const NAME = `Töpferei </script><b>"Müller" & Söhne 🏺 متجر`;
const TAGLINE = `Krüge <i>und</i> 'Teller' -->`;
const EMAIL = "hallo@toepferei.test";
const LINK = { label: `AGB <b>"jetzt"</b>`, url: `https://toepferei.test/agb?a="><b>&b=2` };
const PRODUCT = { id: "6f1c7a1e-0d2b-4c55-9a37-2f6f0c1f9b11", name: `Krug <u>"groß"</u> 🏺` };

/** The demo's words, which must not appear in any other shop. */
const DEMO_WORDS = [
  parseEnvironment({}).shopName,
  parseEnvironment({}).shopTagline ?? "",
  ...DEMO_PRODUCTS.map(({ name }) => name),
];

let standIns: StandIns;
let store: StoreProcess;

beforeAll(async () => {
  const port = await freePort();
  standIns = await startStandIns(port);
  await standIns.exec("delete from products");
  await standIns.exec(
    "insert into products (id, name, description, price, inventory_count, image_url) values ($1, $2, $3, 49, 5, null)",
    [PRODUCT.id, PRODUCT.name, `</script><script>alert("x")</script>`],
  );
  store = await startStore(
    {
      ...standIns.env,
      ADMIN_TOKEN,
      SHOP_NAME: NAME,
      SHOP_TAGLINE: TAGLINE,
      SHOP_ACCENT: "#8a3b12",
      SUPPORT_EMAIL: EMAIL,
      SHOP_LINKS: `${LINK.label}=${LINK.url},Datenschutz=https://toepferei.test/datenschutz`,
      SHOP_LOCALE: "de-AT",
      SHOP_TIME_ZONE: "Europe/Vienna",
      STRIPE_SHIPPING_RATES: "shr_1",
      STRIPE_AUTOMATIC_TAX: "true",
    },
    { port },
  );
}, 300_000);

afterAll(async () => {
  await store.stop();
  await standIns.close();
});

/** A page as a browser reads it. */
function read({ text }: HttpResponse) {
  const page = parseDocument(text);
  const elements = (test: (attributes: Readonly<Record<string, string>>, name: string) => boolean) =>
    DomUtils.findAll(({ attribs, name }) => test(attribs, name), page.children);
  const texts = (test: Parameters<typeof elements>[0]) =>
    elements(test).map((element) => DomUtils.textContent(element));
  return {
    elements,
    texts,
    title: texts((_, name) => name === "title")[0],
    meta: (key: string) =>
      elements((each) => each["property"] === key || each["name"] === key).map((each) => each.attribs["content"]),
    structured: texts((each) => each["type"] === "application/ld+json").map((json) => JSON.parse(json) as unknown),
    /** Addresses of this shop's own files. */
    files: elements((_, name) => ["link", "script", "img"].includes(name)).flatMap(({ attribs: { rel, href, src } }) =>
      rel === "canonical" ? [] : [href ?? src ?? ""].filter(isOwn),
    ),
  };
}

const isOwn = (address: string) => /^\/(?!\/)/.test(address);

const PAGES: readonly (readonly [path: string, status: number])[] = [
  ["/", 200],
  ["/?q=krug", 200],
  ["/?q=nothing", 200],
  [`/products/${PRODUCT.id}`, 200],
  ["/products/gone", 404],
  ["/cart", 200],
  ["/orders/cs_test_ofanotherbrowser", 404],
  ["/no-such-page", 404],
  ["/admin", 401],
];
const TEXTS = ["/robots.txt", "/sitemap.xml", "/api/openapi.json"];

/** Everything that a visitor's browser gets from the shop, by address: pages, and the files that they name, and those name. */
async function everythingAt(url: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const waiting = [...paths];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    const response = await ask(url + path);
    found.set(path, response.text);
    const isPage = (response.headers["content-type"] ?? "").startsWith("text/html");
    waiting.push(...(isPage ? read(response).files : (response.text.match(/\/assets\/[\w.$-]+/g) ?? [])));
  }
  return found;
}

const demoWordsIn = (text: string) => DEMO_WORDS.filter((word) => text.toLowerCase().includes(word.toLowerCase()));

describe("a shop with a name of its own", () => {
  it("says nothing of the demo shop, in no page, file or script", async () => {
    const everything = await everythingAt(store.url, [...PAGES.map(([path]) => path), ...TEXTS]);
    for (const [path, text] of everything) expect(demoWordsIn(text), path).toEqual([]);
    expect([...everything.keys()].filter((path) => /^\/assets\/.*\.(js|css)$/.test(path)).length).toBeGreaterThan(10);
    expect([...everything.keys()]).toEqual(expect.arrayContaining(["/favicon.svg", "/apple-touch-icon.png"]));
    expect(JSON.parse(everything.get("/site.webmanifest") ?? "")).toMatchObject({ name: NAME });
  });

  it("does, if it is the demo shop (control)", async () => {
    const sandbox = await startStore();
    try {
      const everything = await everythingAt(sandbox.url, ["/"]);
      expect(demoWordsIn(everything.get("/") ?? "").length).toBeGreaterThan(10);
    } finally {
      await sandbox.stop();
    }
  }, 300_000);

  it.each(PAGES)("is named in header, title and footer of %s", async (path, status) => {
    const response = await ask(store.url + path);
    expect(response.status).toBe(status);
    expectOwnFrame(response, path);
  });

  it("is named on pages for which nothing could be loaded: 405 and 503", async () => {
    const refused = await ask(store.url, { method: "POST", headers: { Origin: store.url }, body: "" });
    expect(refused.status).toBe(405);
    expectOwnFrame(refused, "/");
    standIns.database.before = down;
    const unavailable = await ask(`${store.url}/products/${PRODUCT.id}`);
    standIns.database.before = undefined;
    expect(unavailable.status).toBe(503);
    expectOwnFrame(unavailable, "/products");
  }, 60_000);

  it("is named for link previews and search engines", async () => {
    const list = read(await ask(store.url));
    expect(list.title).toBe(`${NAME} · ${TAGLINE}`);
    expect(list.meta("description")).toEqual([TAGLINE]);
    const url = `${store.url}/`;
    expect(list.structured).toEqual([
      {
        "@context": "https://schema.org",
        "@graph": [
          { "@type": "Organization", name: NAME, url, email: EMAIL },
          expect.objectContaining({ "@type": "WebSite", name: NAME, url, inLanguage: "de-AT" }),
        ],
      },
    ]);
    const product = read(await ask(`${store.url}/products/${PRODUCT.id}`));
    expect(product.title).toBe(`${PRODUCT.name} · ${NAME}`);
    expect(product.structured).toEqual([
      expect.objectContaining({
        name: PRODUCT.name,
        offers: expect.objectContaining({ seller: { "@type": "Organization", name: NAME } }) as unknown,
      }),
    ]);
    for (const page of [list, product]) {
      expect(page.meta("og:site_name")).toEqual([NAME]);
      expect(page.meta("og:locale")).toEqual(["de_AT"]);
    }
  });

  it("is named in the subject of an e-mail about an order", async () => {
    const order = read(await ask(`${store.url}/orders/cs_test_ofanotherbrowser`));
    const [link] = order.elements((each) => each["href"]?.startsWith(`mailto:${EMAIL}?subject=`) === true);
    const subject = new URL(link?.attribs["href"] ?? "").searchParams.get("subject");
    expect(subject?.split(" · ")).toEqual([expect.stringContaining("RBROWSER"), NAME]);
  });

  it("is named on the admin page and in the API's document", async () => {
    const signIn = read(await ask(`${store.url}/admin`));
    expect(signIn.title).toBe(`Admin · ${NAME}`);
    expect(signIn.texts((_, name) => name === "h1")).toEqual([`Sign in to ${NAME} admin`]);
    const { text } = await ask(`${store.url}/api/openapi.json`);
    expect(z.object({ info: z.object({ title: z.string() }) }).parse(JSON.parse(text)).info.title).toBe(`${NAME} API`);
  });

  it("says in a cart what is added at checkout", async () => {
    const shopper = new Caller(store.url);
    await shopper.reserve(PRODUCT.id, 1);
    setSiteOf({ SHOP_LOCALE: "de-AT" });
    const hints = read(await shopper.get("/cart")).texts((each) => each["class"] === "hint");
    expect(hints).toContain(t("checkout.shippingAndTax"));
  });
});

/** The shop's name, tagline, address and links as they were set, and no element that they would make if they were taken for HTML. */
function expectOwnFrame(response: HttpResponse, path: string): void {
  const page = read(response);
  expect(page.title).toContain(NAME);
  expect(page.elements((_, name) => ["b", "i", "u"].includes(name))).toEqual([]);
  const site = page.texts((each) => each["id"] === "site").map((json) => JSON.parse(json) as unknown);
  expect(site).toEqual([expect.objectContaining({ name: NAME, tagline: TAGLINE })]);
  if (path === "/admin") return;
  expect(page.texts((each) => each["class"] === "shop-name")).toEqual([NAME]);
  expect(page.texts((_, name) => name === "footer")[0]).toContain(`${NAME} · ${TAGLINE}`);
  expect(page.elements((each) => each["href"] === `mailto:${EMAIL}`)).toHaveLength(1);
  expect(page.texts((each) => each["href"] === LINK.url)).toEqual([LINK.label]);
}
