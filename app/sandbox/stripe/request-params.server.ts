import qs from "qs";
import { z } from "zod";
import { invalidParam, type StripeApiError } from "./stripe-error.server";

/**
 * Parses Stripe's form encoding: `line_items[0][price_data][currency]=usd`. Lists stay objects keyed by index, because
 * only the schema can tell them from `metadata[0]=x`.
 */
export function parseForm(text: string): unknown {
  return qs.parse(text, { parseArrays: false, depth: 10, parameterLimit: 20_000, plainObjects: true });
}

/** Parses with a strict schema. Throws the 400 that Stripe would send for the first invalid parameter. */
export function parseParams<T>(schema: z.ZodType<T>, raw: unknown): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const { issues } = result.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (issue === undefined) throw new Error("A failed parse has no issue.");
  throw paramError(issue, raw);
}

function paramError(issue: z.core.$ZodIssue, raw: unknown): StripeApiError {
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => paramName([...issue.path, key]));
    const [first = ""] = names;
    const plural = names.length === 1 ? "parameter" : "parameters";
    return invalidParam(`Received unknown ${plural}: ${names.join(", ")}`, { code: "parameter_unknown", param: first });
  }
  const param = paramName(issue.path);
  if (valueAt(raw, issue.path) === undefined) {
    return invalidParam(`Missing required param: ${param}.`, { code: "parameter_missing", param });
  }
  if (issue.code === "custom") {
    const code: unknown = issue.params?.code;
    return invalidParam(issue.message, { param, ...(typeof code === "string" && { code }) });
  }
  if (issue.code === "too_small" && issue.origin === "string") {
    return invalidParam(
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however ` +
        `'${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
      { code: "parameter_invalid_empty", param },
    );
  }
  if (issue.code === "invalid_value") {
    return invalidParam(`Invalid ${param}: must be one of ${issue.values.map(String).join(", ")}`, { param });
  }
  if (issue.code === "invalid_type") return invalidParam(`Invalid ${issue.expected}`, { param });
  return invalidParam(issue.message, { param });
}

function paramName(path: readonly PropertyKey[]): string {
  return path.map((key, index) => (index === 0 ? String(key) : `[${String(key)}]`)).join("");
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** Non-empty text: to Stripe, an empty string means "unset". */
export const text = z.string().min(1);

export const boolean = z.enum(["true", "false"]).transform((value) => value === "true");

export function textUpTo(length: number) {
  return text.refine((value) => value.length <= length, {
    error: (issue) =>
      `Invalid string: ${String(issue.input).slice(0, 10)}...; must be at most ${String(length)} characters`,
  });
}

export const url = text.refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value), {
  error: "Not a valid URL",
  params: { code: "url_invalid" },
});

/** A decimal integer from `min` to `max`. */
export function integer(limits: { min?: number; max?: number } = {}) {
  return z.string().transform((value, context) => {
    const fail = (message: string): never => {
      context.addIssue({ code: "custom", message, params: { code: "parameter_invalid_integer" } });
      return z.NEVER;
    };
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(number)) return fail(`Invalid integer: ${value}`);
    if (limits.min !== undefined && number < limits.min) {
      return fail(`This value must be greater than or equal to ${String(limits.min)}.`);
    }
    if (limits.max !== undefined && number > limits.max) {
      return fail(`This value must be less than or equal to ${String(limits.max)} (it currently is '${value}').`);
    }
    return number;
  });
}

/** A list, written `x[0]=a&x[1]=b` or `x[]=a`. */
export function list<T extends z.ZodType>(item: T) {
  return z.preprocess(
    (value) => (typeof value === "object" && value !== null ? Object.values(value) : value),
    z.array(item),
  );
}

export const expand = list(text).optional();

const withExpand = z.looseObject({ expand });

/** The paths that a request asks to expand; ignores all other parameters. */
export function expansions(raw: unknown): string[] {
  return parseParams(withExpand, raw).expand ?? [];
}

/** A parameter of Stripe's that the stand-in does not support: rejected, so that it is never silently ignored. */
export const notInSandbox = z
  .unknown()
  .refine((value) => value === undefined, {
    error: "The sandbox's stand-in for Stripe does not support this parameter.",
    params: { code: "sandbox_unsupported" },
  })
  .optional();

/** `null` (`metadata=`) unsets all keys; an empty value unsets its key. */
export const metadata = z.preprocess(
  (value) => (value === "" ? null : value),
  z
    .record(z.string(), z.string())
    .nullable()
    .superRefine((values, context) => {
      for (const [key, value] of Object.entries(values ?? {})) {
        if (key.length > 40) {
          context.addIssue({
            code: "custom",
            message: `Metadata keys can have up to 40 characters, but you passed in a key that is ${String(key.length)} characters. Invalid key: ${key}`,
          });
        }
        if (value.length > 500) {
          context.addIssue({
            code: "custom",
            path: [key],
            message: `Metadata values can have up to 500 characters, but you passed in a value that is ${String(value.length)} characters. Invalid value: ${value}`,
          });
        }
      }
    }),
);

/**
 * Applies a change to an object's metadata. Throws Stripe's 400 if more than 50 keys would remain.
 * Source: https://docs.stripe.com/api/metadata (50 keys, 40 characters per key, 500 per value)
 */
export function mergeMetadata(
  current: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string>> | null | undefined,
): Record<string, string> {
  if (change === null) return {};
  const merged = new Map(Object.entries(current));
  for (const [key, value] of Object.entries(change ?? {})) {
    if (value === "") merged.delete(key);
    else merged.set(key, value);
  }
  if (merged.size > 50) {
    throw invalidParam(
      `Metadata can have up to 50 keys, but you've set ${String(merged.size)}. Email us at support+metadata@stripe.com for more information.`,
      { param: "metadata" },
    );
  }
  return Object.fromEntries(merged);
}
