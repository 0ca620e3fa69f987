/**
 * `npm run lighthouse`: Lighthouse scores of the production build on a phone, and the size of each page's scripts.
 * Exits with 1 if a bound is missed. Not part of the tests, because performance scores depend on the machine.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";
import { chromium } from "playwright";
import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import { freePort } from "../tests/api/store-process";

const DEBIAN_CHROMIUM = "/usr/bin/chromium";
const OUTPUT = "test-results/lighthouse";
const MAX_SCRIPT_BYTES = 110 * 1024;
const BOUNDS = { accessibility: 100, "best-practices": 100, performance: 98, seo: 100 };

const product = DEMO_PRODUCTS[0];
if (product === undefined) throw new Error("no demo products");
const pages = [
  { name: "list", path: "/", seo: true },
  { name: "product", path: `/products/${product.id}`, seo: true },
  // Not indexed, so SEO is not scored.
  { name: "cart", path: "/cart", seo: false },
];

const port = await freePort();
const base = process.env.E2E_BASE_URL ?? `http://127.0.0.1:${port}`;
const store =
  process.env.E2E_BASE_URL === undefined
    ? spawn(process.execPath, ["app/commands/start.js"], {
        env: { ...process.env, PORT: String(port), NODE_ENV: "production", LOG_LEVEL: "warn" },
        stdio: "ignore",
      })
    : null;
await untilReady(`${base}/readyz`);
const chromePath =
  process.env.CHROMIUM_PATH ?? (existsSync(DEBIAN_CHROMIUM) ? DEBIAN_CHROMIUM : chromium.executablePath());
const chrome = await chromeLauncher.launch({
  chromePath,
  chromeFlags: [
    "--headless=new",
    "--disable-quic",
    "--disable-background-networking",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ],
});
mkdirSync(OUTPUT, { recursive: true });

let isBelow = false;
for (const { name, path, seo } of pages) {
  const result = await lighthouse(base + path, { port: chrome.port, output: "html", logLevel: "error" });
  if (result === undefined) throw new Error(`Lighthouse returned no result for ${path}`);
  writeFileSync(`${OUTPUT}/${name}.html`, String(result.report));
  const { categories, audits } = result.lhr;
  const scores = Object.entries(BOUNDS)
    .filter(([id]) => seo || id !== "seo")
    .map(([id, bound]) => ({ id, bound, score: Math.round((categories[id]?.score ?? 0) * 100) }));
  const failed = Object.values(audits).filter(
    ({ score, scoreDisplayMode }) =>
      score !== null && score < 1 && (scoreDisplayMode === "binary" || scoreDisplayMode === "metricSavings"),
  );
  const scriptBytes = await scriptsOf(base + path);
  isBelow ||= scores.some(({ score, bound }) => score < bound) || scriptBytes > MAX_SCRIPT_BYTES;
  const timings = ["largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"].map(
    (id) => `${id} ${audits[id]?.displayValue ?? "?"}`,
  );
  console.log(
    `${name}: ${scores.map(({ id, score }) => `${id} ${score}`).join(", ")}, script ${(scriptBytes / 1024).toFixed(1)} KB compressed, ${timings.join(", ")}`,
  );
  for (const { id, title, displayValue } of failed) console.log(`  ${id}: ${title} ${displayValue ?? ""}`);
}
chrome.kill();
store?.kill();
process.exit(isBelow ? 1 : 0);

/** Compressed bytes of all scripts that the page loads. */
async function scriptsOf(url: string): Promise<number> {
  const html = await (await fetch(url)).text();
  const sources = new Set(html.match(/\/assets\/[\w.-]+\.js/g) ?? []);
  let bytes = 0;
  for (const source of sources) {
    bytes += await new Promise<number>((resolve, reject) => {
      get(new URL(source, url), { headers: { "Accept-Encoding": "gzip" } }, (response) => {
        let length = 0;
        response.on("data", (chunk: Buffer) => (length += chunk.length)).on("end", () => resolve(length));
      }).on("error", reject);
    });
  }
  return bytes;
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 360; tries += 1) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`store not ready: ${url}`);
}
