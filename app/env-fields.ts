/** Kinds of environment variables, each with a message that says what is expected. */
import { z } from "zod";

export const wholeNumber = (fallback: number, min: number, max: number) => {
  const range = { error: `must be a whole number from ${min} to ${max}` };
  return z.coerce.number(range).int(range).min(min, range).max(max, range).default(fallback);
};

export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `must be one of: ${words.join(", ")}` });

/** Parts between commas. */
export const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

export const httpUrl = (example: string) =>
  z.url({ protocol: /^https?$/, error: `must be a URL that starts with https:// or http://, such as ${example}` });

/** The result of `parse`; an error that it throws is for the person who set the variable. */
export const parsedBy = <Value>(parse: (text: string) => Value) =>
  z.string().transform((text, context): Value => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });
