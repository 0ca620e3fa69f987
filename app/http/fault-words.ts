import type { z } from "zod";

type Fault = Parameters<z.core.$ZodErrorMap>[0];

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "an object",
  boolean: "true or false",
};

/** What is wrong with a field, in words for a person. Undefined: the schema has words of its own. */
export function describeFault(fault: Fault): string | undefined {
  switch (fault.code) {
    case "invalid_type":
      return fault.input === undefined ? "is missing" : `must be ${TYPES[fault.expected] ?? "of another type"}`;
    case "too_small":
      return tooSmall(fault.origin, Number(fault.minimum));
    case "too_big":
      return tooBig(fault.origin, Number(fault.maximum));
    case "invalid_value":
      return `must be one of: ${fault.values.map(String).join(", ")}`;
    case "invalid_union":
      return fault.input === undefined ? "is missing" : "is not valid";
    case "unrecognized_keys":
      return `has unknown fields: ${fault.keys.join(", ")}`;
    case "invalid_format":
    case "not_multiple_of":
    case "invalid_key":
    case "invalid_element":
      return "is not valid";
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
