import { isLoopback } from "./loopback";
import { Problem } from "./problem.server";

/** The origins whose pages may post to the shop. */
export interface OriginRule {
  readonly publicUrl: string;
  /** In the sandbox, the loopback host of the request is an own origin, too. */
  readonly isSandbox: boolean;
}

/** The origin through which the shopper reached the store, and to which Stripe sends them back. */
export function ownOrigin(request: Request, rule: OriginRule): string {
  if (!rule.isSandbox) return rule.publicUrl;
  const host = request.headers.get("Host") ?? "";
  const reached = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  return reached !== null && isLoopback(reached) ? reached.origin : rule.publicUrl;
}

/**
 * Rejects requests from other sites' pages. A request with neither Origin nor Sec-Fetch-Site comes from a program.
 * Remix's own check skips resource routes, so every mutating route calls this.
 * @throws {Problem} 403 `cross_origin`
 */
export function requireOwnOrigin(request: Request, rule: OriginRule): void {
  const origin = request.headers.get("Origin");
  const isForeign = origin !== null && origin !== rule.publicUrl && origin !== ownOrigin(request, rule);
  if (isForeign || request.headers.get("Sec-Fetch-Site") === "cross-site") {
    throw new Problem(
      403,
      "cross_origin",
      "This request came from another site and was refused. Open the shop itself and try again.",
    );
  }
}
