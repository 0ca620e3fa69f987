import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { de } from "~/words/de";
import { en } from "~/words/en";
import { fr } from "~/words/fr";
import { t } from "~/words/words";
import { expect, test } from "./shop";
import { cartName } from "./texts";

const MAX_SCRIPT_BYTES = 110 * 1024;
/** Of the shop's words and settings, which each page brings along: compressed, as part of the page. */
const MAX_SITE_BYTES = 8 * 1024;

test(
  "a product page loads little script, and nothing from other origins",
  { tag: "@with-javascript" },
  async ({ shopper, setStock }) => {
    await setStock("Tide Mug", 9);
    const visitor = await shopper();
    const { page } = visitor;
    const scripts: Promise<number>[] = [];
    const otherOrigins: string[] = [];
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== new URL(visitor.address("/")).origin) otherOrigins.push(request.url());
    });
    page.on("requestfinished", (request) => {
      if (request.resourceType() === "script")
        scripts.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await visitor.openProduct("Tide Mug");
    await expect(page.getByRole("button", { name: cartName(0), exact: true })).toBeVisible();
    await page.getByRole("button", { name: t("product.addLabel", { name: "Tide Mug" }) }).click();
    await expect(page.getByText(t("product.added", { name: "Tide Mug" }))).toBeAttached();
    const sizes = await Promise.all(scripts);
    const loaded = sizes.reduce((sum, size) => sum + size, 0);
    const html = await (await page.request.get(visitor.address(new URL(page.url()).pathname))).text();
    const ofSite = shareOfSite(html);
    const bytes = loaded + ofSite;
    expect(sizes.length).toBeGreaterThan(3);
    expect(loaded, `${sizes.length} scripts`).toBeGreaterThan(20 * 1024);
    expect(ofSite).toBeGreaterThan(1024);
    expect(ofSite).toBeLessThan(MAX_SITE_BYTES);
    expect(bytes, `${sizes.length} scripts`).toBeLessThan(MAX_SCRIPT_BYTES);
    expect(otherOrigins).toEqual([]);
    test.info().annotations.push({
      type: "script",
      description: `${(bytes / 1024).toFixed(1)} KB, of which words ${(ofSite / 1024).toFixed(1)} KB`,
    });
  },
);

test(
  "a page brings the words of its own language only, and the scripts none",
  { tag: "@with-javascript" },
  async ({ request, baseURL }) => {
    const html = await (await request.get(`${baseURL}/`)).text();
    expect(html).toContain(en["cart.empty"]);
    for (const other of [de, fr]) expect(html).not.toContain(other["cart.empty"]);
    const scripts = readdirSync("build/client/assets").filter((file) => file.endsWith(".js"));
    expect(scripts.length).toBeGreaterThan(5);
    const languages = scripts.filter((file) => {
      const script = readFileSync(path.join("build/client/assets", file), "utf8");
      return [en, de, fr].some((language) => script.includes(language["cart.empty"]));
    });
    expect(languages).toEqual([]);
  },
);

/** How much longer the compressed page is for the script that brings the site: its words and settings. */
function shareOfSite(html: string): number {
  const without = html.replace(/<script id="site"[^]*?<\/script>/, "");
  expect(without.length, "the page has the script").toBeLessThan(html.length);
  return gzipSync(html).length - gzipSync(without).length;
}
