import type { Messages } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { de } from "./de";
import { en } from "./en";
import { fr } from "./fr";
import type { Language } from "./words";

/** By ISO 639 code. */
export const LANGUAGES: Readonly<Record<string, Language>> = { en, de, fr };

export const LANGUAGE_CODES: readonly string[] = Object.keys(LANGUAGES);

/** Whether there are words in the language of a BCP 47 tag. */
export function isSupportedLocale(locale: string): boolean {
  return Object.hasOwn(LANGUAGES, languageOf(locale));
}

/**
 * The compiled messages for a BCP 47 tag, whose region matters for formats only.
 *
 * @throws {RangeError} for a language without words
 * @example
 * messagesFor("de-AT"); // the German ones
 */
export function messagesFor(locale: string): Messages {
  const language = LANGUAGES[languageOf(locale)];
  if (language === undefined) throw new RangeError(`no words for ${locale}`);
  return Object.fromEntries(Object.entries(language).map(([key, message]) => [key, compileMessage(message)]));
}

/** Empty for what is no language tag. */
function languageOf(locale: string): string {
  try {
    return new Intl.Locale(locale).language;
  } catch {
    return "";
  }
}
