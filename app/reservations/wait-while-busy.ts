import { UnavailableError } from "~/errors";

/** About three seconds at 20 to 100 ms each: longer than a stock read, shorter than a shopper's patience. */
const TRIES = 50;

/**
 * Repeats a step while it is `busy` because another call of the same session is pending.
 * Throws `UnavailableError` after about three seconds; the step has then changed nothing.
 */
export async function waitWhileBusy<Result extends { readonly outcome: string }>(
  backOff: () => Promise<void>,
  step: () => Promise<Result>,
): Promise<Exclude<Result, { readonly outcome: "busy" }>> {
  for (let tries = 1; ; tries += 1) {
    const result = await step();
    if (isDecided(result)) return result;
    if (tries >= TRIES) throw new UnavailableError("another change of this cart is still running");
    await backOff();
  }
}

function isDecided<Result extends { readonly outcome: string }>(
  result: Result,
): result is Exclude<Result, { readonly outcome: "busy" }> {
  return result.outcome !== "busy";
}
