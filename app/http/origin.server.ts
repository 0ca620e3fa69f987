import { isLoopback } from "./loopback";
import { Problem } from "./problem.server";

/** Which pages may post here. */
export interface OriginRule {
  readonly publicUrl: string;
  /** In the sandbox a page is also at home on the loopback host that it was reached by. */
  readonly isSandbox: boolean;
}

/** The origin under which the shopper reached the store: where Stripe sends them back to. */
export function ownOrigin(request: Request, rule: OriginRule): string {
  if (!rule.isSandbox) return rule.publicUrl;
  const host = request.headers.get("Host") ?? "";
  const reached = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  return reached !== null && isLoopback(reached) ? reached.origin : rule.publicUrl;
}

/**
 * Refuses a request that another site's page sent. One with neither Origin nor Sec-Fetch-Site comes from a program.
 * Remix's own check skips resource routes, so every mutating route calls this.
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
