import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./shop";

export const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Runs axe in light on a desktop and in dark on a phone, with screenshots, and checks for overflow at 320 px. Loads the page once. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const [scheme, size] of [
    ["light", DESKTOP],
    ["dark", PHONE],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(size);
    await saveScreenshot(page, `${name}-${scheme}-${size === PHONE ? "phone" : "desktop"}`);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`),
      `${name} in ${scheme}`,
    ).toEqual([]);
  }
  // Equals 200 % zoom in a small window, or 400 % in a large one.
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoOverflow(page, `${name} at 320 px`);
}

export async function saveScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `test-results/screens/${name}.png`, animations: "disabled" });
}

/** Expects no horizontal overflow, no clipped text, and no text that leaves its button. */
export async function expectNoOverflow(page: Page, state: string): Promise<void> {
  const lost = await page.evaluate(() => {
    const cut = [...document.querySelectorAll<HTMLElement>("main *, header *, dialog *, footer *")].filter(
      (box) =>
        !box.matches(".visually-hidden, input, img") &&
        (getComputedStyle(box).overflow !== "visible" || box.matches("button, .button")) &&
        (box.scrollWidth > box.clientWidth + 1 ||
          (box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).overflowY !== "auto")),
    );
    return {
      sideways: document.documentElement.scrollWidth - window.innerWidth,
      cut: cut.map((box) => box.outerHTML.slice(0, 100)),
    };
  });
  expect(lost, state).toEqual({ sideways: expect.any(Number), cut: [] });
  expect(lost.sideways, state).toBeLessThanOrEqual(0);
}
