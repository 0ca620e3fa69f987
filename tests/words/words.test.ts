import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { de } from "~/words/de";
import { en } from "~/words/en";
import { LANGUAGE_CODES, LANGUAGES } from "~/words/languages.server";
import { t, type Language, type MessageKey } from "~/words/words";
import { setSiteOf } from "./site";

const TRANSLATIONS = Object.entries(LANGUAGES).filter(([code]) => code !== "en");
const KEYS = Object.keys(en) as MessageKey[];
const COUNTS = [0, 1, 2, 5, 1000];

type Compiled = string | readonly Token[];
type Token = string | readonly [name: string, format?: string, cases?: Readonly<Record<string, Compiled>>];

describe("types reject", () => {
  it("a language with a missing or an unknown key", () => {
    const { "cart.title": _title, ...rest } = de;
    // @ts-expect-error -- a key is missing
    const incomplete: Language = rest;
    // @ts-expect-error -- a key is unknown
    const excessive: Language = { ...de, "cart.nowhere": "Nirgends" };
    expect(Object.keys(excessive)).toHaveLength(Object.keys(incomplete).length + 2);
  });

  it("an unknown key, a missing value, an unknown value and a value of the wrong type", () => {
    const calls = [
      // @ts-expect-error -- no such key
      () => t("cart.nowhere"),
      // @ts-expect-error -- needs a name
      () => t("cart.removed"),
      // @ts-expect-error -- takes no count
      () => t("cart.removed", { name: "Mug", count: 2 }),
      // @ts-expect-error -- counts are numbers
      () => t("products.found", { total: "2" }),
    ];
    expect(calls).toHaveLength(4);
  });
});

describe.each(TRANSLATIONS)("the messages in %s", (code, language) => {
  it("have English's keys", () => {
    expect(Object.keys(language).sort()).toEqual([...KEYS].sort());
  });

  it("take English's values", () => {
    expect(KEYS.flatMap((key) => differingValues(key, en[key], language[key]))).toEqual([]);
  });

  it("differ from English, except for words that both have", () => {
    const same = KEYS.filter((key) => language[key] === en[key]);
    expect(same).toEqual(SAME_AS_ENGLISH[code] ?? []);
  });
});

/** Messages without words, and words that are the same in both languages. */
const SAME_AS_ENGLISH: Readonly<Record<string, readonly MessageKey[]>> = {
  de: ["cart.times"],
  fr: ["products.pages", "cart.times", "cart.total"],
};

it.each(LANGUAGE_CODES.flatMap((code) => COUNTS.map((count) => [code, count] as const)))(
  "every message in %s reads well with the count %i",
  (code, count) => {
    setSiteOf({ SHOP_LOCALE: code });
    expect(KEYS.filter((key) => /[{}#]|undefined|NaN|null/.test(sample(key, count)))).toEqual([]);
  },
);

it("a translation that loses a value, adds one or drops a count is found (negative control)", () => {
  const english = "{count, plural, one {# item} other {# items}} for {name}";
  expect(differingValues("cart.title", english, "{count, plural, one {1 Teil} other {# Teile}} für {name}")).toEqual(
    [],
  );
  expect(differingValues("cart.title", english, "{count, plural, other {# Teile}}")).toHaveLength(1);
  expect(differingValues("cart.title", english, "{count, plural, other {Teile}} für {name}")).toHaveLength(1);
  expect(
    differingValues("cart.title", english, "{count, plural, one {{nom}} other {# Teile}} für {name}"),
  ).toHaveLength(1);
  expect(differingValues("cart.title", english, "{count} für {name}")).toHaveLength(1);
});

it("every message is used in app/, and an unused one would be found", () => {
  const sources = filesBelow("app").filter((file) => !file.startsWith("app/words/"));
  const used = mentionsIn(sources.map((file) => [file, readFileSync(file, "utf8")]));
  expect(KEYS.filter((key) => !used(key))).toEqual([]);
  expect(used("cart.nowhere")).toBe(false);

  const example = mentionsIn([["a.ts", 'a(b ? "cart.title" : `order.${state}.title`); `${x}.y`; // "cart.total"']]);
  expect(["cart.title", "order.paid.title", "order.paid.text", "cart.total", "x.y"].map((key) => example(key))).toEqual(
    [true, true, false, false, false],
  );
});

/** Describes the difference if a translation takes other values than English, or its general case shows others. */
function differingValues(key: MessageKey, english: string, translated: string): string[] {
  const [wanted, given] = [english, translated].map((message) => {
    const tokens = compileMessage(message) as Compiled;
    return JSON.stringify({ taken: taken(tokens), shown: [...new Set(shown(tokens))].sort() });
  });
  return wanted === given ? [] : [`${key}: ${given} instead of ${wanted}`];
}

/** The values of a message with all its cases, by name, and whether they are numbers. */
function taken(compiled: Compiled): [name: string, isNumber: boolean][] {
  const byName = new Map<string, boolean>();
  for (const [name, isNumber] of values(compiled)) byName.set(name, isNumber);
  return [...byName].sort(([one], [other]) => (one < other ? -1 : 1));
}

function values(compiled: Compiled): [name: string, isNumber: boolean][] {
  if (typeof compiled === "string") return [];
  return compiled.flatMap((token) => {
    if (typeof token === "string") return [];
    const [name, format, cases] = token;
    return [[name, format === "plural" || format === "number"], ...casesOf(cases).flatMap(values)];
  });
}

/** Names of the values that a shopper reads in the general case, `other`, of each plural. */
function shown(compiled: Compiled, counted = ""): string[] {
  if (typeof compiled === "string") return compiled === "#" ? [counted] : [];
  return compiled.flatMap((token) => {
    if (typeof token === "string") return token === "#" ? [counted] : [];
    const [name, format, cases] = token;
    return format === "plural" ? shown(cases?.["other"] ?? "", name) : [name];
  });
}

/** The compiler adds an offset to the cases of a plural. */
function casesOf(cases: Readonly<Record<string, unknown>> | undefined): Compiled[] {
  return Object.values(cases ?? {}).filter(
    (value): value is Compiled => typeof value === "string" || Array.isArray(value),
  );
}

function sample(key: MessageKey, count: number): string {
  const entries = taken(compileMessage(en[key]) as Compiled).map(([name, isNumber]) => [
    name,
    isNumber ? count : "Mug",
  ]);
  return (t as (key: MessageKey, values: unknown) => string)(key, Object.fromEntries(entries));
}

/** Whether a key is written out in some source, or fits a template such as `order.${state}.title`. */
function mentionsIn(sources: readonly (readonly [file: string, text: string])[]): (key: string) => boolean {
  const literals = new Set<string>();
  const templates: { head: string; tail: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) literals.add(node.text);
    if (ts.isTemplateExpression(node) && /^[a-z]\w*\.$/i.test(node.head.text))
      templates.push({ head: node.head.text, tail: node.templateSpans.at(-1)?.literal.text ?? "" });
    ts.forEachChild(node, visit);
  };
  for (const [file, text] of sources) visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return (key) => literals.has(key) || templates.some(({ head, tail }) => key.startsWith(head) && key.endsWith(tail));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => path.posix.join(folder, file.replaceAll("\\", "/")))
    .filter((file) => /\.tsx?$/.test(file));
}
