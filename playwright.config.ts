import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const PORT = 4310;
const SHORT_HOLDS_PORT = 4311;
const DEBIAN_CHROMIUM = "/usr/bin/chromium";

/** Set: the flows run against a store that is already there, which must be in the sandbox. */
const deployed = process.env.E2E_BASE_URL;
const executablePath = process.env.CHROMIUM_PATH ?? (existsSync(DEBIAN_CHROMIUM) ? DEBIAN_CHROMIUM : undefined);

export interface ShopOptions {
  /** A store whose holds last for seconds, so that a test can see them end. */
  shortHoldsUrl: string;
}

export default defineConfig<ShopOptions>({
  testDir: "e2e",
  outputDir: "test-results",
  // Both projects buy the same products in the same store.
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/e2e.json" }]],
  use: {
    browserName: "chromium",
    baseURL: deployed ?? address(PORT),
    shortHoldsUrl: process.env.E2E_SHORT_HOLDS_URL ?? deployed ?? address(SHORT_HOLDS_PORT),
    locale: "en-GB",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
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
  },
  projects: [
    { name: "with-javascript", use: { javaScriptEnabled: true }, grepInvert: /@without-javascript/ },
    { name: "without-javascript", use: { javaScriptEnabled: false }, grepInvert: /@with-javascript/ },
  ],
  // One after the other: the first builds where that is needed.
  ...(deployed === undefined ? { webServer: [store(PORT, { STRIPE_PAYMENT_METHODS: "automatic" }), store(SHORT_HOLDS_PORT, { RESERVATION_TTL_SECONDS: "4" })] } : {}),
});

function store(port: number, env: Record<string, string>) {
  return {
    command: "npm start",
    url: `${address(port)}/readyz`,
    env: { PORT: String(port), NODE_ENV: "production", LOG_LEVEL: "warn", ...env },
    timeout: 180_000,
    reuseExistingServer: false,
    stdout: "ignore" as const,
  };
}

function address(port: number): string {
  return `http://127.0.0.1:${port}`;
}
