import { compileMessage, type CompiledMessage } from "@lingui/message-utils/compileMessage";
import type { Page } from "@playwright/test";
import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import type { Language } from "~/words/words";

/** All that a page says, except for the demo's products. */
export async function textsOf(page: Page): Promise<string> {
  const texts = await page.evaluate(() => [
    document.title,
    document.body.innerText,
    ...["aria-label", "placeholder", "title", "alt"].flatMap((name) =>
      [...document.querySelectorAll(`[${name}]`)].map((element) => element.getAttribute(name) ?? ""),
    ),
  ]);
  const products = DEMO_PRODUCTS.flatMap(({ name, description }) => [name, description]);
  return products.reduce((text, product) => text.replaceAll(product, ""), texts.join("\n"));
}

/** Keys of the messages of one language that a text contains, whatever their values. Skips what another language says alike. */
export function messagesIn(text: string, language: Language, other: Language): readonly string[] {
  return Object.entries<string>(language)
    .filter(([key, message]) => message !== Object.entries<string>(other).find(([name]) => name === key)?.[1])
    .map(([key, message]) => ({ key, pattern: patternOf(compileMessage(message)) }))
    .filter(({ pattern }) => /\p{L}{2}/u.test(pattern.replaceAll(VALUE, "")))
    .filter(({ pattern }) => new RegExp(`(?<!\\p{L})(?:${pattern})(?!\\p{L})`, "u").test(text))
    .map(({ key }) => key);
}

/** Any value of a message, on one line. */
const VALUE = ".{1,60}?";

function patternOf(message: CompiledMessage): string {
  return message
    .map((token) => {
      if (typeof token === "string") return token === "#" ? VALUE : token.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
      const [, , choices] = token;
      if (!isChoices(choices)) return VALUE;
      const forms = Object.entries(choices).filter(([form]) => form !== "offset");
      return `(?:${forms.map(([, form]) => patternOf(form)).join("|")})`;
    })
    .join("");
}

function isChoices(format: unknown): format is Record<string, CompiledMessage> {
  return typeof format === "object" && format !== null && "other" in format;
}
