import { moneyText } from "~/catalog/money-text.server";
import { site } from "~/words/site";
import { t, type MessageKey } from "~/words/words";

/** A time of day, with its zone where it is not the visitor's. */
export const CLOCK = /\d{1,2}:\d\d(?::\d\d)?(?: [AP]M)?(?: UTC)?/;

type ValuesOf<Key extends MessageKey> = NonNullable<Parameters<typeof t<Key>>[1]>;
type LooseValues<Key extends MessageKey> = {
  readonly [Name in keyof ValuesOf<Key>]: ValuesOf<Key>[Name] | RegExp;
};

/**
 * A pattern for a message, some of whose values are patterns themselves.
 *
 * @example
 * textLike("hold.until", { time: CLOCK }); // /Held for you until \d…/
 */
export function textLike<Key extends MessageKey>(key: Key, values: LooseValues<Key>): RegExp {
  const patterns: string[] = [];
  const marked = Object.entries(values).map(([name, value]) => [
    name,
    value instanceof RegExp ? `<${patterns.push(value.source) - 1}>` : value,
  ]);
  const text = (t as (key: MessageKey, values: unknown) => string)(key, Object.fromEntries(marked));
  return new RegExp(
    text
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replace(/\s+/g, "\\s+")
      .replaceAll("\u00AD", "\u00AD?")
      .replace(/<(\d+)>/g, (_, index: string) => patterns[Number(index)] ?? ""),
  );
}

/** An amount of US dollars. */
export function price(dollars: number): string {
  return moneyText({ amount: 100 * dollars, currency: "usd" }, site().locale);
}

/** The name of the cart link in the header. */
export function cartName(count: number): string {
  return count === 0 ? t("nav.cart") : t("nav.cartCountLabel", { count });
}

/** The visible text of the cart link in the header. */
export function cartText(count: number): string {
  return count === 0 ? t("nav.cart") : t("nav.cartCount", { count });
}
