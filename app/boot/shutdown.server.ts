import { setTimeout as sleep } from "node:timers/promises";
import type { Shop } from "./assemble-shop.server";

/** Longer than the budget of one fulfilment (8 s), shorter than the 10 s after which servers are killed. */
const LAST_MOMENT_MS = 9_000;

/**
 * On SIGTERM and SIGINT: the server itself stops listening (remix-serve does), housekeeping ends, and what is being
 * fulfilled may finish. Whatever is cut off is settled at the next boot.
 */
export function exitGracefully({
  housekeeping,
  feed,
  requests,
  log,
}: Pick<Shop, "housekeeping" | "feed" | "requests" | "log">): void {
  let isLeaving = false;
  const leave = (signal: string) => {
    if (isLeaving) return;
    isLeaving = true;
    log.info({ signal }, "leaving");
    // An open stream is an open request, and would never end by itself.
    feed.end();
    const finished = Promise.all([housekeeping.stop(), requests.idle()]);
    void Promise.race([finished, sleep(LAST_MOMENT_MS)]).then(() => process.exit(0));
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => leave(signal));
}
