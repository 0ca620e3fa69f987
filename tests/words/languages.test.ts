import { describe, expect, it } from "vitest";
import { LANGUAGE_CODES, messagesFor } from "~/words/languages.server";

/** Names of the values in a compiled message, plurals' branches included. */
function valuesIn(compiled: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [name, , branches] = part as [unknown, unknown, unknown];
    if (typeof name === "string") names.add(name);
    if (typeof branches === "object" && branches !== null)
      for (const branch of Object.values(branches)) if (Array.isArray(branch)) branch.forEach(visit);
  };
  if (Array.isArray(compiled)) compiled.forEach(visit);
  return names;
}

describe.each(LANGUAGE_CODES)("the language %s", (code) => {
  it("has a text for every English message, with the same values", () => {
    const english = messagesFor("en");
    const messages = messagesFor(code);
    expect(Object.keys(messages)).toEqual(Object.keys(english));
    for (const [key, message] of Object.entries(messages)) {
      expect(message.length, key).toBeGreaterThan(0);
      expect(valuesIn(message), key).toEqual(valuesIn(english[key]));
    }
  });
});

it("values are found wherever they are (control)", () => {
  const values = valuesIn(["Only ", ["a"], ["b", "plural", { one: ["#"], other: ["#", ["c", "number"]] }]]);
  expect(values).toEqual(new Set(["a", "b", "c"]));
});
