import type { z } from "zod";

type Issue = Parameters<z.core.$ZodErrorMap>[0];

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "an object",
  boolean: "true or false",
};

/** What is wrong with a field, as a message for people. Undefined: the schema has its own message. */
export function describeIssue(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is missing" : `must be ${TYPES[issue.expected] ?? "of a different type"}`;
    case "too_small":
      return tooSmall(issue.origin, Number(issue.minimum));
    case "too_big":
      return tooBig(issue.origin, Number(issue.maximum));
    case "invalid_value":
      return `must be one of: ${issue.values.map(String).join(", ")}`;
    case "invalid_union":
      return issue.input === undefined ? "is missing" : "is invalid";
    case "unrecognized_keys":
      return `has unknown fields: ${issue.keys.join(", ")}`;
    case "invalid_format":
    case "not_multiple_of":
    case "invalid_key":
    case "invalid_element":
      return "is invalid";
    case "custom":
      return undefined;
  }
}

function tooSmall(origin: string, least: number): string {
  if (origin === "string") return least === 1 ? "must not be empty" : `must have at least ${least} characters`;
  if (origin === "array") return least === 1 ? "must have at least one entry" : `must have at least ${least} entries`;
  return `must be at least ${least}`;
}

function tooBig(origin: string, most: number): string {
  if (origin === "string") return `must have at most ${most} characters`;
  if (origin === "array") return `must have at most ${most} entries`;
  return `must be at most ${most}`;
}
