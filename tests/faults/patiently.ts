import { RESEND_AFTER_MS } from "~/checkout/fulfil/resend-rule";
import { UnavailableError } from "~/errors";
import type { World } from "../checkout/world";

/** Runs `work`, and retries it after the wait for requests that may still land. */
export async function patiently<T>(world: World, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    world.advance(RESEND_AFTER_MS + 1_000);
    await world.landed();
    return work();
  }
}
