import { setTimeout as sleep } from "node:timers/promises";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";
import { EnvironmentError } from "~/env.server";
import { UnavailableError } from "~/errors";

/** Longer than one query. */
const WAIT_MS = 4_000;

/**
 * Refuses to start if the products table cannot be sold from as it is mapped. A database that does not respond in time does not keep the
 * shop from starting: it is examined again later, and then closes the shop instead.
 * @throws {EnvironmentError}
 */
export async function requirePossibleMapping(
  catalog: Pick<SupabaseCatalog, "examineMapping">,
  waitMs = WAIT_MS,
): Promise<void> {
  const examined = catalog.examineMapping().catch((error: unknown) => {
    if (error instanceof UnavailableError) return null;
    throw error;
  });
  const report = await Promise.race([examined, sleep(waitMs, null, { ref: false })]);
  if (report?.outcome === "impossible") throw new EnvironmentError(`Configuration errors:\n  - ${report.message}`);
}
