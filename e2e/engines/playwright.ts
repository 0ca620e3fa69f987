import type { BrowserType } from "@playwright/test";
import type { Engine, EngineOptions } from "./browser-window";
import { makeOlder } from "./older-browser";

/** Drives the browsers that Playwright can drive. */
export async function startPlaywright(
  type: BrowserType,
  { javascript, isOld }: Omit<EngineOptions, "engineName">,
): Promise<Engine> {
  const browser = await type.launch();
  return {
    openWindow: async () => {
      const context = await browser.newContext({ javaScriptEnabled: javascript, reducedMotion: "reduce" });
      if (isOld) await makeOlder(context);
      const page = await context.newPage();
      return {
        open: async (address) => void (await page.goto(address)),
        count: (role, name) => page.getByRole(role, { name, exact: true }).count(),
        click: (role, name) => page.getByRole(role, { name, exact: true }).first().click(),
        fill: (role, name, text) => page.getByRole(role, { name, exact: true }).first().fill(text),
        press: (key) => page.keyboard.press(key),
        evaluate: (run) => page.evaluate(run),
        close: () => context.close(),
      };
    },
    stop: () => browser.close(),
  };
}
