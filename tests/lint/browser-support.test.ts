import { Linter } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { browserSupport } from "../../.eslint/browser-support.js";

const linter = new Linter({ configType: "flat" });

/** Reads the code as if it stood in this very file, whose types the project knows. */
function faults(code: string): string[] {
  const config = tseslint.config({
    files: ["**/*.ts"],
    plugins: { browser: { rules: { support: browserSupport } } },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: process.cwd() },
    },
    rules: { "browser/support": "error" },
  });
  return linter
    .verify(code, config as Linter.Config[], { filename: import.meta.filename })
    .map(({ message }) => message);
}

describe("code for browsers", { timeout: 120_000 }, () => {
  it.each([
    ["URL.canParse('x')", "URL.canParse"],
    ["[1].toSorted()", "Array.toSorted"],
    ["AbortSignal.any([])", "AbortSignal.any"],
    ["document.body.checkVisibility()", "Element.checkVisibility"],
    ["document.body.showPopover()", "HTMLElement.showPopover"],
    ["window.requestIdleCallback(() => 1)", "Window.requestIdleCallback"],
    ["requestIdleCallback(() => 1)", "requestIdleCallback"],
    ["new WebTransport('x')", "WebTransport"],
  ])("may not use what an older browser lacks: %s", (code, name) => {
    expect(faults(`${code};`)).toEqual([expect.stringContaining(`${name} is missing in `)]);
  });

  it.each([
    "new URL('x')",
    "[1].at(-1)",
    "new BroadcastChannel('x')",
    "structuredClone(1)",
    "document.createElement('dialog').showModal()",
    "crypto.randomUUID()",
    "const URL = { canParse: () => true }; URL.canParse()",
  ])("may use what all of them have: %s", (code) => expect(faults(`${code}; export {};`)).toEqual([]));
});
