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
  const [scheme, given] = (request.headers.get("Authorization") ?? "").split(" ");
  return scheme?.toLowerCase() === "bearer" && given !== undefined && timingSafeEqual(digest(given), digest(rule.token));
}

export function requireOperator(request: Request, rule: OperatorRule): void {
  if (isOperator(request, rule)) return;
  throw new Problem(401, "unauthorized", "This is for operators: send the ADMIN_TOKEN as a bearer token.", { headers: { "WWW-Authenticate": "Bearer" } });
}

const digest = (text: string) => createHash("sha256").update(text).digest();
