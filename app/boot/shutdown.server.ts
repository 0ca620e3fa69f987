import { setTimeout as sleep } from "node:timers/promises";
import type { Shop } from "./assemble-shop.server";

/** Longer than the budget of one fulfilment (8 s), shorter than the 10 s after which servers are killed. */
const SHUTDOWN_LIMIT_MS = 9_000;

/**
 * Shuts down on SIGTERM and SIGINT: remix-serve stops listening, housekeeping ends, and running fulfilments may finish. Whatever is cut
 * off is settled at the next boot.
 */
export function exitGracefully({
  housekeeping,
  feed,
  requests,
  log,
}: Pick<Shop, "housekeeping" | "feed" | "requests" | "log">): void {
  let isShuttingDown = false;
  const shutDown = (signal: string) => {
    if (isShuttingDown) return;
    isShuttingDown = true;
    log.info({ signal }, "shutting down");
    // An open stream counts as an open request and would never end by itself.
    feed.end();
    const finished = Promise.all([housekeeping.stop(), requests.idle()]);
    void Promise.race([finished, sleep(SHUTDOWN_LIMIT_MS)]).then(() => process.exit(0));
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => shutDown(signal));
}
