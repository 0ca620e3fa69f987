import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vitest/config";
import tsconfigPaths from "vite-tsconfig-paths";

declare module "@remix-run/node" {
  interface Future {
    v3_singleFetch: true;
  }
}

// Vitest reads this file too and must not load the Remix plugin.
const isTest = process.env.VITEST !== undefined;

export default defineConfig({
  plugins: [
    tailwindcss(),
    isTest
      ? null
      : remix({
          future: {
            v3_fetcherPersist: true,
            v3_lazyRouteDiscovery: true,
            v3_relativeSplatPath: true,
            v3_routeConfig: true,
            v3_singleFetch: true,
            v3_throwAbortReason: true,
          },
        }),
    tsconfigPaths(),
  ],
  build: { target: "es2022" },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: [],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
