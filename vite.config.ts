import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import type { Plugin } from "vite";
import tsconfigPaths from "vite-tsconfig-paths";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { BROWSER_TARGETS } from "./.eslint/browser-targets.js";

declare module "@remix-run/node" {
  interface Future {
    v3_singleFetch: true;
  }
}

// Vitest uses this file too and must not load the Remix plugin.
const isTest = process.env.VITEST !== undefined;

/** Tests that take minutes: `npm run test:long`. */
const LONG = ["tests/**/*.long.test.ts"];
/** Suites that measure memory, load the machine or kill processes under load: nothing else may run at the same time. */
const ALONE = [
  "tests/load/**/*.test.ts",
  "tests/drill/**/*.test.ts",
  "tests/reservations/memory-reservation-store.test.ts",
  "tests/api/outage.test.ts",
];

/**
 * Undoes what the Remix plugin does before it: copying all variables of `.env` files into `process.env`, also in builds.
 * Only the commands that say so read `.env` (app/commands/read-dotenv.js).
 */
function forgetDotenv(): Plugin {
  const own = new Set(Object.keys(process.env));
  return {
    name: "forget-dotenv",
    config() {
      for (const name of Object.keys(process.env)) if (!own.has(name)) delete process.env[name];
    },
  };
}

function suite(
  name: string,
  { groupOrder, ...options }: { include: string[]; exclude: string[]; maxWorkers: number; groupOrder: number },
): TestProjectConfiguration {
  return { extends: true, test: { name, ...options, sequence: { groupOrder } } };
}

export default defineConfig(({ mode, isSsrBuild }) => ({
  envDir: false,
  plugins: [
    tailwindcss(),
    isTest
      ? null
      : remix({
          future: {
            v3_fetcherPersist: true,
            // Off: its `/__manifest` route matches thousands of made-up paths in one request, and the shop has few
            // routes to save.
            v3_lazyRouteDiscovery: false,
            v3_relativeSplatPath: true,
            v3_routeConfig: true,
            v3_singleFetch: true,
            v3_throwAbortReason: true,
          },
        }),
    isTest ? null : forgetDotenv(),
    tsconfigPaths(),
  ],
  build: {
    // Four per cent smaller than esbuild's output.
    minify: isSsrBuild ? false : "terser",
    target: isSsrBuild ? "es2022" : Object.entries(BROWSER_TARGETS).map(([browser, oldest]) => `${browser}${oldest}`),
  },
  test: {
    testTimeout: 30_000,
    // Longer than a start of the store may take (tests/api/store-process.ts), and its wait for another suite's start.
    hookTimeout: 300_000,
    expect: { poll: { timeout: 10_000 } },
    projects:
      mode === "long"
        ? [suite("long", { include: LONG, exclude: [], maxWorkers: 1, groupOrder: 0 })]
        : [
            suite("together", {
              include: ["tests/**/*.test.{ts,tsx}"],
              exclude: [...LONG, ...ALONE],
              maxWorkers: 2,
              groupOrder: 0,
            }),
            suite("alone", { include: ALONE, exclude: LONG, maxWorkers: 1, groupOrder: 1 }),
          ],
  },
}));
