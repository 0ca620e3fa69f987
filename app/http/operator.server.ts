import { createHash, timingSafeEqual } from "node:crypto";
import { Problem } from "./problem.server";

/** `token` null: operator routes are closed, except in the sandbox, where they are open. */
export interface OperatorRule {
  readonly token: string | null;
  readonly isSandbox: boolean;
}

/** Whether the request bears the operator's token (compared in constant time), or needs none. */
export function isOperator(request: Request, rule: OperatorRule): boolean {
  if (rule.token === null) return rule.isSandbox;
  const given = bearerToken(request);
  return given !== null && timingSafeEqual(digest(given), digest(rule.token));
}

/** Whether the request speaks as an operator at all. */
export function bearsToken(request: Request): boolean {
  return bearerToken(request) !== null;
}

function bearerToken(request: Request): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1] ?? null;
}

export function requireOperator(request: Request, rule: OperatorRule): void {
  if (isOperator(request, rule)) return;
  throw new Problem(401, "unauthorized", "This is for operators: send the ADMIN_TOKEN as a bearer token.", { headers: { "WWW-Authenticate": "Bearer" } });
}

const digest = (text: string) => createHash("sha256").update(text).digest();
