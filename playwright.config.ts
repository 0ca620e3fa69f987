import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import type { EngineOptions } from "./e2e/engines/browser-window";
import { engineProjects, JOURNEYS } from "./e2e/engines/projects";

/** Each worker has two stores, on adjacent ports: one with default settings and one whose holds last only seconds. */
const WORKERS = 2;
const FIRST_PORT = 4310;
const DEBIAN_CHROMIUM = "/usr/bin/chromium";

/** Runs the tests against a store that is already up; it must run the sandbox. */
const deployed = process.env.E2E_BASE_URL;
const executablePath = process.env.CHROMIUM_PATH ?? (existsSync(DEBIAN_CHROMIUM) ? DEBIAN_CHROMIUM : undefined);

/** The stores that one worker tests. */
interface Stores {
  readonly url: string;
  /** A store whose holds last only seconds, so that a test can watch them expire. Null if none is deployed. */
  readonly shortHoldsUrl: string | null;
}

export interface ShopOptions {
  /** One entry per worker, because tests of different workers run concurrently and buy the same products. */
  stores: readonly Stores[];
}

const stores =
  deployed === undefined
    ? Array.from({ length: WORKERS }, (_, worker) => storesOf(worker))
    : [{ url: deployed, shortHoldsUrl: process.env.E2E_SHORT_HOLDS_URL ?? null }];

const chromium = {
  browserName: "chromium" as const,
  launchOptions: {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
};

export default defineConfig<ShopOptions, EngineOptions>({
  testDir: "e2e",
  outputDir: "test-results",
  workers: stores.length,
  forbidOnly: process.env.CI !== undefined,
  timeout: 45_000,
  // A test that passes only then is reported as flaky (tests/run.ts).
  retries: 1,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/e2e.json" }]],
  use: {
    stores,
    locale: "en-GB",
    // A click during a transition meets the old page's picture.
    contextOptions: { reducedMotion: "reduce" },
    // Recording one takes a quarter of the time of a test: npx playwright test --trace on
    trace: "off",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "with-javascript", use: { ...chromium, javaScriptEnabled: true }, grepInvert: /@without-javascript/ },
    {
      name: "without-javascript",
      use: { ...chromium, javaScriptEnabled: false, javascript: false },
      grepInvert: /@with-javascript/,
    },
    { name: "older-browsers", testDir: JOURNEYS, use: { ...chromium, isOld: true }, grepInvert: /@without-javascript/ },
    ...engineProjects(),
  ],
  // Playwright starts these one after another; the first one builds if needed.
  ...(deployed === undefined
    ? {
        webServer: stores.flatMap(({ url, shortHoldsUrl }) => [
          store(url, { STRIPE_PAYMENT_METHODS: "automatic" }),
          ...(shortHoldsUrl === null ? [] : [store(shortHoldsUrl, { RESERVATION_TTL_SECONDS: "4" })]),
        ]),
      }
    : {}),
});

function storesOf(worker: number): Stores {
  const port = FIRST_PORT + 2 * worker;
  return { url: `http://127.0.0.1:${port}`, shortHoldsUrl: `http://127.0.0.1:${port + 1}` };
}

function store(url: string, env: Record<string, string>) {
  return {
    // Not `npm start`, which reads `.env`.
    command: "node app/commands/start.js",
    url: `${url}/readyz`,
    env: { PORT: new URL(url).port, NODE_ENV: "production", LOG_LEVEL: "warn", ...env },
    timeout: 180_000,
    reuseExistingServer: false,
    stdout: "ignore" as const,
  };
}
