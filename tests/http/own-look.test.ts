import { DomUtils, parseDocument } from "htmlparser2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { accentCss, accentPalette } from "~/look/accent.server";
import { ADMIN_TOKEN } from "../api/demo-shop";
import { ask, type HttpResponse } from "../api/http-client";
import { startStore, type StoreProcess } from "../api/store-process";

const ACCENT = "#ffd400";
const LOGO = "http://127.0.0.1:9/logo.svg?v=2";

let plain: StoreProcess;
let own: StoreProcess;

beforeAll(async () => {
  plain = await startStore();
  own = await startStore({
    ADMIN_TOKEN,
    SHOP_NAME: "Ätna",
    SHOP_LOCALE: "de-AT",
    SHOP_ACCENT: ACCENT,
    SHOP_LOGO_URL: LOGO,
  });
}, 300_000);

afterAll(async () => {
  await Promise.all([plain.stop(), own.stop()]);
});

function elements({ text }: HttpResponse, name: string) {
  return DomUtils.findAll((element) => element.name === name, parseDocument(text).children).map(
    ({ attribs }) => attribs,
  );
}

const hrefs = (page: HttpResponse, rel: string) =>
  elements(page, "link").flatMap((link) => (link["rel"] === rel ? [link["href"] ?? ""] : []));

/** Texts of the page's inline styles with a nonce that its policy allows. */
function allowedStyles(page: HttpResponse): string[] {
  const policy = page.headers["content-security-policy"] ?? "";
  return DomUtils.findAll(({ name }) => name === "style", parseDocument(page.text).children)
    .filter(({ attribs: { nonce } }) => policy.includes(`style-src 'self' 'nonce-${nonce}';`))
    .map((style) => DomUtils.textContent(style));
}

const STYLE = accentCss(accentPalette(ACCENT));

/** A page of each kind: of the shop, of operators, of errors. */
const PAGES: readonly (readonly [path: string, status: number])[] = [
  ["/", 200],
  ["/cart", 200],
  ["/admin", 401],
  ["/no-such-page", 404],
  ["/products/gone", 404],
];

describe("a shop with an accent and a logo", () => {
  it.each(PAGES)("has its colours and its logo on %s", async (path, status) => {
    const page = await ask(own.url + path);
    expect(page.status).toBe(status);
    expect(allowedStyles(page)).toEqual([STYLE]);
    expect(hrefs(page, "icon")).toEqual([LOGO]);
    expect(hrefs(page, "apple-touch-icon")).toEqual([LOGO]);
    expect(elements(page, "meta").filter((meta) => meta["name"] === "theme-color")).toMatchObject([
      { media: "(prefers-color-scheme: light)", content: ACCENT },
      { media: "(prefers-color-scheme: dark)" },
    ]);
    if (path !== "/admin") expect(elements(page, "img")).toContainEqual({ class: "logo", src: LOGO, alt: "" });
    expect(page.headers["content-security-policy"]).toContain("img-src 'self' data: https: http://127.0.0.1:9;");
  });

  it("has its colours on the payment page", async () => {
    expect((await ask(`${own.url}/sandbox/pay/cs_test_none`)).text).toContain(STYLE);
  });

  it("has a manifest with its name, colour and logo", async () => {
    const { text } = await ask(`${own.url}/site.webmanifest`);
    expect(JSON.parse(text)).toEqual({
      id: "/",
      name: "Ätna",
      short_name: "Ätna",
      lang: "de-AT",
      dir: "ltr",
      start_url: "/",
      display: "minimal-ui",
      theme_color: ACCENT,
      background_color: "#fbf8f3",
      icons: [{ src: LOGO, sizes: "any" }],
    });
  });

  it.each(["favicon.svg", "favicon.ico", "apple-touch-icon.png", "icon-192.png", "icon-512.png"])(
    "leads from /%s to its logo",
    async (name) => {
      expect(await ask(`${own.url}/${name}`)).toMatchObject({ status: 302, headers: { location: LOGO } });
    },
  );
});

describe("a shop without them", () => {
  it("has the colours of its own stylesheet, and its icon beside its name", async () => {
    const page = await ask(plain.url);
    expect(elements(page, "style")).toEqual([]);
    expect(hrefs(page, "icon")).toEqual(["/favicon.ico", "/favicon.svg"]);
    expect(hrefs(page, "apple-touch-icon")).toEqual(["/apple-touch-icon.png"]);
    expect(hrefs(page, "manifest")).toEqual(["/site.webmanifest"]);
    expect(elements(page, "img")).toContainEqual(expect.objectContaining({ src: "/favicon.svg", alt: "" }));
  });

  it("has icons of the sizes that its manifest says", async () => {
    const { icons } = z
      .object({ icons: z.array(z.object({ src: z.string(), sizes: z.string(), type: z.string() })) })
      .parse(JSON.parse((await ask(`${plain.url}/site.webmanifest`)).text));
    expect(icons.map(({ sizes }) => sizes)).toEqual(["192x192", "512x512"]);
    for (const { src, sizes, type } of icons) {
      const picture = await fetch(plain.url + src);
      expect(picture.headers.get("content-type")).toBe(type);
      const png = Buffer.from(await picture.arrayBuffer());
      expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes);
    }
  });

  it.each([
    ["favicon.svg", "image/svg+xml"],
    ["favicon.ico", "image/x-icon"],
    ["apple-touch-icon.png", "image/png"],
    ["icon-192.png", "image/png"],
    ["icon-512.png", "image/png"],
    ["site.webmanifest", "application/manifest+json"],
  ])("serves /%s for an hour, and then only if it has changed", async (name, type) => {
    const url = `${plain.url}/${name}`;
    const first = await ask(url);
    expect(first).toMatchObject({
      status: 200,
      headers: { "content-type": type, "cache-control": "public, max-age=3600", "x-content-type-options": "nosniff" },
    });
    const again = await ask(url, { headers: { "If-None-Match": first.headers.etag ?? "" } });
    expect(again).toMatchObject({ status: 304, text: "" });
    expect((await ask(url, { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
    expect((await ask(url, { method: "POST", headers: { Origin: plain.url }, body: "" })).status).toBe(405);
  });
});
