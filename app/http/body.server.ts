import type { z } from "zod";
import { describeIssue } from "./field-messages";
import { Problem } from "./problem.server";
import { DRAIN_BYTES, DRAIN_MS } from "./remix-serve/unread-bodies.server";

const FORM_AND_JSON_LIMIT = 16 * 1024;
export const WEBHOOK_LIMIT = 1024 * 1024;

/**
 * Reads the body as text. Throws a 413 if it is larger than `limit` bytes, whatever its headers say. At most `limit` is kept, but the rest
 * is drained, within bounds: closing a connection with unread data resets it, and the response would be lost.
 */
export async function readText(request: Request, limit: number): Promise<string> {
  if (request.body === null) return "";
  const end = performance.now() + DRAIN_MS;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size <= limit) chunks.push(chunk);
    else if (size > DRAIN_BYTES || performance.now() > end) break;
  }
  if (size > limit) throw new Problem(413, "too_large", `The request is larger than ${limit} bytes.`);
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads a JSON body that fits the schema. Throws a 415 for another type, a 400 `invalid_request` with the invalid fields. */
export async function readJson<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  requireType(request, "application/json");
  return parseJson(await readText(request, FORM_AND_JSON_LIMIT), schema);
}

/** As `readJson`, but no body counts as an empty object. Reading is the only way to tell: the server passes a body for every DELETE. */
export async function readOptionalJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await readText(request, FORM_AND_JSON_LIMIT);
  if (text === "") return parse(schema, {});
  requireType(request, "application/json");
  return parseJson(text, schema);
}

/** Reads a form body; of repeated fields, the last one counts. Throws a 415 for another type. */
export async function readForm(request: Request): Promise<Record<string, string>> {
  requireType(request, "application/x-www-form-urlencoded");
  return Object.fromEntries(new URLSearchParams(await readText(request, FORM_AND_JSON_LIMIT)));
}

function parseJson<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Problem(400, "invalid_request", "The body isn't valid JSON.");
  }
  return parse(schema, body);
}

export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: describeIssue });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
  throw new Problem(400, "invalid_request", "Some fields are invalid.", { fields });
}

function requireType(request: Request, type: string): void {
  const given = request.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (given !== type) throw new Problem(415, "unsupported_media_type", `Send the body as ${type}.`);
}
