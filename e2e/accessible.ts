import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./shop";

export const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const require = createRequire(import.meta.url);
const SNIFFER = readFileSync(require.resolve("html_codesniffer/build/HTMLCS.js"), "utf8");

/** Rules of HTML_CodeSniffer that ask for one technique where another meets the criterion, each with the other. */
const MET_OTHERWISE: readonly string[] = [
  // A submit button in every form. A stepper's number is sent with Enter, and shows its button once typed; a chosen order sorts at once, in place.
  "WCAG2AA.Principle3.Guideline3_2.3_2_2.H32.2",
  // The headers attribute wherever a cell has a header in its row and in its column. The order's table has a scope on each.
  "WCAG2AA.Principle1.Guideline1_3.1_3_1.H43.HeadersRequired",
];

/** A message of HTML_CodeSniffer, whose types are 1 (error), 2 (warning) and 3 (notice). */
interface SnifferMessage {
  readonly type: number;
  readonly code: string;
  readonly msg: string;
  readonly element: { readonly outerHTML?: string };
}

/**
 * Runs axe and HTML_CodeSniffer in light on a desktop and in dark on a phone, with screenshots, and checks for overflow at 320 px. Loads
 * the page once.
 */
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
    expect(await sniffed(page), `${name} in ${scheme}, HTML_CodeSniffer`).toEqual([]);
  }
  // Equals 200 % zoom in a small window, or 400 % in a large one.
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoOverflow(page, `${name} at 320 px`);
}

/** The errors of WCAG 2 AA that HTML_CodeSniffer finds. Its warnings and notices ask a person to look. */
async function sniffed(page: Page): Promise<string[]> {
  await page.evaluate(SNIFFER);
  return page.evaluate(
    (ignored) =>
      new Promise<string[]>((resolve, reject) => {
        const { HTMLCS } = window as unknown as {
          HTMLCS: {
            process: (standard: string, content: Document, done: () => void, failed: () => void) => void;
            getMessages: () => SnifferMessage[];
          };
        };
        const done = () => {
          const errors = HTMLCS.getMessages().filter(({ type, code }) => type === 1 && !ignored.includes(code));
          resolve(errors.map(({ code, msg, element }) => `${code}: ${msg} ${element.outerHTML?.slice(0, 200) ?? ""}`));
        };
        HTMLCS.process("WCAG2AA", document, done, () => reject(new Error("HTML_CodeSniffer did not run")));
      }),
    MET_OTHERWISE,
  );
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
