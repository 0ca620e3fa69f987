import { setupI18n, type Messages } from "@lingui/core";
import type { GetICUArgs } from "@schummar/icu-type-parser";
import type { en } from "./en";

export type MessageKey = keyof typeof en;

/** A language: a text in ICU MessageFormat for every key. */
export type Language = Readonly<Record<MessageKey, string>>;

type Values<Key extends MessageKey> = GetICUArgs<(typeof en)[Key], { ICUArgument: string; ICUNumberArgument: number }>;
type ValueArguments<Key extends MessageKey> = keyof Values<Key> extends never ? [] : [values: Values<Key>];

const i18n = setupI18n();

/** Sets the language of `t` for this process, or this page. `messages`: compiled; `locale`: a BCP 47 tag, which chooses formats. */
export function setLanguage({ locale, messages }: { locale: string; messages: Messages }): void {
  i18n.loadAndActivate({ locale, messages });
}

/**
 * A message in the shop's language.
 *
 * @example
 * t("cart.removedSeveral", { quantity: 3, name: "Tide Mug" }); // "Removed 3 × Tide Mug."
 */
export function t<Key extends MessageKey>(key: Key, ...[values]: ValueArguments<Key>): string {
  return i18n._(key, shielded(values)).replaceAll(SHIELD, "\\");
}

/** Stands for a backslash: Lingui would read a product's name or a search such as \u0041 as an escape. */
const SHIELD = "\uF8FE";

function shielded(values: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> | undefined {
  return (
    values &&
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === "string" ? value.replaceAll("\\", SHIELD) : value,
      ]),
    )
  );
}
