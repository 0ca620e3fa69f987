import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import { browserSupport } from "./.eslint/browser-support.js";

export default tseslint.config(
  { ignores: ["build/**", "node_modules/**", ".cache/**", "public/**", "playwright-report/**", "test-results/**"] },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // A missing await can oversell.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Remix throws Responses, and drivers implement an async contract synchronously.
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/require-await": "off",
      eqeqeq: "error",
    },
  },
  {
    files: ["app/**/*.tsx", "app/components/**/*.ts"],
    extends: [reactHooks.configs.flat.recommended],
    rules: {
      // Rules for the React Compiler, which the shop does not use. Components read a clock while rendering, keep their
      // latest props in a ref for listeners, and set state when new server data arrives.
      "react-hooks/purity": "off",
      "react-hooks/refs": "off",
      "react-hooks/set-state-in-effect": "off",
    },
  },
  {
    files: ["app/**"],
    rules: {
      "no-console": "error",
      // One import style: "./neighbour" in the same folder or below, "~/module/file" for everything else.
      "no-restricted-imports": ["error", { patterns: [{ group: ["../*"], message: "Import it as ~/module/file." }] }],
    },
  },
  {
    // Code that may reach a browser: routes, components and their imports.
    files: ["app/**/*.{ts,tsx}"],
    ignores: ["app/**/*.server.{ts,tsx}", "app/{api,commands,drill,sandbox}/**"],
    plugins: { browser: { rules: { support: browserSupport } } },
    rules: { "browser/support": "error" },
  },
);
