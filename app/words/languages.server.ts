import type { Messages } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { de } from "./de";
import { en } from "./en";
import { fr } from "./fr";
import type { Language } from "./words";

const LANGUAGES: Readonly<Record<string, Language>> = { en, de, fr };

/** Codes of the languages that the shop can speak. */
export const LANGUAGE_CODES: readonly string[] = Object.keys(LANGUAGES);

/**
 * The messages for a BCP 47 tag, whose region only matters for formats; null if the shop does not speak its language.
 *
 * @example
 * messagesFor("de-AT"); // the German ones
 */
export function messagesFor(locale: string): Messages | null {
  const language = LANGUAGES[languageOf(locale) ?? ""];
  if (language === undefined) return null;
  return Object.fromEntries(Object.entries(language).map(([key, message]) => [key, compileMessage(message)]));
}

/** Null for what is not a language tag. */
function languageOf(locale: string): string | null {
  try {
    return new Intl.Locale(locale).language;
  } catch {
    return null;
  }
}
